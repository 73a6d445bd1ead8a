import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { constants, createGzip } from 'node:zlib';
import { json, repositoryAt, startHostile } from './registry-hostile-support.ts';
import { deadline, openScanner } from './registry-world.ts';

const INSECURE = { insecureHosts: ['127.0.0.1'] };

test('pages without end are read up to a limit, and what they held is known', async () => {
  let pages = 0;
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    if (request.url === '/v2/') return void response.end();
    pages += 1;
    json(response, { tags: [`t${pages}`] }, { link: `</v2/team/app/tags/list?last=t${pages}>; rel="next"` });
  });
  await using world = await openScanner({ ...INSECURE, rps: 100_000, burst: 10_000 });
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.match(scan.problem?.message ?? '', /1000 pages.*delete old ones/);
  assert.deepEqual([scan.tags.length, pages], [1000, 1000]);
});

test('of more than a million tags the first million are known', async () => {
  let count = 1_000_000;
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    if (request.url === '/v2/') return void response.end();
    json(response, { tags: Array.from({ length: count }, (_, index) => `t${index}`) });
  });
  await using world = await openScanner(INSECURE);
  const repository = repositoryAt(registry.host);
  const million = await world.registry.scan(repository, deadline());
  assert.deepEqual([million.tags.length, million.problem], [1_000_000, undefined]);
  count = 1_000_001;
  const more = await world.registry.scan(repository, deadline());
  assert.deepEqual([more.tags.length, more.problem?.severity], [1_000_000, 'warning']);
});

test('what a registry writes into tags never reaches a message', async () => {
  const evil = [
    '\u001b[2J',
    '[x](javascript:alert(1))',
    '; rm -rf /',
    '..%2f..%2f',
    'a\u0000b',
    '\u202egpj',
    '$(HOME)',
    '%0d%0aX: y',
  ];
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    if (request.url?.includes('last=')) response.writeHead(500).end(evil.join());
    else json(response, { tags: ['1', ...evil] }, { link: `<${request.url}&last=1>; rel="next"` });
  });
  await using world = await openScanner({ ...INSECURE, sleep: async () => undefined });
  const repository = repositoryAt(registry.host);
  const scan = await world.registry.scan(repository, deadline());
  const told = JSON.stringify([scan, world.registry.known(repository.name), world.warnings]);
  assert.ok(scan.problem);
  assert.ok(!evil.some((text) => told.includes(JSON.stringify(text).slice(1, -1))), told);
});

test('a tag whose digest is another at each look is known by what was read', async () => {
  const manifest = (n: number) => JSON.stringify({ schemaVersion: 2, layers: [], annotations: { n: String(n) } });
  const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  let looks = 0;
  let lies = false;
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    if (!request.url?.includes('/manifests/')) return void json(response, { tags: ['1'] });
    looks += 1;
    const digest = digestOf(manifest(lies ? 0 : looks));
    response.writeHead(200, { 'docker-content-digest': digest }).end(manifest(looks));
  });
  await using world = await openScanner(INSECURE);
  const repository = repositoryAt(registry.host);
  await world.registry.scan(repository, deadline());
  const [first] = await world.registry.describe(repository, ['1'], deadline());
  assert.equal(first?.digest, digestOf(manifest(1)));
  const [moved] = await world.registry.describe(repository, ['1'], deadline(), { refresh: true });
  assert.deepEqual([moved?.digest, looks], [digestOf(manifest(3)), 3]);
  lies = true;
  const [kept] = await world.registry.describe(repository, ['1'], deadline(), { refresh: true });
  assert.equal(kept?.digest, moved?.digest);
  assert.match(world.registry.known(repository.name)?.problem?.message ?? '', /not what its digest says/);
});

test('redirects to ever new places end', async () => {
  let hops = 0;
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    if (request.url === '/v2/') return void response.end();
    hops += 1;
    response.writeHead(302, { location: `/v2/team/app/tags/list?hop=${hops}` }).end();
  });
  await using world = await openScanner(INSECURE);
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.match(scan.problem?.message ?? '', /redirects in circles/);
  assert.ok(hops <= 6, `${hops} hops`);
});

test('a redirect to where clouds keep credentials, or to what is no http, is not followed', async () => {
  const places = [
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://0xa9fea9fe/',
    'http://[fe80::1]/',
    'file:///etc/passwd',
    'data:application/json,{"tags":["x"]}',
    'gopher://127.0.0.1/',
    '//169.254.169.254/',
  ];
  for (const location of places) {
    await using registry = await startHostile('127.0.0.1', (request, response) => {
      if (request.url === '/v2/') return void response.end();
      response.writeHead(302, { location }).end();
    });
    await using world = await openScanner(INSECURE);
    const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
    assert.ok(['REGISTRY_AUTH', 'REGISTRY_FAILED'].includes(scan.problem?.code ?? ''), location);
    // The one more is the attempt by TLS, which this registry does not speak.
    assert.equal(world.registry.requests.total, registry.seen.length + 1, `${location} was asked`);
    assert.deepEqual(scan.tags, []);
  }
});

test('compressed answers are not asked for and not unpacked', async () => {
  const encodings: unknown[] = [];
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    encodings.push(request.headers['accept-encoding']);
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    sendBomb(response);
  });
  await using world = await openScanner(INSECURE);
  const before = process.memoryUsage().rss;
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.equal(scan.problem?.code, 'REGISTRY_FAILED');
  assert.deepEqual([...new Set(encodings)], [undefined]);
  const grown = Math.round((process.memoryUsage().rss - before) / 2 ** 20);
  assert.ok(grown < 300, `the process grew by ${grown} MB`);
});

/** 512 MB of spaces, which are half a megabyte on the way. */
function sendBomb(response: ServerResponse): void {
  const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
  gzip.pipe(response);
  const chunk = Buffer.alloc(2 ** 20, 0x20);
  for (let sent = 0; sent < 512; sent += 1) gzip.write(chunk);
  gzip.end();
}

/** A registry that tells the headers with each list. */
function telling(headers: Record<string, string>) {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/v2/') response.end();
    else json(response, { tags: ['1'] }, headers);
  };
}

test('limits that make no sense limit nothing', async () => {
  const nonsense: Record<string, string>[] = [
    { 'ratelimit-remaining': '-1;w=60' },
    { 'ratelimit-remaining': '0;w=1e9', 'ratelimit-limit': '99999999999999999999' },
    { 'ratelimit-remaining': '0', 'ratelimit-reset': 'tomorrow' },
    { ratelimit: '"a";r=NaN;t=60, ;;;' },
    { 'retry-after': '1000000000' },
  ];
  for (const headers of nonsense) {
    await using registry = await startHostile('127.0.0.1', telling(headers));
    await using world = await openScanner(INSECURE);
    for (let scans = 0; scans < 3; scans += 1) {
      const { problem } = await world.registry.scan(repositoryAt(registry.host), deadline());
      assert.equal(problem, undefined, JSON.stringify(headers));
    }
  }
});

test('a host that says that nothing is left is asked nothing more, for none of its repositories, and after a quarter of an hour again', async () => {
  let time = Date.parse('2026-01-01T17:00:00Z');
  const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
  await using registry = await startHostile('127.0.0.1', telling(headers));
  await using world = await openScanner({ ...INSECURE, now: () => new Date(time) });
  const repository = repositoryAt(registry.host);
  const other = { ...repository, name: `${registry.host}/team/other` };
  assert.equal((await world.registry.scan(repository, deadline())).problem, undefined);
  const asked = world.registry.requests.total;
  for (const name of [repository, other]) {
    const { problem } = await world.registry.scan(name, deadline());
    assert.match(problem?.message ?? '', /allows no more requests until 17:15 UTC/);
  }
  assert.equal(world.registry.requests.total, asked);
  assert.equal(world.registry.known(repository.name)?.tags.length, 1);
  time += 15 * 60_000;
  assert.equal((await world.registry.scan(repository, deadline())).problem, undefined);
});
