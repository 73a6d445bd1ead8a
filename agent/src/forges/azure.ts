import * as z from 'zod';
import type { ForgeHttp } from './http.ts';
import type { Forge, ReviewRequest } from './types.ts';

const answer = z.object({
  pullRequestId: z.number().int(),
  title: z.string(),
  description: z.string().nullish(),
  status: z.string(),
});
const list = z.object({ value: z.array(answer) });

const VERSION = 'api-version=7.1';
/** Characters that a description may have there. */
const LONGEST = 4_000;

/** The header by which Azure DevOps takes personal access tokens. */
export function azureHeaders(token: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` };
}

/** Pull requests at Azure DevOps, whose address is `url`. `repository` is `organization/project/name`. */
export function createAzure(http: ForgeHttp, repository: string, url: string): Forge {
  const [organization = '', project = '', name = ''] = repository.split('/').map(encodeURIComponent);
  const requests = `/${organization}/${project}/_apis/git/repositories/${name}/pullrequests`;
  const page = `${url}/${organization}/${project}/_git/${name}/pullrequest`;

  function toRequest({ pullRequestId, title, description, status }: z.infer<typeof answer>): ReviewRequest {
    const state = status === 'active' ? 'open' : status === 'completed' ? 'merged' : 'closed';
    return { id: pullRequestId, url: `${page}/${pullRequestId}`, title, body: description ?? '', state };
  }

  return {
    async find({ branch, base }, signal) {
      const query = new URLSearchParams({
        'searchCriteria.sourceRefName': `refs/heads/${branch}`,
        'searchCriteria.targetRefName': `refs/heads/${base}`,
        'searchCriteria.status': 'all',
        $top: '20',
      });
      const found = await http.send({ method: 'GET', path: `${requests}?${query}&${VERSION}` }, list, signal);
      return found.value.map(toRequest).sort((a, b) => b.id - a.id);
    },
    async create({ branch, base }, { title, body }, signal) {
      const wish = {
        sourceRefName: `refs/heads/${branch}`,
        targetRefName: `refs/heads/${base}`,
        title,
        description: shortened(body),
      };
      return toRequest(await http.send({ method: 'POST', path: `${requests}?${VERSION}`, body: wish }, answer, signal));
    },
    async update(id, { title, body }, signal) {
      const wish = { title, description: shortened(body) };
      await http.send({ method: 'PATCH', path: `${requests}/${id}?${VERSION}`, body: wish }, z.unknown(), signal);
    },
    async close(id, signal) {
      const wish = { status: 'abandoned' };
      await http.send({ method: 'PATCH', path: `${requests}/${id}?${VERSION}`, body: wish }, z.unknown(), signal);
    },
  };
}

/** Whole lines of the table are left out, and the mark at the end stays. */
function shortened(body: string): string {
  const lines = body.trimEnd().split('\n');
  const tail = ['', lines.at(-1) ?? ''];
  const head = lines.slice(0, -1);
  while ([...head, ...tail].join('\n').length > LONGEST && head.length > 0) head.pop();
  return [...head, ...tail].join('\n');
}
