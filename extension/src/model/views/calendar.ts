import * as l10n from '@vscode/l10n';
import { once } from './once.ts';

/** How times are shown. Made once: what formats them is dear to make, and so is made when it is first used. */
export interface Calendar {
  /** A moment (RFC 3339) in a list by days: `now`, `5 min ago`, `14:32`. Only what is younger than an hour changes, each minute. */
  moment(time: string, now: Date): string;
  /** The day of a moment: equal days are equal texts, and later ones sort later. */
  day(time: string): string;
  /** What people call that day: `Today`, `Yesterday`, `Monday, November 23`. */
  dayName(time: string, now: Date): string;
  /** Date and time of day: `Nov 23, 2026, 2:32 PM`. */
  full(time: string): string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A calendar for a language tag such as `vscode.env.language`, in a time zone such as `Europe/Vienna`; absent = the machine's. */
export function createCalendar(language: string, timeZone?: string): Calendar {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = once(() => new Intl.DateTimeFormat(language, { timeStyle: 'short', ...zone }));
  const full = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', ...zone }));
  const long = once(
    () => new Intl.DateTimeFormat(language, { weekday: 'long', month: 'long', day: 'numeric', ...zone }),
  );
  // Swedish writes dates as ISO 8601 does.
  const iso = once(() => new Intl.DateTimeFormat('sv', { dateStyle: 'short', ...zone }));

  const written = (format: () => Intl.DateTimeFormat, at: number): string =>
    Number.isNaN(at) ? '' : format().format(at);
  const day = (time: string): string => written(iso, Date.parse(time));

  return {
    moment(time, now) {
      const at = Date.parse(time);
      const past = now.getTime() - at;
      if (past < MINUTE) return l10n.t('now');
      return past < HOUR ? l10n.t('{0} min ago', Math.floor(past / MINUTE)) : written(clock, at);
    },
    day,
    dayName(time, now) {
      if (day(time) === iso().format(now)) return l10n.t('Today');
      if (day(time) === iso().format(now.getTime() - DAY)) return l10n.t('Yesterday');
      return written(long, Date.parse(time));
    },
    full: (time) => written(full, Date.parse(time)),
  };
}
