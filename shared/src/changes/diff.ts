/** A line that stays (` `), goes (`-`) or comes (`+`). */
export interface LineStep {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

const CONTEXT = 3;

/** More differing lines than this are shown as replaced altogether, so that no text makes the comparison slow. */
const MAX_DISTANCE = 1000;

/** The unified diff of a file's texts, as git writes it; '' where they are equal. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const steps = diffLines(before, after);
  return [`--- a/${file}\n`, `+++ b/${file}\n`, ...hunksOf(steps)].join('');
}

/** The lines of two texts, with their endings: those that stay, go and come, in order. */
export function diffLines(before: string, after: string): LineStep[] {
  return compareLines(linesOf(before), linesOf(after));
}

/** Lines with their endings; only the last may have none. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function compareLines(before: readonly string[], after: readonly string[]): LineStep[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const room = Math.min(before.length, after.length) - head;
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (line: string): LineStep => ({ sign: ' ', line });
  return [
    ...before.slice(0, head).map(same),
    ...shortest(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** Myers' greedy algorithm (1986): furthest reaching points by diagonal, one map a distance, then the way back. */
function shortest(before: readonly string[], after: readonly string[]): LineStep[] {
  const trace: Map<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let distance = 0; distance <= MAX_DISTANCE; distance++) {
    trace.push(reach);
    const next = new Map(reach);
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      let x = isDown(reach, diagonal, distance) ? (reach.get(diagonal + 1) ?? 0) : (reach.get(diagonal - 1) ?? 0) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return wayBack(before, after, trace);
    }
    reach = next;
  }
  return [
    ...before.map((line): LineStep => ({ sign: '-', line })),
    ...after.map((line): LineStep => ({ sign: '+', line })),
  ];
}

function wayBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly Map<number, number>[],
): LineStep[] {
  const steps: LineStep[] = [];
  let x = before.length;
  let y = after.length;
  for (const [distance, reach] of [...trace.entries()].reverse()) {
    const down = isDown(reach, x - y, distance);
    const from = x - y + (down ? 1 : -1);
    const startX = distance === 0 ? 0 : (reach.get(from) ?? 0);
    const startY = distance === 0 ? 0 : startX - from;
    while (x > startX && y > startY) {
      steps.push({ sign: ' ', line: before[--x] ?? '' });
      y--;
    }
    if (distance > 0) steps.push(down ? { sign: '+', line: after[--y] ?? '' } : { sign: '-', line: before[--x] ?? '' });
  }
  return steps.reverse();
}

function isDown(reach: ReadonlyMap<number, number>, diagonal: number, distance: number): boolean {
  if (diagonal === -distance) return true;
  return diagonal !== distance && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1);
}

function hunksOf(steps: readonly LineStep[]): string[] {
  const hunks: string[] = [];
  let start = 0;
  while (start < steps.length) {
    const first = steps.findIndex((step, index) => index >= start && step.sign !== ' ');
    if (first < 0) break;
    let end = first;
    for (let index = first; index < steps.length && index - end <= 2 * CONTEXT; index++)
      if (steps[index]?.sign !== ' ') end = index;
    const from = Math.max(first - CONTEXT, start);
    const to = Math.min(end + CONTEXT + 1, steps.length);
    hunks.push(hunk(steps, from, to));
    start = to;
  }
  return hunks;
}

function hunk(steps: readonly LineStep[], from: number, to: number): string {
  const count = (some: readonly LineStep[], sign: LineStep['sign']): number =>
    some.filter((step) => step.sign !== sign).length;
  const range = (sign: LineStep['sign']): string => {
    const lines = count(steps.slice(from, to), sign);
    const before = count(steps.slice(0, from), sign);
    return `${lines === 0 ? before : before + 1}${lines === 1 ? '' : `,${lines}`}`;
  };
  const body = steps
    .slice(from, to)
    .map(({ sign, line }) => `${sign}${line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`}`);
  return `@@ -${range('+')} +${range('-')} @@\n${body.join('')}`;
}
