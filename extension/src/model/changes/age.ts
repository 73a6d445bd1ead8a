const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** Tells how long ago a time (RFC 3339) was: `3 days ago`; '' where it is none, or no time. */
export type Ages = (time: string | undefined) => string;

/** Ages at a moment in words of a language, such as `vscode.env.language`. */
export function agesAt(now: Date, language: string): Ages {
  return (time) => ageOf(time, now, language);
}

/** How long ago a time (RFC 3339) was, in words of a language: `3 days ago`; '' where it is no time. */
export function ageOf(time: string | undefined, now: Date, language: string): string {
  const past = time === undefined ? Number.NaN : Math.max(0, now.getTime() - Date.parse(time));
  if (Number.isNaN(past)) return '';
  const [unit, size] = UNITS.find(([, milliseconds]) => past >= milliseconds) ?? ['second', 1000];
  return new Intl.RelativeTimeFormat(language, { numeric: 'always' }).format(-Math.floor(past / size), unit);
}
