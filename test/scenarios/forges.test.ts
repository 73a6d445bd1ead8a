import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createForge, createReviewRequests, type ForgeConfig, type ForgeKind } from '@weaveflux/agent';
import { WeavefluxError } from '@weaveflux/shared';
import { Agent } from 'undici';
import { type RecordedAnswer, type Recorder, startRecorder, temporaryDirectory } from '../rig/index.ts';

const TOKEN = 'tok3n-of-the-forge';
const never = new AbortController().signal;
const BRANCHES = { branch: 'weaveflux/images', base: 'main' };
const CHANGE = {
  workload: 'shop:deployment/web',
  container: 'app',
  repository: 'ghcr.io/you/web',
  from: '1',
  to: '2',
  policy: 'semver:~1',
};
const WISH = { ...BRANCHES, title: 'Release web:2', changes: [CHANGE] };

/** What a host's documentation says of its calls. */
interface Documented {
  readonly kind: ForgeKind;
  readonly repository: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly find: string;
  readonly create: { readonly path: string; readonly body: Readonly<Record<string, unknown>> };
  readonly update: { readonly method: string; readonly path: string; readonly body: (text: string) => object };
  readonly close: { readonly method: string; readonly path: string; readonly body?: object };
  readonly none: unknown;
  /** The list's answer with one request of this state, and what it says. */
  readonly one: (state: 'open' | 'closed' | 'merged', body: string) => unknown;
  readonly made: unknown;
  readonly page: RegExp;
}

const SLASHED = 'weaveflux%2Fimages';
const github = (state: string, body: string) => ({
  number: 7,
  html_url: 'https://github.com/you/env/pull/7',
  title: 'Release web:2',
  body,
  state: state === 'open' ? 'open' : 'closed',
  merged_at: state === 'merged' ? '2026-01-01T00:00:00Z' : null,
  more: 1,
});
const gitlab = (state: string, body: string) => ({
  iid: 7,
  web_url: 'https://gitlab.com/you/group/env/-/merge_requests/7',
  title: 'Release web:2',
  description: body,
  state: state === 'open' ? 'opened' : state,
});
const gitea = (state: string, body: string, branch = BRANCHES.branch) => ({
  number: 7,
  html_url: 'https://codeberg.org/you/env/pulls/7',
  title: 'Release web:2',
  body,
  state: state === 'open' ? 'open' : 'closed',
  merged: state === 'merged',
  head: { ref: branch },
  base: { ref: 'main' },
});
const bitbucket = (state: string, body: string) => ({
  id: 7,
  title: 'Release web:2',
  summary: { raw: body },
  state: { open: 'OPEN', closed: 'DECLINED', merged: 'MERGED' }[state] ?? '',
  links: { html: { href: 'https://bitbucket.org/you/env/pull-requests/7' } },
});
const azure = (state: string, body: string) => ({
  pullRequestId: 7,
  title: 'Release web:2',
  description: body,
  status: { open: 'active', closed: 'abandoned', merged: 'completed' }[state] ?? '',
});
const AZURE = '/org/pro%20ject/_apis/git/repositories/env/pullrequests';

const HOSTS: Readonly<Record<string, Documented>> = {
  GitHub: {
    kind: 'github',
    repository: 'you/env',
    headers: {
      authorization: `Bearer ${TOKEN}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    find: `/repos/you/env/pulls?head=you%3A${SLASHED}&base=main&state=all&sort=created&direction=desc&per_page=20`,
    create: { path: '/repos/you/env/pulls', body: { head: BRANCHES.branch, base: 'main', title: 'Release web:2' } },
    update: { method: 'PATCH', path: '/repos/you/env/pulls/7', body: (body) => ({ title: 'Release web:2', body }) },
    close: { method: 'PATCH', path: '/repos/you/env/pulls/7', body: { state: 'closed' } },
    none: [],
    one: (state, body) => [github(state, body)],
    made: github('open', ''),
    page: /github\.com\/you\/env\/pull\/7$/,
  },
  GitLab: {
    kind: 'gitlab',
    repository: 'you/group/env',
    headers: { 'private-token': TOKEN },
    find: `/projects/you%2Fgroup%2Fenv/merge_requests?source_branch=${SLASHED}&target_branch=main&state=all&order_by=created_at&sort=desc&per_page=20`,
    create: {
      path: '/projects/you%2Fgroup%2Fenv/merge_requests',
      body: { source_branch: BRANCHES.branch, target_branch: 'main', title: 'Release web:2' },
    },
    update: {
      method: 'PUT',
      path: '/projects/you%2Fgroup%2Fenv/merge_requests/7',
      body: (description) => ({ title: 'Release web:2', description }),
    },
    close: {
      method: 'PUT',
      path: '/projects/you%2Fgroup%2Fenv/merge_requests/7',
      body: { state_event: 'close' },
    },
    none: [],
    one: (state, body) => [gitlab(state, body)],
    made: gitlab('open', ''),
    page: /gitlab\.com\/you\/group\/env\/-\/merge_requests\/7$/,
  },
  'Gitea and Forgejo': {
    kind: 'gitea',
    repository: 'you/env',
    headers: { authorization: `token ${TOKEN}` },
    find: '/repos/you/env/pulls?state=open&sort=recentupdate&limit=50&page=1',
    create: { path: '/repos/you/env/pulls', body: { head: BRANCHES.branch, base: 'main', title: 'Release web:2' } },
    update: { method: 'PATCH', path: '/repos/you/env/pulls/7', body: (body) => ({ title: 'Release web:2', body }) },
    close: { method: 'PATCH', path: '/repos/you/env/pulls/7', body: { state: 'closed' } },
    none: [],
    one: (state, body) => [gitea(state, body, 'other'), gitea(state, body)],
    made: gitea('open', ''),
    page: /codeberg\.org\/you\/env\/pulls\/7$/,
  },
  'Bitbucket Cloud': {
    kind: 'bitbucket',
    repository: 'you/env',
    headers: { authorization: `Bearer ${TOKEN}` },
    find: '/repositories/you/env/pullrequests?q=source.branch.name+%3D+%22weaveflux%2Fimages%22+AND+destination.branch.name+%3D+%22main%22&sort=-created_on&pagelen=20&state=OPEN&state=MERGED&state=DECLINED&state=SUPERSEDED',
    create: {
      path: '/repositories/you/env/pullrequests',
      body: {
        source: { branch: { name: BRANCHES.branch } },
        destination: { branch: { name: 'main' } },
        title: 'Release web:2',
      },
    },
    update: {
      method: 'PUT',
      path: '/repositories/you/env/pullrequests/7',
      body: (description) => ({ title: 'Release web:2', description }),
    },
    close: { method: 'POST', path: '/repositories/you/env/pullrequests/7/decline' },
    none: { values: [] },
    one: (state, body) => ({ values: [bitbucket(state, body)] }),
    made: bitbucket('open', ''),
    page: /bitbucket\.org\/you\/env\/pull-requests\/7$/,
  },
  'Azure DevOps': {
    kind: 'azure',
    repository: 'org/pro ject/env',
    headers: { authorization: `Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}` },
    find: `${AZURE}?searchCriteria.sourceRefName=refs%2Fheads%2F${SLASHED}&searchCriteria.targetRefName=refs%2Fheads%2Fmain&searchCriteria.status=all&%24top=20&api-version=7.1`,
    create: {
      path: `${AZURE}?api-version=7.1`,
      body: {
        sourceRefName: `refs/heads/${BRANCHES.branch}`,
        targetRefName: 'refs/heads/main',
        title: 'Release web:2',
      },
    },
    update: {
      method: 'PATCH',
      path: `${AZURE}/7?api-version=7.1`,
      body: (description) => ({ title: 'Release web:2', description }),
    },
    close: { method: 'PATCH', path: `${AZURE}/7?api-version=7.1`, body: { status: 'abandoned' } },
    none: { value: [] },
    one: (state, body) => ({ value: [azure(state, body)] }),
    made: azure('open', ''),
    page: /\/org\/pro%20ject\/_git\/env\/pullrequest\/7$/,
  },
};

/** A host that answers lists with this, and everything else with one request. */
async function startHost(documented: Documented, listed: () => unknown): Promise<Recorder> {
  return startRecorder(({ method }) => ({
    status: method === 'POST' ? 201 : 200,
    body: method === 'GET' ? listed() : documented.made,
  }));
}

function requestsAt(
  recorder: Recorder,
  { kind, repository }: Pick<Documented, 'kind' | 'repository'>,
  now = () => 0,
  patience = 60_000,
) {
  const config: ForgeConfig = { kind, repository, url: recorder.url, tokenFile: tokenFile() };
  return createReviewRequests(createForge(config, new Agent(), patience), now);
}

function tokenFile(text = `${TOKEN}\n`): string {
  const file = join(temporaryDirectory('forge'), 'token');
  writeFileSync(file, text);
  return file;
}

function lastBody({ requests }: Recorder): Readonly<Record<string, unknown>> {
  return { ...(requests.at(-1)?.body as object) };
}

/** Method and path of all but reads. */
function writes({ requests }: Recorder): string[] {
  return requests.flatMap(({ method, path }) => (method === 'GET' ? [] : [`${method} ${path}`]));
}

for (const [name, documented] of Object.entries(HOSTS)) {
  const { create, update, close } = documented;

  test(`${name}: a request is opened by its documented API, with a table of the changes`, async () => {
    await using host = await startHost(documented, () => documented.none);
    assert.match((await requestsAt(host, documented).keep(WISH, never)) ?? '', documented.page);
    const [find] = host.requests;
    assert.deepEqual([find?.method, find?.path], ['GET', documented.find]);
    const made = host.requests.at(-1);
    assert.deepEqual([made?.method, made?.path], ['POST', create.path]);
    const { title, body, description, ...rest } = lastBody(host);
    assert.deepEqual({ title, ...rest }, create.body);
    assert.match(
      String(body ?? description),
      /\n\| `shop:deployment\/web app` \| `ghcr\.io\/you\/web` \| `1` \| `2` \| `semver:~1` \|\n/,
    );
    for (const { headers, body: sent } of host.requests) {
      for (const [key, value] of Object.entries(documented.headers)) assert.equal(headers[key], value, key);
      assert.equal(headers['user-agent'], 'weaveflux');
      assert.equal(headers['content-type'], sent === undefined ? undefined : 'application/json');
    }
  });

  test(`${name}: an open request is changed with what is proposed, and only then, by its documented API`, async () => {
    let listed = documented.one('open', 'about something else');
    await using host = await startHost(documented, () => listed);
    assert.match((await requestsAt(host, documented).keep(WISH, never)) ?? '', documented.page);
    assert.deepEqual(writes(host), [`${update.method} ${update.path}`]);
    const sent = lastBody(host);
    const text = String(sent.body ?? sent.description);
    assert.deepEqual(sent, update.body(text));
    listed = documented.one('open', `A person's words.\r\n${text.replaceAll('\n', '\r\n')}`);
    await requestsAt(host, documented).keep(WISH, never);
    assert.equal(writes(host).length, 1);
  });

  test(`${name}: what a person closed is not opened again before something else is proposed, by its documented API`, async () => {
    await using first = await startHost(documented, () => documented.none);
    await requestsAt(first, documented).keep(WISH, never);
    const { body, description } = lastBody(first);
    const text = String(body ?? description);
    let listed = documented.one('closed', text);
    await using host = await startHost(documented, () => listed);
    const newer = { ...WISH, changes: [{ ...CHANGE, to: '3' }] };
    assert.equal(await requestsAt(host, documented).keep(WISH, never), undefined);
    assert.deepEqual(writes(host), []);
    await requestsAt(host, documented).keep(newer, never);
    listed = documented.one('merged', text);
    await requestsAt(host, documented).keep(WISH, never);
    assert.deepEqual(writes(host), [`POST ${create.path}`, `POST ${create.path}`]);
  });

  test(`${name}: a request that is obsolete is closed by its documented API`, async () => {
    let listed = documented.one('open', '');
    await using host = await startHost(documented, () => listed);
    await requestsAt(host, documented).close(BRANCHES, never);
    const last = host.requests.at(-1);
    assert.deepEqual([last?.method, last?.path, last?.body], [close.method, close.path, close.body]);
    const said = host.requests.at(-2);
    const { body, description } = { ...(said?.body as Readonly<Record<string, string>>) };
    assert.deepEqual([said?.method, said?.path], [update.method, update.path]);
    assert.match(String(body ?? description), /no longer proposes this/);
    listed = documented.one('merged', '');
    await requestsAt(host, documented).close(BRANCHES, never);
    assert.equal(writes(host).length, 2);
    listed = documented.one('closed', String(body ?? description));
    await requestsAt(host, documented).keep(WISH, never);
    assert.equal(writes(host).at(-1), `POST ${create.path}`, 'what the agent closed by itself may come again');
  });
}

const { GitHub } = HOSTS as { GitHub: Documented };

test('a host is not asked again about the same proposal for five minutes', async () => {
  await using host = await startHost(GitHub, () => GitHub.none);
  let now = 0;
  const requests = requestsAt(host, GitHub, () => now);
  await requests.keep(WISH, never);
  const asked = host.requests.length;
  now = 299_000;
  await requests.keep(WISH, never);
  assert.equal(host.requests.length, asked);
  now = 301_000;
  await requests.keep(WISH, never);
  assert.ok(host.requests.length > asked);
});

test('tags and names from outside are no Markdown, no HTML and no mention', async () => {
  await using host = await startHost(GitHub, () => GitHub.none);
  const evil = '2`|</td><img src=x> @all [x](y)\n| a |';
  await requestsAt(host, GitHub).keep({ ...WISH, changes: [{ ...CHANGE, to: evil, policy: evil }] }, never);
  const rows = String(lastBody(host).body)
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  assert.equal(rows.length, 1);
  assert.ok(rows[0]?.includes("| `2'\\|</td><img src=x> @all [x](y) \\| a \\|` |"), rows[0]);
});

test('many changes fit into what Azure DevOps takes, and are recognised', async () => {
  const { 'Azure DevOps': documented } = HOSTS as { 'Azure DevOps': Documented };
  const changes = Array.from({ length: 150 }, (_, n) => ({ ...CHANGE, workload: `shop:deployment/web-${n}` }));
  await using host = await startHost(documented, () => documented.none);
  await requestsAt(host, documented).keep({ ...WISH, changes }, never);
  const description = String(lastBody(host).description);
  assert.ok(description.length <= 4_000);
  await using again = await startHost(documented, () => documented.one('open', description));
  await requestsAt(again, documented).keep({ ...WISH, changes }, never);
  assert.deepEqual(writes(again), []);
});

const failures: [name: string, answer: RecordedAnswer | undefined, code: string, says: RegExp][] = [
  ['a refused token', { status: 401, body: { message: `bad ${TOKEN}` } }, 'GIT_AUTH', /refuses the token .*\(401\)/],
  ['a repository that is not there', { status: 404, body: {} }, 'NOT_FOUND', /does not know the repository/],
  ['a refusal with words', { status: 422, body: { message: 'no such head' } }, 'GIT_FAILED', /\(422\): .*no such head/],
  ['a host in trouble', { status: 503, body: 'later' }, 'GIT_UNREACHABLE', /\(503\): later/],
  ['a page instead of JSON', { status: 200, body: '<html>' }, 'GIT_FAILED', /no JSON; check --forge-url/],
  ['JSON of another kind', { status: 200, body: [{ id: 1 }] }, 'GIT_FAILED', /not known \(at "0\.number"\)/],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'GIT_FAILED', /\(302\)/],
  ['no answer', undefined, 'TIMEOUT', /gave no answer within 2s/],
];
for (const [name, answer, code, says] of failures) {
  test(`${name} is one clear sentence, without the token`, async () => {
    await using host = await startRecorder(() => answer);
    const patience = answer === undefined ? 2_000 : 60_000;
    await refused(requestsAt(host, GitHub, () => 0, patience).keep(WISH, never), code, says);
    assert.equal(host.requests.length, 1, 'nothing else was asked');
  });
}

test('a host that is away, a token file that is empty, and a call that is cancelled are told apart', async () => {
  await using host = await startHost(GitHub, () => GitHub.none);
  await refused(requestsAt(host, GitHub).keep(WISH, AbortSignal.abort()), 'CANCELLED', /cancelled/);
  await host.outage();
  await refused(requestsAt(host, GitHub).keep(WISH, never), 'GIT_UNREACHABLE', /cannot be reached .*ECONNREFUSED/);
  const config: ForgeConfig = { ...GitHub, url: host.url, tokenFile: tokenFile('\n') };
  const empty = createReviewRequests(createForge(config, new Agent()), () => 0);
  await refused(
    empty.keep(WISH, never),
    'GIT_AUTH',
    /--forge-token-file names .*token, which cannot be read or is empty/,
  );
});

async function refused(work: Promise<unknown>, code: string, says: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert(error instanceof WeavefluxError, String(error));
    assert.deepEqual([error.code, says.test(error.message)], [code, true], error.message);
    assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(TOKEN), 'no token in an error');
    return true;
  });
}
