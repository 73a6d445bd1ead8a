import * as z from 'zod';
import type { ForgeHttp } from './http.ts';
import { createPulls } from './pulls.ts';
import type { Forge, ReviewRequest } from './types.ts';

const answer = z.object({
  number: z.number().int(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
});

/** The headers that GitHub's REST API asks for. */
export function githubHeaders(token: string): Record<string, string> {
  return {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': '2022-11-28',
  };
}

/** Pull requests at GitHub, and at a GitHub Enterprise Server. `repository` is `owner/name`. */
export function createGithub(http: ForgeHttp, repository: string): Forge {
  const [owner = '', name = ''] = repository.split('/');
  const pulls = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/pulls`;
  return {
    async find({ branch, base }, signal) {
      const query = new URLSearchParams({
        head: `${owner}:${branch}`,
        base,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: '20',
      });
      const found = await http.send({ method: 'GET', path: `${pulls}?${query}` }, z.array(answer), signal);
      return found.map(toRequest);
    },
    ...createPulls(http, pulls, answer, toRequest),
  };
}

function toRequest({ number, html_url, title, body, state, merged_at }: z.infer<typeof answer>): ReviewRequest {
  const isMerged = merged_at !== undefined && merged_at !== null;
  return { id: number, url: html_url, title, body: body ?? '', state: isMerged ? 'merged' : state };
}
