import { formatDuration } from '@weaveflux/shared';

export type Color = 'red' | 'yellow' | 'green' | 'dim';

/** A text in a table, coloured where colours are on. */
export type Cell = string | { readonly text: string; readonly color: Color | undefined };

/** Puts a colour around a text, or returns it as it is where colours are off. */
export type Paint = (text: string, color: Color | undefined) => string;

const CODES: Readonly<Record<Color, number>> = { red: 31, yellow: 33, green: 32, dim: 2 };

/** The paint for an output: colours only for a person's terminal that wants them (no-color.org). */
export function paintFor(isTTY: boolean | undefined, env: Readonly<Record<string, string | undefined>>): Paint {
  if (!isTTY || env.NO_COLOR || env.TERM === 'dumb') return (text) => text;
  return (text, color) => (color === undefined || text === '' ? text : `\u001b[${CODES[color]}m${text}\u001b[0m`);
}

/** A cell's text on one line. What comes from a repository or a cluster could otherwise steer the terminal. */
export function plain(cell: Cell | undefined): string {
  const text = typeof cell === 'object' ? cell.text : (cell ?? '');
  return printable(text).replaceAll(/\s+/g, ' ').trim();
}

/** A text without control characters but line breaks and tabs. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '');
}

/** The colour of a word that says how something stands. */
export function colorOf(word: string): Color | undefined {
  if (/^(healthy|current|succeeded|created|configured|yes)$/.test(word)) return 'green';
  if (/^(failed|missing|invalid-policy|error|contested|no)$/.test(word)) return 'red';
  if (
    /^(progressing|applying|pending|held|outside-window|needs-approval|not-verified|needs-release|pinned|suspended|deleted|warning|update|reported)$/.test(
      word,
    )
  )
    return 'yellow';
  return undefined;
}

/** A list as typed: repeated, or separated by commas. */
export function items(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').filter((item) => item !== '')];
}

/** A word in the colour of what it says. */
export function stateCell(word: string): Cell {
  return { text: word, color: colorOf(word) };
}

/** How long ago a time (RFC 3339) was: `5m`, `2h`, `3d`; '' where there is none. */
export function ago(time: string | undefined, now: Date): string {
  if (time === undefined) return '';
  const milliseconds = Math.max(0, now.getTime() - Date.parse(time));
  if (Number.isNaN(milliseconds)) return '';
  const units = [86_400_000, 3_600_000, 60_000, 1000];
  const unit = units.find((size) => milliseconds >= size);
  if (unit === undefined) return '0s';
  return unit === 86_400_000
    ? `${Math.floor(milliseconds / unit)}d`
    : formatDuration(Math.floor(milliseconds / unit) * unit);
}

/** A revision as people write it. */
export function short(revision: string | undefined): string {
  return /^[0-9a-f]{40,64}$/.test(revision ?? '') ? (revision ?? '').slice(0, 7) : (revision ?? '');
}

/** `file:line`, as far as known. */
export function place(at: { readonly file?: string | undefined; readonly line?: number | undefined }): string {
  if (at.file === undefined) return '';
  return at.line === undefined ? at.file : `${at.file}:${at.line}`;
}

/** A sentence on one line with where it belongs behind it, unless it says so itself. */
export function placed(
  message: string,
  at: { readonly file?: string | undefined; readonly line?: number | undefined },
) {
  const text = plain(message);
  return at.file === undefined || text.includes(at.file) ? text : `${text} (${plain(place(at))})`;
}
