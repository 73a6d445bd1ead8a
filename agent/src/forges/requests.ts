import { type RequestChange, requestBody, saysSame } from './body.ts';
import type { Forge, RequestBranches, RequestText } from './types.ts';

/** What a request is to say. */
export interface RequestWish extends RequestBranches {
  readonly title: string;
  readonly changes: readonly RequestChange[];
}

/** Keeps one request for a branch. Errors: those of the forge. */
export interface ReviewRequests {
  /** Opens one, or brings it up to date; gives its page, `undefined` where a person closed one that said the same. */
  keep(wish: RequestWish, signal: AbortSignal): Promise<string | undefined>;
  /** Closes the one that is open. */
  close(branches: RequestBranches, signal: AbortSignal): Promise<void>;
}

/** How long what was found is good, milliseconds: then the host is asked again whether a person closed it. */
const FRESH = 5 * 60_000;

const WITHDRAWN = 'Weaveflux no longer proposes this: it is released by other means, or no longer wanted.\n';

/** Characters that a title may have. */
const TITLE = 250;

/** Requests of which nothing is known yet. `now` gives milliseconds since the epoch. */
export function createReviewRequests(forge: Forge, now: () => number): ReviewRequests {
  let last: { readonly key: string; readonly url: string | undefined; readonly at: number } | undefined;

  async function settled(wish: RequestWish, signal: AbortSignal): Promise<string | undefined> {
    const text: RequestText = { title: wish.title.slice(0, TITLE), body: requestBody(wish.changes) };
    const found = await forge.find(wish, signal);
    const open = found.find(({ state }) => state === 'open');
    if (open === undefined) {
      const [newest] = found;
      if (newest?.state === 'closed' && saysSame(newest.body, wish.changes)) return undefined;
      return (await forge.create(wish, text, signal)).url;
    }
    // What people wrote into it stays, while it is about the same changes.
    if (!saysSame(open.body, wish.changes)) await forge.update(open.id, text, signal);
    return open.url;
  }

  return {
    async keep(wish, signal) {
      const key = JSON.stringify([wish.branch, wish.base, wish.title, wish.changes]);
      if (last?.key === key && now() - last.at < FRESH) return last.url;
      last = undefined;
      const url = await settled(wish, signal);
      last = { key, url, at: now() };
      return url;
    },
    async close(branches, signal) {
      last = undefined;
      for (const { id, state, title } of await forge.find(branches, signal)) {
        if (state !== 'open') continue;
        // Without our mark: what the agent closed may be opened again, what a person closed may not.
        await forge.update(id, { title, body: WITHDRAWN }, signal);
        await forge.close(id, signal);
      }
    },
  };
}
