/** A moment as the clock of a zone shows it: `2026-12-01T09:00 (Europe/Berlin)`; in UTC where this machine does not know the zone. */
export function wallTime(at: Date, timeZone: string): string {
  try {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    return `${format.format(at).replace(' ', 'T')} (${timeZone})`;
  } catch {
    return `${at.toISOString().slice(0, 16)} (UTC)`;
  }
}
