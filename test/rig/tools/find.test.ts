import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../watchdog.ts';
import { KUBERNETES_VERSION, type Tool } from './catalog.ts';
import { createFinder, type FinderOptions } from './find.ts';
import { run } from './run.ts';

const PROGRAM = '#!/bin/sh\necho released\n';
const API_SERVER = `/release/v${KUBERNETES_VERSION}/bin/linux/amd64/kube-apiserver`;

test('a program in a directory of the environment is used, the others are looked for elsewhere', async () => {
  const assets = await directoryWith('kube-apiserver');
  const more = await directoryWith('kube-apiserver', 'etcd');
  const { find, built } = finder({ KUBEBUILDER_ASSETS: assets, WEAVEFLUX_TOOLS: more });
  assert.equal(await find('kube-apiserver'), join(assets, 'kube-apiserver'));
  assert.equal(await find('etcd'), join(more, 'etcd'));
  assert.deepEqual(built, []);
  await find('kwok');
  assert.deepEqual(built, ['kwok']);
});

test('the cache serves the second time, also another process, and is keyed by version', async () => {
  const cache = temporaryDirectory('cache');
  const first = finder({ XDG_CACHE_HOME: cache });
  const program = await first.find('kube-apiserver');
  assert.equal(program, join(cache, `weaveflux/tools/kubernetes-${KUBERNETES_VERSION}/kube-apiserver`));
  const second = finder({ XDG_CACHE_HOME: cache });
  assert.equal(await second.find('kube-apiserver'), program);
  assert.deepEqual(second.built, []);
});

test('two at once build once', async () => {
  const cache = temporaryDirectory('cache');
  const [first, second] = [finder({ XDG_CACHE_HOME: cache }), finder({ XDG_CACHE_HOME: cache })];
  const programs = await Promise.all([first.find('kwok'), first.find('kwok'), second.find('kwok')]);
  assert.equal(new Set(programs).size, 1);
  assert.deepEqual([...first.built, ...second.built], ['kwok']);
});

test('a build that fails leaves nothing behind and is tried again', async () => {
  const cache = temporaryDirectory('cache');
  let tries = 0;
  const { find } = finder(
    { XDG_CACHE_HOME: cache },
    {
      build: async (tool, into) => {
        tries += 1;
        await writeFile(join(into, 'half'), '');
        if (tries === 1) throw new Error('go: no space left on device');
        await program(join(into, tool.name));
      },
    },
  );
  await assert.rejects(find('kwok'), /no space left/);
  assert.deepEqual(await readdir(join(cache, 'weaveflux/tools')), []);
  await find('kwok');
  assert.equal(tries, 2);
});

test('the release is downloaded when its checksum is right', async () => {
  await using server = await releases({ [API_SERVER]: PROGRAM, [`${API_SERVER}.sha256`]: sha256(PROGRAM) });
  const { find, built, lines } = finder({}, server);
  assert.equal(await run(await find('kube-apiserver'), []), 'released\n');
  assert.deepEqual(built, []);
  assert.match(lines.join('\n'), /downloaded its release/);
});

test('a release in an archive is unpacked; its checksum is the line with its name', async () => {
  const directory = temporaryDirectory('archive');
  const name = 'etcd-v3.6.4-linux-amd64';
  await mkdir(join(directory, name));
  await program(join(directory, name, 'etcd'));
  await run('tar', ['-czf', 'etcd.tar.gz', name], { cwd: directory });
  const archive = await readFile(join(directory, 'etcd.tar.gz'));
  const base = '/etcd-io/etcd/releases/download/v3.6.4';
  const sums = `${sha256('other')}  etcd-v3.6.4-linux-arm64.tar.gz\n${sha256(archive)}  ${name}.tar.gz\n`;
  await using server = await releases({ [`${base}/${name}.tar.gz`]: archive, [`${base}/SHA256SUMS`]: sums });
  assert.equal(await run(await finder({}, server).find('etcd'), []), 'released\n');
});

test('a release whose checksum GitHub tells', async () => {
  const about = { assets: [{ name: 'kwok-linux-amd64', digest: `sha256:${sha256(PROGRAM)}` }] };
  await using server = await releases({
    '/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-amd64': PROGRAM,
    '/repos/kubernetes-sigs/kwok/releases/tags/v0.8.0': JSON.stringify(about),
  });
  const { find, built } = finder({}, server);
  assert.equal(await run(await find('kwok'), []), 'released\n');
  assert.deepEqual(built, []);
});

/** The last: for how long the next bytes are waited for, where they never come. */
const broken: [string, Record<string, Answer>, RegExp, number?][] = [
  [
    'another checksum',
    { [API_SERVER]: 'tampered', [`${API_SERVER}.sha256`]: sha256(PROGRAM) },
    /checksum of kube-apiserver is/,
  ],
  ['no checksum', { [API_SERVER]: PROGRAM }, /answered 404/],
  ['a page instead of a checksum', { [API_SERVER]: PROGRAM, [`${API_SERVER}.sha256`]: '<html>' }, /no checksum/],
  ['no release', { [`${API_SERVER}.sha256`]: sha256(PROGRAM) }, /answered 404/],
  [
    'a release that stops in the middle',
    { [API_SERVER]: (response) => void response.write('#!'), [`${API_SERVER}.sha256`]: sha256(PROGRAM) },
    /no bytes for/,
    2000,
  ],
];
for (const [name, answers, said, patience] of broken) {
  test(`with ${name} it is built instead, and nothing of the download is used`, async () => {
    await using server = await releases(answers, patience);
    const { find, built, lines } = finder({}, server);
    assert.match(await find('kube-apiserver'), /kubernetes-/);
    assert.deepEqual(built, ['kube-apiserver']);
    assert.match(lines.join('\n'), said);
  });
}

test('a host that does not answer is given up within the patience, and not asked again', async () => {
  await using server = await releases({ [`${API_SERVER}.sha256`]: () => undefined }, 1000);
  const { find, built } = finder({}, server);
  const start = Date.now();
  await find('kube-apiserver');
  assert.ok(Date.now() - start < 20_000);
  await find('kubectl');
  assert.deepEqual(built, ['kube-apiserver', 'kubectl']);
  assert.deepEqual(server.asked, [`${API_SERVER}.sha256`]);
});

type Answer = string | Buffer | ((response: ServerResponse) => void);

/** A server of releases: these paths, 404 for others. Also gives the options of a finder that uses it. */
async function releases(answers: Record<string, Answer>, patience = 20_000) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path];
    if (typeof answer === 'function') answer(response);
    else if (answer === undefined) response.writeHead(404).end();
    else response.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    bases: { kubernetes: url, github: url, githubApi: url },
    patience,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A finder with a cache of its own, no way to the outside, and a build that only notes what was built. */
function finder(env: Record<string, string>, options: FinderOptions = {}) {
  const built: string[] = [];
  const lines: string[] = [];
  const nowhere = 'http://127.0.0.1:1';
  async function build(tool: Tool, into: string): Promise<void> {
    built.push(tool.name);
    await program(join(into, tool.name));
  }
  const find = createFinder({
    bases: { kubernetes: nowhere, github: nowhere, githubApi: nowhere },
    build,
    report: (line) => lines.push(line),
    ...options,
    env: { XDG_CACHE_HOME: temporaryDirectory('cache'), ...env },
  });
  return { find, built, lines };
}

async function directoryWith(...names: string[]): Promise<string> {
  const directory = temporaryDirectory('assets');
  for (const name of names) await program(join(directory, name));
  return directory;
}

async function program(file: string): Promise<void> {
  await writeFile(file, PROGRAM);
  await chmod(file, 0o755);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
