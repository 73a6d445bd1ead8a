import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { agentFileDirectory, agentFilePath, writeAgentFile } from '@weaveflux/shared/node';
import { createTokenAuthorizer } from '../api/authorizer.ts';
import type { ApiServer } from '../api/listener.ts';
import { startPeopleApi } from '../api/people.ts';
import { createMemoryService, type MemoryService } from '../api/testing/memory-service.ts';

const BIN = fileURLToPath(new URL('../../bin/weaveflux.mjs', import.meta.url));
const run = promisify(execFile);

/** A cluster that is not there. */
const KUBECONFIG = JSON.stringify({
  'current-context': 'gone',
  clusters: [{ name: 'gone', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'gone', user: { token: 'none' } }],
  contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'gone' } }],
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the command, as its own process', () => {
  let home: string;
  let service: MemoryService;
  let api: ApiServer;
  let env: Record<string, string>;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'weaveflux-cli-'));
    service = createMemoryService();
    api = await startPeopleApi({
      service,
      listen: '127.0.0.1:0',
      authorizer: createTokenAuthorizer('secret-token'),
      version: '0.1.0',
    });
    env = { PATH: process.env.PATH ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
    await writeFile(join(home, '.gitconfig'), '[user]\nname = Ada Lovelace\nemail = ada@example.com\n');
    const path = agentFilePath(agentFileDirectory(env), 'default');
    const repository = 'ssh://git@example.com/shop/environment.git';
    const about = { environment: 'default', pid: process.pid, repository, branch: 'main' };
    await writeAgentFile(path, { url: api.url, token: 'secret-token', ...about });
  });
  after(async () => {
    await api.close(0);
    await rm(home, { recursive: true });
  });

  async function weaveflux(args: readonly string[], cwd = home): Promise<Ended> {
    const options = { cwd, env, timeout: 60_000 };
    const ended = await run(process.execPath, [BIN, ...args], options).catch((error) => error);
    return { code: ended.code ?? 0, out: ended.stdout, err: ended.stderr };
  }

  test('status is a table for people', async () => {
    const { code, out, err } = await weaveflux(['status']);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^Environment +default \(agent 0\.1\.0\)$/m);
    assert.match(out, /^Sync +failed at 4f0c2d1/m);
    assert.match(out, /^OBJECT +HEALTH +READY +LAST +NOTE$/m);
    assert.match(out, /^shop:deployment\/web +healthy +2\/2 +configured$/m);
    assert.match(out, /^shop:service\/queue +missing +failed +The port 99999 is too large\. \(shop\/queue\.yaml:7\)$/m);
    assert.match(out, /1 more object is as written/);
    assert.doesNotMatch(out, /configmap/);
  });

  test('status is JSON for scripts', async () => {
    const { out } = await weaveflux(['status', '-o', 'json']);
    assert.equal(JSON.parse(out).objects.length, 3);
  });

  test('sync names each object and fails when one did', async () => {
    const failed = await weaveflux(['sync']);
    assert.equal(failed.code, 1);
    assert.match(failed.out, /^shop:deployment\/web +configured/m);
    assert.match(failed.out, /^shop:service\/queue +failed +The port 99999 is too large\. +shop\/queue\.yaml:7$/m);
    const good = await weaveflux(['sync', '--confirm-prune', '4f0c2d1']);
    assert.equal(good.code, 0);
    assert.deepEqual(service.controls.calls.at(-1)?.request, {
      requestedBy: { name: 'Ada Lovelace', email: 'ada@example.com' },
      confirmPrune: '4f0c2d1',
    });
  });

  test('a mistake in what was typed is 2, with one sentence', async () => {
    const { code, out, err } = await weaveflux(['statsu']);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^weaveflux: unknown command 'statsu'/);
  });

  test('events -f tells what happened and what happens, and Ctrl-C ends it well', async () => {
    service.controls.emit({ message: 'It was.' });
    const child = spawn(process.execPath, [BIN, 'events', '-f', '-o', 'json'], { cwd: home, env });
    const lines = linesOf(child.stdout);
    assert.equal(JSON.parse(await lines.next()).message, 'It was.');
    service.controls.emit({ message: 'It is.', type: 'interference' });
    assert.deepEqual(pick(JSON.parse(await lines.next()), ['type', 'message']), ['interference', 'It is.']);
    child.kill('SIGINT');
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(30_000) });
    assert.equal(code, 0);
  });

  test('diff sends the files below the paths, as a commit would hold them', async () => {
    const copy = join(home, 'copy');
    for (const folder of ['shop/.hidden', 'shop/chart', 'shop/passed', 'shop/overlay', 'other']) {
      await mkdir(join(copy, folder), { recursive: true });
    }
    await writeFile(join(copy, '.weaveflux.yaml'), 'ignore: [shop/passed]\n');
    await run('git', ['init', '--quiet', copy], { env });
    for (const file of [
      'shop/web.yaml',
      'shop/b.json',
      'shop/notes.txt',
      'shop/.hidden/c.yaml',
      'other/d.yaml',
      'shop/chart/Chart.yaml',
      'shop/chart/values.yaml',
      'shop/passed/over.yaml',
      'shop/overlay/kustomization.yaml',
      'shop/overlay/e.yaml',
    ]) {
      await writeFile(join(copy, file), `# ${file}\n`);
    }
    await symlink(join(copy, 'other', 'd.yaml'), join(copy, 'shop', 'link.yaml'));
    const { code, out } = await weaveflux(['diff'], join(copy, 'shop'));
    assert.equal(code, 0);
    assert.match(
      out,
      /^configured shop:deployment\/web \(shop\/web\.yaml:1\)\n {2}\/spec\/replicas\n {4}- 2\n {4}\+ 3\n/,
    );
    assert.deepEqual(service.controls.calls.at(-1)?.request, {
      documents: Object.fromEntries(['shop/b.json', 'shop/web.yaml'].map((file) => [file, `# ${file}\n`])),
      withheld: { 'shop/overlay/e.yaml': '# shop/overlay/e.yaml\n' },
    });
    assert.match(out, /warning: shop\/overlay\/ has kustomization\.yaml.*nothing in it is applied or pruned/);
  });

  test('an agent that is told twice to stop ends what it does and stops well', async (t) => {
    const repository = join(home, 'environment.git');
    await run('git', ['init', '--quiet', '--bare', repository], { env });
    const kubeconfig = join(home, 'kubeconfig.json');
    await writeFile(kubeconfig, KUBECONFIG);
    const flags = {
      'git-url': `file://${repository}`,
      kubeconfig,
      listen: '127.0.0.1:0',
      'listen-metrics': '127.0.0.1:0',
    };
    const args = Object.entries({ ...flags, environment: 'stopped' }).map(([name, value]) => `--${name}=${value}`);
    const child = spawn(process.execPath, [BIN, 'agent', ...args], { cwd: home, env });
    t.after(() => child.kill('SIGKILL'));
    const lines = linesOf(child.stdout);
    while (!(await lines.next()).includes('event=agent-started'));
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(30_000) });
    child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill('SIGTERM');
    while (!(await lines.next()).includes('event=agent-stopped'));
    assert.deepEqual(await exit, [0, null]);
  });

  test('rbac prints no role where it found no manifest, as applied it would take all rights away', async () => {
    const empty = await mkdtemp(join(home, 'empty-'));
    const { code, out, err } = await weaveflux(['rbac', '--from-repo', empty]);
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /There is no manifest in .*empty-/);
  });

  test('rbac says beside the roles what is a guess, because kubectl reads the comments', async () => {
    const folder = await mkdtemp(join(home, 'widgets-'));
    await writeFile(
      join(folder, 'w.yaml'),
      'apiVersion: x.io/v1\nkind: Widget\nmetadata: {name: w, namespace: shop}\n',
    );
    const { code, out, err } = await weaveflux(['rbac', '--from-repo', folder]);
    assert.equal(code, 0);
    assert.match(out, /resources: \[widgets\]/);
    assert.match(err, /^weaveflux: Widget \(w\.yaml:1\) .* is a guess/);
    assert.match((await weaveflux(['rbac', '--from-repo', folder, '-n', 'A_b'])).err, /a namespace got "A_b"/);
  });

  test('an option that a command has for itself stands once in its help', async () => {
    for (const command of ['install', 'rbac', 'migrate']) {
      const { out } = await weaveflux([command, '--help']);
      assert.equal(out.match(/--namespace </g)?.length, 1, command);
    }
  });

  test('agent --help names the flags of the agent', async () => {
    const { code, out } = await weaveflux(['agent', '--help']);
    assert.equal(code, 0);
    assert.match(out, /--git-url/);
  });
});

/** The lines of a stream, one at a time. */
function linesOf(stream: NodeJS.ReadableStream) {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const next = async () => {
    const signal = AbortSignal.timeout(30_000);
    while (!text.includes('\n')) await once(stream, 'data', { signal });
    const end = text.indexOf('\n');
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return line;
  };
  return { next };
}

function pick(value: Record<string, unknown>, keys: readonly string[]): unknown[] {
  return keys.map((key) => value[key]);
}
