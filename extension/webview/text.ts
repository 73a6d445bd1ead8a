import type { DashboardStrings, StringKey } from '../src/model/dashboard/strings.ts';

/** Words, numbers and times in the language of the person. */
export interface Text {
  /** The words of a key, `{0}` and so on replaced. */
  t(key: StringKey, ...values: readonly (string | number)[]): string;
  /** The words for one, or for another number, which stands as `{0}`. */
  count(number: number, one: StringKey, many: StringKey): string;
  /** How long ago: `3 min ago`. Milliseconds since the epoch. */
  ago(time: number, now: number): string;
  /** Two units at most: `3m 10s`. */
  duration(milliseconds: number): string;
  /** The time of the day. */
  clock(time: number): string;
  /** Date and time. */
  date(time: number): string;
  /** The day only. */
  day(time: number): string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;

/** Texts of a locale, as VS Code names it; an unknown one is the browser's. */
export function createText(locale: string, strings: DashboardStrings): Text {
  const locales = supported(locale);
  const relative = new Intl.RelativeTimeFormat(locales, { style: 'short', numeric: 'auto' });
  const clock = new Intl.DateTimeFormat(locales, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = new Intl.DateTimeFormat(locales, { dateStyle: 'medium', timeStyle: 'medium' });
  const day = new Intl.DateTimeFormat(locales, { weekday: 'short', day: 'numeric', month: 'short' });

  function t(key: StringKey, ...values: readonly (string | number)[]): string {
    return strings[key].replace(/\{(\d)\}/g, (placeholder, index) => String(values[Number(index)] ?? placeholder));
  }

  function unit(value: number, name: string, digits = 0): string {
    const style = { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits } as const;
    return new Intl.NumberFormat(locales, style).format(value);
  }

  function duration(milliseconds: number): string {
    if (milliseconds < 10 * SECOND) return unit(milliseconds / SECOND, 'second', 1);
    const index = UNITS.findIndex(([, size]) => milliseconds >= size);
    const [name, size] = UNITS[index] ?? UNITS[3];
    const whole = Math.floor(milliseconds / size);
    const next = UNITS[index + 1];
    const rest = next === undefined ? 0 : Math.floor((milliseconds % size) / next[1]);
    return next === undefined || rest === 0 ? unit(whole, name) : `${unit(whole, name)} ${unit(rest, next[0])}`;
  }

  function ago(time: number, now: number): string {
    const since = Math.max(0, now - time);
    if (since < 10 * SECOND) return t('now');
    const [name, size] = UNITS.find(([, each]) => since >= each) ?? UNITS[3];
    return relative.format(-Math.floor(since / size), name);
  }

  return {
    t,
    count: (number, one, many) => (number === 1 ? t(one, number) : t(many, number)),
    ago,
    duration,
    clock: (time) => clock.format(time),
    date: (time) => date.format(time),
    day: (time) => day.format(time),
  };
}

function supported(locale: string): string[] {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale);
  } catch {
    // Not a name of a language at all, such as a pseudo locale of translators.
    return [];
  }
}
