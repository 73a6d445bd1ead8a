/** A part of time on an axis of so many pixels. */
export interface Scale {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly width: number;
}

/** Items that begin so close to each other that they are one mark. */
export interface Cluster<T> {
  /** Pixels from the left, of its first item. */
  readonly x: number;
  /** Oldest first. */
  readonly items: readonly T[];
}

/** What an axis shows: a moment, or a time with an end, or one that still goes on. */
export interface Placeable {
  readonly from: number;
  readonly to?: number | undefined;
  readonly ongoing: boolean;
}

/** A line of an axis. */
export interface Tick {
  readonly x: number;
  readonly time: number;
  /** Whether a day begins here. */
  readonly isDay: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
];

/** Where a time lies, within the axis. */
export function positionOf(time: number, { from, to, width }: Scale): number {
  return Math.min(1, Math.max(0, (time - from) / (to - from))) * width;
}

/** The items in sight as marks that are at least `gap` pixels apart, from the left. */
export function clustersOf<T extends Placeable>(items: readonly T[], scale: Scale, gap: number): Cluster<T>[] {
  const clusters: { x: number; items: T[] }[] = [];
  for (const item of items.filter((each) => isInSight(each, scale)).sort((a, b) => a.from - b.from)) {
    const x = positionOf(item.from, scale);
    const before = clusters.at(-1);
    if (before !== undefined && x - before.x < gap) before.items.push(item);
    else clusters.push({ x, items: [item] });
  }
  return clusters;
}

/** Whether any part of an item is on the axis. */
export function isInSight(item: Placeable, { from, to }: Scale): boolean {
  return item.from <= to && endOf(item, to) >= from;
}

/** When an item ends, where `to` is now. */
export function endOf({ from, to: end, ongoing }: Placeable, to: number): number {
  return ongoing ? Math.max(from, to) : (end ?? from);
}

/** Lines at round times, not nearer to each other than `spacing` pixels. `offset`: milliseconds from UTC to the time on the wall. */
export function ticksOf(scale: Scale, spacing: number, offset: number): Tick[] {
  const { from, to, width } = scale;
  const step = STEPS.find((each) => (each / (to - from)) * width >= spacing) ?? DAY * 7;
  const first = Math.ceil((from + offset) / step) * step - offset;
  const ticks: Tick[] = [];
  for (let time = first; time <= to; time += step) {
    ticks.push({ x: positionOf(time, scale), time, isDay: (time + offset) % DAY === 0 });
  }
  return ticks;
}

/** Milliseconds that people know how long they are. */
const LENGTHS = [100, 1000, 10_000, MINUTE, 10 * MINUTE, HOUR, 10 * HOUR, 4 * DAY, 40 * DAY];

/** A scale for lengths of time of all sizes. */
export interface LengthScale {
  /** Milliseconds where lines are drawn: the shortest at the bottom, the longest at the top. */
  readonly lines: readonly number[];
  /** From 0 at the bottom to 1 at the top; each line is as far from the next. */
  place(milliseconds: number): number;
}

/** A scale in which the lengths of time have room, and the short ones are told apart beside a long one. At least one must be given. */
export function lengthScale(lengths: readonly number[]): LengthScale {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  const first = Math.max(
    0,
    LENGTHS.slice(0, -1).findLastIndex((line) => line <= least),
  );
  const above = LENGTHS.findIndex((line) => line >= most);
  const last = Math.max(first + 1, above < 0 ? LENGTHS.length - 1 : above);
  const lines = LENGTHS.slice(first, last + 1);

  function place(milliseconds: number): number {
    const index = Math.min(
      lines.length - 2,
      Math.max(
        0,
        lines.findLastIndex((line) => line <= milliseconds),
      ),
    );
    const [below = 1, top = 1] = lines.slice(index);
    const part = Math.log(Math.max(1, milliseconds) / below) / Math.log(top / below);
    return Math.min(1, Math.max(0, (index + part) / (lines.length - 1)));
  }

  return { lines, place };
}
