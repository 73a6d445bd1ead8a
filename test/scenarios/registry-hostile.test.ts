import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { basicRegistry, CANARY, json, repositoryAt, startHostile } from './registry-hostile-support.ts';
import { deadline, openScanner } from './registry-world.ts';

test('an auth realm at a private address of another host gets no request at all', async () => {
  await using thief = await startHostile('127.0.0.2', (_, response) => json(response, { token: 'x' }));
  await using registry = await startHostile('127.0.0.1', (_, response) => {
    const realm = `Bearer realm="http://${thief.host}/token",service="s"`;
    response.writeHead(401, { 'www-authenticate': realm }).end();
  });
  await using world = await openScanner({ insecureHosts: [registry.host] });
  for (const credentials of [repositoryAt(registry.host).credentials, []]) {
    const scan = await world.registry.scan({ ...repositoryAt(registry.host), credentials }, deadline());
    assert.equal(scan.problem?.code, 'REGISTRY_AUTH');
  }
  assert.deepEqual(thief.seen, []);
});

test('the realm of clouds for their credentials is never asked, whatever it is called', async () => {
  for (const realm of [
    'http://169.254.169.254/t',
    'https://[fe80::1]/t',
    'http://0xa9fea9fe/t',
    'https://[::ffff:a9fe:a9fe]/',
  ]) {
    await using registry = await startHostile('127.0.0.1', (_, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
    });
    await using world = await openScanner({ insecureHosts: [registry.host] });
    const scan = await world.registry.scan({ ...repositoryAt(registry.host), credentials: [] }, deadline());
    assert.equal(scan.problem?.code, 'REGISTRY_AUTH', realm);
    // The one more is the attempt by TLS, which this registry does not speak.
    assert.equal(world.registry.requests.total, registry.seen.length + 1, `${realm} was asked`);
  }
});

test('a realm that is named as insecure may be asked', async () => {
  await using issuer = await startHostile('127.0.0.2', (_, response) => json(response, { token: 'good' }));
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    if (request.headers.authorization === 'Bearer good') json(response, { tags: ['1'] });
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${issuer.host}/token"` }).end();
  });
  await using world = await openScanner({ insecureHosts: [registry.host, issuer.host] });
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.deepEqual([scan.problem, scan.tags], [undefined, [{ tag: '1' }]]);
});

test('a redirect to another host carries no credentials', async () => {
  await using other = await startHostile('127.0.0.2', (_, response) => json(response, { tags: ['moved'] }));
  await using registry = await startHostile(
    '127.0.0.1',
    basicRegistry((request, response) => {
      if (request.url === '/v2/') return void response.writeHead(200).end();
      response.writeHead(307, { location: `http://${other.host}/v2/team/app/tags/list` }).end();
    }),
  );
  await using trusting = await openScanner({ insecureHosts: [registry.host, other.host] });
  const scan = await trusting.registry.scan(repositoryAt(registry.host), deadline());
  assert.deepEqual(scan.tags, [{ tag: 'moved' }]);
  assert.deepEqual(other.seen, [{ path: '/v2/team/app/tags/list', authorization: undefined }]);
  other.seen.length = 0;
  await using careful = await openScanner({ insecureHosts: [registry.host] });
  assert.equal((await careful.registry.scan(repositoryAt(registry.host), deadline())).problem?.code, 'REGISTRY_AUTH');
  assert.deepEqual(other.seen, []);
});

test('a next page at another host is not asked for', async () => {
  await using other = await startHostile('127.0.0.2', (_, response) => json(response, { tags: ['x'] }));
  await using registry = await startHostile(
    '127.0.0.1',
    basicRegistry((_, response) => {
      json(response, { tags: ['1'] }, { link: `<http://${other.host}/v2/team/app/tags/list?last=1>; rel="next"` });
    }),
  );
  await using world = await openScanner({ insecureHosts: ['127.0.0.1', '127.0.0.2'] });
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.match(scan.problem?.message ?? '', /next page/);
  assert.deepEqual(other.seen, []);
});

test('a next page written as an absolute URL of the same host is followed', async () => {
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    const isLast = request.url?.includes('last=1');
    const link = `<http://${request.headers.host}/v2/team/app/tags/list?last=1>; rel="next"`;
    json(response, { tags: [isLast ? '2' : '1'] }, isLast ? {} : { link });
  });
  await using world = await openScanner({ insecureHosts: ['127.0.0.1'] });
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.deepEqual(scan.tags, [{ tag: '1' }, { tag: '2' }]);
});

test('redirects and pages in circles end with a problem', async () => {
  await using turning = await startHostile('127.0.0.1', (request, response) => {
    response.writeHead(302, { location: request.url ?? '/' }).end();
  });
  await using paging = await startHostile('127.0.0.1', (request, response) => {
    json(response, { tags: ['1', '2'] }, { link: `<${request.url}>; rel="next"` });
  });
  await using world = await openScanner({ insecureHosts: ['127.0.0.1'] });
  for (const { host } of [turning, paging]) {
    const scan = await world.registry.scan(repositoryAt(host), deadline());
    assert.match(scan.problem?.message ?? '', /in circles/);
  }
  assert.ok(world.registry.requests.total < 25);
});

test('what is no tag is left out and counted', async () => {
  const hostile = [
    '../../x',
    '$(id)',
    '`id`',
    '<img src=x>',
    '',
    ' ',
    'a b',
    'é',
    'x\ny',
    'x'.repeat(129),
    '-x',
    '.x',
    7,
    null,
  ];
  const signature = `sha256-${'ab'.repeat(32)}.sig`;
  await using registry = await startHostile('127.0.0.1', (_, response) => {
    json(response, { tags: ['good', ...hostile, signature, '__proto__'] });
  });
  await using world = await openScanner({ insecureHosts: ['127.0.0.1'] });
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.deepEqual([scan.tags, scan.dropped], [[{ tag: 'good' }, { tag: '__proto__' }], hostile.length]);
});

test('an endless answer is cut off', async () => {
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    if (request.url === '/v2/') return void response.end();
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    function more(): void {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more);
    more();
  });
  await using world = await openScanner({ insecureHosts: ['127.0.0.1'] });
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.match(scan.problem?.message ?? '', /more than \d+ bytes/);
});

test('ETag: an unchanged list is not sent again', async () => {
  let sent = 0;
  await using registry = await startHostile('127.0.0.1', (request, response) => {
    if (request.headers['if-none-match'] === '"v1"') return void response.writeHead(304).end();
    sent += 1;
    json(response, { tags: ['1'] }, { etag: '"v1"' });
  });
  await using world = await openScanner({ insecureHosts: ['127.0.0.1'] });
  await world.registry.scan(repositoryAt(registry.host), deadline());
  const before = sent;
  const scan = await world.registry.scan(repositoryAt(registry.host), deadline());
  assert.deepEqual([scan.tags, scan.problem, sent], [[{ tag: '1' }], undefined, before]);
});

test('a registry at an address where clouds keep credentials is not asked', async () => {
  await using world = await openScanner();
  const scan = await world.registry.scan({ name: '169.254.169.254/team/app', credentials: [] }, deadline());
  assert.ok(scan.problem);
  assert.equal(world.registry.requests.total, 0);
});

test('no error ever tells a credential, whatever the registry answers', async () => {
  const echo = (request: IncomingMessage, response: ServerResponse, status: number) => {
    const said = request.headers.authorization ?? '';
    response.writeHead(status, { 'content-type': 'application/json', 'www-authenticate': `Basic realm="${said}"` });
    response.end(JSON.stringify({ errors: [{ code: said, message: said }] }));
  };
  const secrets = [CANARY, Buffer.from(`robot:${CANARY}`).toString('base64')];
  for (const status of [400, 401, 403, 404, 418, 429, 500]) {
    await using registry = await startHostile(
      '127.0.0.1',
      basicRegistry((request, response) => echo(request, response, status)),
    );
    await using world = await openScanner({ insecureHosts: ['127.0.0.1'] });
    const repository = repositoryAt(registry.host);
    const scan = await world.registry.scan(repository, AbortSignal.timeout(4000));
    assert.ok(scan.problem, String(status));
    const told = JSON.stringify([scan, world.registry.known(repository.name), world.warnings]);
    assert.ok(!secrets.some((secret) => told.includes(secret)), told);
  }
});
