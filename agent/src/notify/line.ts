import type { Event } from '@weaveflux/shared';
import { oneLine } from '../text/one-line.ts';

/** How log lines are written: `fmt` is logfmt as fluxd wrote it. */
export type LogFormat = 'fmt' | 'json';

/** The parts of a log line, in order; what is `undefined` is left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** An event as one log line, without a line break. */
export function formatLine(event: Event, format: LogFormat): string {
  const { time, severity, type, environment, revision, object, file, line, message, id } = event;
  return formatFields(
    { ts: time, level: severity, event: type, environment, revision, object, file, line, msg: message, id },
    format,
  );
}

/** Fields as one log line, without a line break; control characters become blanks. */
export function formatFields(fields: LogFields, format: LogFormat): string {
  const given = Object.entries(fields).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [[key, typeof value === 'string' ? oneLine(value) : value] as const];
  });
  if (format === 'json') return JSON.stringify(Object.fromEntries(given));
  return given.map(([key, value]) => `${key}=${quote(String(value))}`).join(' ');
}

function quote(value: string): string {
  return /^[^\s"=\\]+$/.test(value) ? value : JSON.stringify(value);
}
