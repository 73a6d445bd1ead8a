import type { Grant } from './access.ts';
import { isCorrupt } from './failure.ts';
import type { Mirror } from './mirror.ts';
import { ProcessFailure } from './process.ts';

/** Milliseconds that looking through a whole mirror, or packing it, may take. */
const TIDY_TIMEOUT = 10 * 60_000;
/** So many fetches lie between two times that the mirror is packed. */
const TIDY_EVERY = 50;

/** Keeps a mirror at the head of the followed branch, also where it turns out to be damaged. */
export class Follower {
  readonly #mirror: Mirror;
  readonly #url: string;
  /** The mirror on disk is damaged: the next look makes it anew. */
  #corrupt = false;
  #fetches = 0;
  #last: string | undefined;

  constructor(mirror: Mirror, url: string) {
    this.#mirror = mirror;
    this.#url = url;
  }

  get isCorrupt(): boolean {
    return this.#corrupt;
  }

  foundCorrupt(): void {
    this.#corrupt = true;
  }

  /** The mirror's head; of a damaged mirror the last that was known, so that rewritten history is noticed. */
  async head(signal: AbortSignal): Promise<string | undefined> {
    try {
      return (await this.#mirror.head(signal)) ?? this.#last;
    } catch (error) {
      if (!(error instanceof ProcessFailure) || error.reason !== 'exit') throw error;
      this.#corrupt = true;
      return this.#last;
    }
  }

  /** Brings a branch of the remote here and gives its revision; a damaged mirror is thrown away and made anew. */
  async bring(branch: string, grant: Grant, signal: AbortSignal): Promise<string> {
    if (this.#corrupt) this.#corrupt = !(await this.#mirror.isSound(signal, TIDY_TIMEOUT));
    if (!this.#corrupt) {
      try {
        return await this.#mirror.fetch(this.#url, branch, grant.env, signal);
      } catch (error) {
        // The server's own troubles read like ours: what we have is thrown away only when it is known to be damaged.
        if (!isCorrupt(error) || (await this.#mirror.isSound(signal, TIDY_TIMEOUT))) throw error;
      }
    }
    await this.#mirror.renew(signal);
    const head = await this.#mirror.fetch(this.#url, branch, grant.env, signal);
    this.#corrupt = false;
    return head;
  }

  /** The branch is at this revision, which the mirror has. */
  async moveTo(revision: string, signal: AbortSignal): Promise<void> {
    await this.#mirror.moveTo(revision, signal);
    this.#last = revision;
  }

  /** Whether it is time to pack what fetches left; asked once a fetch. */
  isTidyDue(): boolean {
    this.#fetches += 1;
    return this.#fetches % TIDY_EVERY === 1;
  }

  async tidy(signal: AbortSignal): Promise<void> {
    await this.#mirror.tidy(signal, TIDY_TIMEOUT);
  }
}
