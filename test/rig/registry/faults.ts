import type { IncomingMessage } from 'node:http';

/** Something that goes wrong on purpose, until it is cleared or has happened `times` times. */
export interface Fault {
  /** Which requests: a pattern of "GET /v2/team/app/tags/list"; every one without it. */
  readonly match?: RegExp;
  readonly times?: number;
  /** Answer with this status instead of asking the registry. */
  readonly status?: number;
  /** Headers of that answer, `{'retry-after': '2'}`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Its body; an error in the registry's own format without it. */
  readonly body?: string;
  /** Milliseconds to wait first. Alone it only slows down. */
  readonly delay?: number;
  /** Cut the connection without an answer. */
  readonly cut?: boolean;
}

/** A request as the registry's door saw it. */
export interface RegistryRequest {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Who asked, by basic auth; `token` by bearer token. */
  readonly user: string | undefined;
  readonly status: number;
}

/** The faults in force, the newest first. */
export interface Faults {
  /** Adds one; disposing it, or `clear`, takes it back. */
  add(fault: Fault): Disposable;
  clear(): void;
  /** The fault that this request meets, counted as having happened. */
  take(request: IncomingMessage): Fault | undefined;
}

export function createFaults(): Faults {
  let active: { fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      active.unshift(entry);
      return {
        [Symbol.dispose]() {
          active = active.filter((each) => each !== entry);
        },
      };
    },
    clear() {
      active = [];
    },
    take(request) {
      const line = `${request.method} ${request.url}`;
      const entry = active.find((each) => each.left > 0 && (each.fault.match?.test(line) ?? true));
      if (!entry) return undefined;
      entry.left -= 1;
      return entry.fault;
    },
  };
}
