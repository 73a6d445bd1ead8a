import { readFile, stat } from 'node:fs/promises';

/** A file whose text changes under us, as a mounted token does. */
export interface RereadFile {
  /** The text, at most a few seconds behind the file; `renew` looks at once. */
  read(renew?: boolean): Promise<string>;
}

const LOOK_EVERY = 10_000;
const READ_EVERY = 60_000;

/** Reads a file again when its modification time changes, and every minute in any case. */
export function rereadFile(path: string, now: () => number = Date.now): RereadFile {
  let held: { text: string; modified: number; lookedAt: number; readAt: number } | undefined;
  return {
    async read(renew = false) {
      const time = now();
      if (held !== undefined && !renew && time - held.lookedAt < LOOK_EVERY) return held.text;
      const modified = (await stat(path)).mtimeMs;
      const fresh = held !== undefined && !renew && held.modified === modified && time - held.readAt < READ_EVERY;
      held =
        fresh && held !== undefined
          ? { ...held, lookedAt: time }
          : { text: await readFile(path, 'utf8'), modified, lookedAt: time, readAt: time };
      return held.text;
    },
  };
}
