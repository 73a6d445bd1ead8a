import * as z from 'zod';
import type { ForgeHttp } from './http.ts';
import type { Forge, ReviewRequest } from './types.ts';

const answer = z.object({
  id: z.number().int(),
  title: z.string(),
  summary: z.object({ raw: z.string().nullish() }).nullish(),
  state: z.string(),
  links: z.object({ html: z.object({ href: z.string() }) }),
});
const list = z.object({ values: z.array(answer) });

/** The header by which Bitbucket Cloud takes access tokens of a repository, project or workspace. */
export function bitbucketHeaders(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Pull requests at Bitbucket Cloud. `repository` is `workspace/name`. */
export function createBitbucket(http: ForgeHttp, repository: string): Forge {
  const requests = `/repositories/${repository.split('/').map(encodeURIComponent).join('/')}/pullrequests`;
  return {
    async find({ branch, base }, signal) {
      const wanted = `source.branch.name = ${JSON.stringify(branch)} AND destination.branch.name = ${JSON.stringify(base)}`;
      const query = new URLSearchParams({ q: wanted, sort: '-created_on', pagelen: '20' });
      // Without states only open ones are listed.
      for (const state of ['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED']) query.append('state', state);
      const found = await http.send({ method: 'GET', path: `${requests}?${query}` }, list, signal);
      return found.values.map(toRequest);
    },
    async create({ branch, base }, { title, body }, signal) {
      const wish = {
        title,
        description: body,
        source: { branch: { name: branch } },
        destination: { branch: { name: base } },
      };
      return toRequest(await http.send({ method: 'POST', path: requests, body: wish }, answer, signal));
    },
    async update(id, { title, body }, signal) {
      const wish = { title, description: body };
      await http.send({ method: 'PUT', path: `${requests}/${id}`, body: wish }, z.unknown(), signal);
    },
    async close(id, signal) {
      await http.send({ method: 'POST', path: `${requests}/${id}/decline` }, z.unknown(), signal);
    },
  };
}

function toRequest({ id, title, summary, state, links }: z.infer<typeof answer>): ReviewRequest {
  const known = state === 'OPEN' ? 'open' : state === 'MERGED' ? 'merged' : 'closed';
  return { id, url: links.html.href, title, body: summary?.raw ?? '', state: known };
}
