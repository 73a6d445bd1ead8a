import * as z from 'zod';
import type { ForgeHttp } from './http.ts';
import { createPulls } from './pulls.ts';
import type { Forge, RequestBranches, ReviewRequest } from './types.ts';

const answer = z.object({
  number: z.number().int(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  merged: z.boolean().nullish(),
  head: z.object({ ref: z.string() }),
  base: z.object({ ref: z.string() }),
});
type Answer = z.infer<typeof answer>;

/** Requests on one page, and pages that are read at most. */
const PAGE = 50;
const PAGES = 10;

/** The header by which Gitea's API takes access tokens. */
export function giteaHeaders(token: string): Record<string, string> {
  return { authorization: `token ${token}` };
}

/** Pull requests at Gitea and Forgejo. `repository` is `owner/name`. */
export function createGitea(http: ForgeHttp, repository: string): Forge {
  const pulls = `/repos/${repository.split('/').map(encodeURIComponent).join('/')}/pulls`;

  async function page(state: 'open' | 'closed', number: number, signal: AbortSignal): Promise<readonly Answer[]> {
    const query = new URLSearchParams({ state, sort: 'recentupdate', limit: String(PAGE), page: String(number) });
    return http.send({ method: 'GET', path: `${pulls}?${query}` }, z.array(answer), signal);
  }

  /** Lists cannot be narrowed by branch there. */
  async function findOpen(branches: RequestBranches, signal: AbortSignal): Promise<readonly Answer[]> {
    for (let number = 1; number <= PAGES; number += 1) {
      const all = await page('open', number, signal);
      const found = all.filter((one) => isOf(one, branches));
      // A server may give fewer on a page than it is asked for.
      if (found.length > 0 || all.length === 0) return found;
    }
    return [];
  }

  return {
    async find(branches, signal) {
      const open = await findOpen(branches, signal);
      if (open.length > 0) return open.map(toRequest);
      const closed = await page('closed', 1, signal);
      return closed.filter((one) => isOf(one, branches)).map(toRequest);
    },
    ...createPulls(http, pulls, answer, toRequest),
  };
}

function isOf({ head, base }: Answer, branches: RequestBranches): boolean {
  return head.ref === branches.branch && base.ref === branches.base;
}

function toRequest({ number, html_url, title, body, state, merged }: Answer): ReviewRequest {
  return {
    id: number,
    url: html_url,
    title,
    body: body ?? '',
    state: merged === true ? 'merged' : state === 'open' ? 'open' : 'closed',
  };
}
