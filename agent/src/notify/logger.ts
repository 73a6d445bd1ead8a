import type { Event } from '@weaveflux/shared';
import { formatFields, formatLine, type LogFields, type LogFormat } from './line.ts';

/** Writes log lines: events, and plain messages that are no event. */
export interface Logger {
  event(event: Event): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** What a logger is made of. */
export interface LoggerOptions {
  /** Takes one line with its line break. */
  readonly write: (line: string) => void;
  readonly format: LogFormat;
  readonly now: () => Date;
  /** Takes secrets out of every line before it is written. */
  readonly redact?: (text: string) => string;
}

/** A logger that writes one line an entry. */
export function createLogger({ write, format, now, redact = (text) => text }: LoggerOptions): Logger {
  function put(line: string): void {
    write(`${redact(line)}\n`);
  }

  function plain(level: string): (message: string, fields?: LogFields) => void {
    return (msg, fields) => put(formatFields({ ts: now().toISOString(), level, ...fields, msg }, format));
  }

  return {
    event: (event) => put(formatLine(event, format)),
    info: plain('info'),
    warning: plain('warning'),
    error: plain('error'),
  };
}
