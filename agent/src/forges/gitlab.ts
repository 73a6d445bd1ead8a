import * as z from 'zod';
import type { ForgeHttp } from './http.ts';
import type { Forge, ReviewRequest } from './types.ts';

const answer = z.object({
  iid: z.number().int(),
  web_url: z.string(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.string(),
});

/** The header by which GitLab's API takes access tokens. */
export function gitlabHeaders(token: string): Record<string, string> {
  return { 'private-token': token };
}

/** Merge requests at GitLab, of any host. `repository` is the project's path with its groups. */
export function createGitlab(http: ForgeHttp, repository: string): Forge {
  const requests = `/projects/${encodeURIComponent(repository)}/merge_requests`;
  return {
    async find({ branch, base }, signal) {
      const query = new URLSearchParams({
        source_branch: branch,
        target_branch: base,
        state: 'all',
        order_by: 'created_at',
        sort: 'desc',
        per_page: '20',
      });
      const found = await http.send({ method: 'GET', path: `${requests}?${query}` }, z.array(answer), signal);
      return found.map(toRequest);
    },
    async create({ branch, base }, { title, body }, signal) {
      const wish = { source_branch: branch, target_branch: base, title, description: body };
      return toRequest(await http.send({ method: 'POST', path: requests, body: wish }, answer, signal));
    },
    async update(id, { title, body }, signal) {
      const wish = { title, description: body };
      await http.send({ method: 'PUT', path: `${requests}/${id}`, body: wish }, z.unknown(), signal);
    },
    async close(id, signal) {
      await http.send(
        { method: 'PUT', path: `${requests}/${id}`, body: { state_event: 'close' } },
        z.unknown(),
        signal,
      );
    },
  };
}

function toRequest({ iid, web_url, title, description, state }: z.infer<typeof answer>): ReviewRequest {
  // `locked` is one that is being merged.
  const known = state === 'opened' || state === 'locked' ? 'open' : state === 'merged' ? 'merged' : 'closed';
  return { id: iid, url: web_url, title, body: description ?? '', state: known };
}
