import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WeavefluxError } from '@weaveflux/shared';

/** The Secret with the credentials, read and written by API; wired by main where there is a cluster. */
export interface SecretStore {
  /** Its data, decoded; `undefined` when there is no such Secret, `'forbidden'` where it may not be seen. */
  read(signal: AbortSignal): Promise<Record<string, Buffer> | 'forbidden' | undefined>;
  /** Adds keys to it, making it where it is missing, and never overwriting a key that is there. */
  save?(data: Record<string, Buffer>, signal: AbortSignal): Promise<void>;
}

/** How long what the API said is good: the mounted files are looked at each time, the API is not. */
const FRESH = 5 * 60_000;

/** One view of the Secret: the mounted file first, else what the API says. */
export class Secret {
  readonly #folder: string;
  readonly #store: SecretStore | undefined;
  readonly #now: () => number;
  #known: { readonly data: Record<string, Buffer>; readonly at: number } | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #last: Record<string, Buffer> | undefined;
  #unread: unknown;
  #closed = false;

  constructor(folder: string, store: SecretStore | undefined, now: () => number) {
    this.#folder = folder;
    this.#store = store;
    this.#now = now;
  }

  /** The value of a key, or `undefined` where it is missing or empty. Reading never fails: no value is an answer. */
  async value(key: string, signal: AbortSignal): Promise<string | undefined> {
    const mounted = await textOf(join(this.#folder, key));
    if (mounted !== undefined) return mounted;
    const data = await this.#read(signal);
    const text = Object.hasOwn(data, key) ? data[key]?.toString('utf8') : undefined;
    return text === '' ? undefined : text;
  }

  /** Why the API never told what is in it, so that a missing value means nothing; `undefined` where it did. */
  get unread(): unknown {
    return this.#unread;
  }

  /** Whether the API last said that the Secret may not be seen, so that nothing can be put there either. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Whether the Secret is known to be there: mounted with other keys, or told by the API. */
  async isThere(): Promise<boolean> {
    const mounted = await readdir(this.#folder).catch(() => []);
    // The kubelet's own entries begin so, and are there without any key, too.
    return mounted.some((name) => !name.startsWith('..')) || Object.keys(this.#last ?? {}).length > 0;
  }

  /**
   * Puts a new key there; false where nothing can be saved, or where that was done or forbidden a short while ago. What
   * is there afterwards is what counts.
   */
  async save(key: string, text: string, signal: AbortSignal): Promise<boolean> {
    if (this.#store?.save === undefined || this.#now() - this.#savedAt < FRESH) return false;
    try {
      await this.#store.save({ [key]: Buffer.from(text) }, signal);
    } catch (error) {
      if (error instanceof WeavefluxError && error.code === 'FORBIDDEN') this.#savedAt = this.#now();
      throw error;
    }
    this.#savedAt = this.#now();
    this.forget();
    return true;
  }

  /** Asks the API again at the next reading: what it said was refused by the server. */
  forget(): void {
    this.#known = undefined;
  }

  async #read(signal: AbortSignal): Promise<Record<string, Buffer>> {
    if (this.#store === undefined) return {};
    if (this.#known !== undefined && this.#now() - this.#known.at < FRESH) return this.#known.data;
    try {
      const found = await this.#store.read(signal);
      this.#closed = found === 'forbidden';
      this.#known = { data: found === 'forbidden' ? {} : (found ?? {}), at: this.#now() };
      this.#last = this.#known.data;
      this.#unread = undefined;
    } catch (error) {
      // Without the API the last that it said goes on being used.
      if (this.#last === undefined) this.#unread = error;
    }
    return this.#last ?? {};
  }
}

/** The text of a file, or `undefined` where there is none that can be read or it is empty. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return text.trim() === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
