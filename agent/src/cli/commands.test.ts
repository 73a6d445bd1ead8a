import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, mock, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { agentFileDirectory, agentFilePath, writeAgentFile } from '@weaveflux/shared/node';
import { createTokenAuthorizer } from '../api/authorizer.ts';
import type { ApiServer } from '../api/listener.ts';
import { startPeopleApi } from '../api/people.ts';
import { createMemoryService, type MemoryService } from '../api/testing/memory-service.ts';
import type { CliContext } from './context.ts';
import { runCli } from './run.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;

interface Call {
  readonly name: string;
  readonly request: unknown;
}

describe('the commands', () => {
  let folder: string;
  let agentFile: string;
  let service: MemoryService;
  let api: ApiServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weaveflux-commands-'));
    agentFile = join(folder, 'agent.json');
    service = createMemoryService();
    api = await startPeopleApi({
      service,
      listen: '127.0.0.1:0',
      authorizer: createTokenAuthorizer('secret'),
      version: '0.1.0',
    });
    const about = { environment: 'default', pid: process.pid, repository: '', branch: '' };
    await writeAgentFile(agentFile, { url: api.url, token: 'secret', ...about });
  });
  after(async () => {
    await api.close(0);
    await rm(folder, { recursive: true });
  });

  async function weaveflux(args: readonly string[], change: Partial<CliContext> = {}) {
    const stdout = collector();
    const stderr = collector();
    const code = await runCli(args, {
      stdout,
      stderr,
      env: { PATH: process.env.PATH, HOME: folder, USER: 'ada', WEAVEFLUX_AGENT_FILE: agentFile },
      cwd: folder,
      now: () => new Date('2026-05-04T10:00:00Z'),
      signal: new AbortController().signal,
      version: '0.1.0',
      runAgent: async () => 0,
      ...change,
    });
    return { code, out: stdout.text(), err: stderr.text() };
  }

  function lastChanges(): { request: unknown; key: string } {
    const call = service.controls.calls.at(-1);
    assert.equal(call?.name, 'changes');
    return call.request as { request: unknown; key: string };
  }

  const web = 'shop:deployment/web';
  const changes: [string, string[], object][] = [
    ['release', [web], { kind: 'release', workload: web }],
    [
      'release',
      [web, '-c', 'web', '-t', '1.4', '-f'],
      { kind: 'release', workload: web, container: 'web', tag: '1.4', force: true },
    ],
    ['approve', [web, '-t', '1.4', '-c', 'web'], { kind: 'approve', workload: web, container: 'web', tag: '1.4' }],
    ['approve', [web, '-t', `1.4@${DIGEST}`], { kind: 'approve', workload: web, tag: '1.4', digest: DIGEST }],
    ['rollback', [web, '--to', '1.3'], { kind: 'rollback', workload: web, to: '1.3' }],
    ['pin', [web, '-m', 'audit'], { kind: 'pin', workload: web, reason: 'audit' }],
    ['lock', [web, '--tag', '1.4'], { kind: 'pin', workload: web, tag: '1.4' }],
    ['unpin', [web, '--container', 'web'], { kind: 'unpin', workload: web, container: 'web' }],
    ['unlock', [web], { kind: 'unpin', workload: web }],
    ['automate', [web, '--from-now'], { kind: 'automate', workload: web, fromNow: true }],
    ['deautomate', [web], { kind: 'deautomate', workload: web }],
    ['policy', [web, 'web', 'semver:~1.4'], { kind: 'policy', workload: web, container: 'web', policy: 'semver:~1.4' }],
    ['policy', [web, 'web', '--remove'], { kind: 'policy', workload: web, container: 'web' }],
  ];
  for (const [command, args, change] of changes) {
    test(`${command} ${args.join(' ')} asks for one change`, async () => {
      const { code, out } = await weaveflux([command, ...args]);
      assert.equal(code, 0);
      assert.match(out, /Commit 4f0c2d1 Release registry\.example\.com\/shop\/web:1\.4\.2: succeeded\.\n$/);
      const { request, key } = lastChanges();
      assert.deepEqual(request, { requestedBy: { name: 'ada' }, changes: [change] });
      assert.match(key, /^[\w-]{36}$/);
    });
  }

  test('status names what is suspended, what waits to be deleted and what is left over', async () => {
    const plain = service.status();
    const left = { path: '', live: 'not in the repository: garbage collection is off' };
    const old = {
      key: '/ConfigMap/shop/old',
      name: 'shop:configmap/old',
      action: 'skipped' as const,
      health: { state: 'healthy' as const, message: '' },
      drift: { mode: 'reported' as const, differences: [left] },
    };
    const shown = async (confirmable: boolean) => {
      const prune = { revision: 'abc', reason: 'a.yaml could not be read', objects: [old.key], confirmable };
      const suspensions = [
        { reason: 'repair', by: 'ada', since: '2026-05-04T09:00:00Z', object: 'apps/Deployment/shop/web' },
      ];
      mock.method(service, 'status', () => ({ ...plain, suspensions, prune, objects: [...plain.objects, old] }));
      return (await weaveflux(['status'])).out;
    };
    const out = await shown(true);
    assert.match(out, /^Suspended +shop:deployment\/web by ada, until resumed: repair$/m);
    assert.match(out, /^Prune +one object waits: a\.yaml could not be read$/m);
    assert.match(out, /weaveflux sync --confirm-prune abc/);
    assert.match(out, /^shop:configmap\/old +healthy +skipped +reported: not in the repository: garbage/m);
    assert.doesNotMatch(await shown(false), /confirm-prune/, 'where a confirmation does not help');
    mock.restoreAll();
  });

  test('images says why something else that is there is not taken by what is not automated', async () => {
    const [image] = service.images();
    assert.ok(image);
    const reason = 'The workload is not automated.';
    const shown = async (chosen: string) => {
      const told = mock.method(service, 'images', () => [
        { ...image, state: 'not-automated' as const, chosen: { tag: chosen }, reason },
      ]);
      const { out } = await weaveflux(['images']);
      told.mock.restore();
      return out;
    };
    assert.match(await shown('1.5.0'), /chosen: 1\.5\.0: The workload is not automated\.$/m);
    assert.doesNotMatch(await shown(image.tag), /chosen/);
  });

  test('approve asks for just the tags that wait now, with their digests, and nothing where nothing waits', async () => {
    const [image] = service.images();
    assert.ok(image);
    const waiting = { ...image, state: 'needs-approval' as const, chosen: { tag: '1.5.0', digest: DIGEST } };
    const other = { ...waiting, container: 'side', chosen: { tag: '2.0' } };
    const one = { kind: 'approve', workload: web, container: 'web', tag: '1.5.0', digest: DIGEST };
    const two = { kind: 'approve', workload: web, container: 'side', tag: '2.0' };
    const asked = async (...args: string[]) => {
      assert.equal((await weaveflux(['approve', ...args])).code, 0);
      return (lastChanges().request as { changes: unknown }).changes;
    };
    try {
      mock.method(service, 'images', () => [waiting, other]);
      assert.deepEqual(await asked('web'), [one, two]);
      assert.deepEqual(await asked('web', '-c', 'side'), [two]);
      assert.deepEqual(await asked('--all'), [one, two]);
      assert.match((await weaveflux(['status'])).out, /^Approval +2 images wait: .*weaveflux approve --all/m);
      const file = { object: 'files.weaveflux.dev/Service//compose.yaml/web', name: 'service:compose.yaml/web' };
      mock.method(service, 'images', () => [waiting, { ...waiting, ...file }]);
      assert.deepEqual(await asked('web'), [one]);
      assert.deepEqual(await asked('compose.yaml/web'), [{ ...one, workload: file.name }]);
      mock.method(service, 'images', () => [waiting, image]);
      const { out } = await weaveflux(['status']);
      assert.match(
        out,
        /^Approval +shop:deployment\/web web \S+ -> 1\.5\.0 waits: weaveflux approve shop:deployment\/web$/m,
      );
      mock.method(service, 'images', () => [image]);
      for (const args of [['web'], ['--all']]) {
        const { code, err } = await weaveflux(['approve', ...args]);
        assert.equal(code, 1);
        assert.match(err, /waits for approval/);
      }
    } finally {
      mock.restoreAll();
    }
  });

  test('images --explain says of each tag why it was or was not chosen, below how the image stands', async () => {
    const { out } = await weaveflux(['images', '--explain', web]);
    assert.match(out, /^shop:deployment\/web web {2}current$/m);
    assert.match(out, /^Policy +semver:~1\.4 \(shop\/web\.yaml:5\)$/m);
    assert.match(out, /^Pinned +by Weaveflux 2m ago \(4f0c2d1 Release registry\.example\.com/m);
    assert.match(out, /^1\.5\.0 +not-admitted +It is outside of semver:~1\.4\.$/m);
    assert.match(out, /^1\.4\.3 +3h +held +It is held because Ada went back\.$/m);
    assert.doesNotMatch(out, / more/);
    assert.deepEqual(service.controls.calls.at(-1)?.request, { workload: web, limit: 10_000 });
  });

  test('images --explain shows on a terminal the newest and how many more there are', async () => {
    const terminal = { ...collector(), isTTY: true };
    await weaveflux(['images', '-e', web, '-c', 'web', '-t', '1.4.3'], { stdout: terminal });
    const request = { workload: web, container: 'web', tag: '1.4.3', limit: 20 };
    assert.deepEqual(service.controls.calls.at(-1)?.request, request);
    await weaveflux(['images', '-e', web, '--all'], { stdout: terminal });
    assert.deepEqual(service.controls.calls.at(-1)?.request, { workload: web, limit: 10_000 });
    const { out } = await weaveflux(['images', '--explain', web, '-l', '1']);
    assert.match(out, /^… and 2 more; --all shows them$/m);
  });

  test('images names who pinned, when, and by which commit, in lines that fit a terminal', async () => {
    const [image] = service.images();
    assert.ok(image);
    const pinned = { ...image, state: 'pinned' as const, pin: { user: 'Ada' }, reason: 'It is pinned by Ada.' };
    const told = mock.method(service, 'images', () => [
      pinned,
      { ...image, object: 'other', name: 'shop:deployment/other' },
    ]);
    const terminal = { ...collector(), isTTY: true, columns: 80 };
    await weaveflux(['images'], { stdout: terminal });
    told.mock.restore();
    const lines = stripVTControlCharacters(terminal.text()).split('\n');
    assert.ok(lines.includes('  pinned by Weaveflux 2m ago (4f0c2d1)'), lines.join('\n'));
    assert.ok(lines.every((line) => line.length <= 80));
    const asked = service.controls.calls.filter(({ name }) => name === 'explainImages');
    assert.deepEqual(asked.at(-1)?.request, { workload: image.name, limit: 1 });
  });

  test('images names who went back from a tag that is held, when, and by which commit', async () => {
    const [image] = service.images();
    assert.ok(image);
    const hold = {
      tag: '1.4.3',
      from: '1.4.3',
      to: '1.4.2',
      by: 'Ada',
      time: '2026-05-04T08:00:00Z',
      commit: '4f0c2d1e9b',
    };
    const told = mock.method(service, 'images', () => [{ ...image, held: ['1.4.3'], holds: [hold] }]);
    const { out } = await weaveflux(['images']);
    told.mock.restore();
    assert.match(out, /1\.4\.3 is held since Ada went back from 1\.4\.3 to 1\.4\.2 2h ago \(4f0c2d1e9b\)$/m);
  });

  test('-m becomes the message of the commit, and --dry-run shows the edit', async () => {
    const { out } = await weaveflux(['release', web, '-m', 'the fix', '--dry-run']);
    assert.match(out, /^- {2}image: web:1\.4\.1\n\+ {2}image: web:1\.4\.2$/m);
    assert.deepEqual(lastChanges().request, {
      requestedBy: { name: 'ada' },
      message: 'the fix',
      dryRun: true,
      changes: [{ kind: 'release', workload: web }],
    });
  });

  test('a change that failed is 1 and says why', async () => {
    const { code, out } = await weaveflux(['release', 'absent']);
    assert.equal(code, 1);
    assert.match(out, /^release absent +failed +There is no workload absent\.$/m);
  });

  const others: [string[], Call][] = [
    [
      ['suspend', web, '--reason', 'repair', '--for', '2h'],
      { name: 'suspend', request: { requestedBy: { name: 'ada' }, reason: 'repair', workload: web, for: '2h' } },
    ],
    [
      ['suspend', '--reason', 'repair'],
      { name: 'suspend', request: { requestedBy: { name: 'ada' }, reason: 'repair' } },
    ],
    [['resume', web], { name: 'resume', request: { requestedBy: { name: 'ada' }, workload: web } }],
    [['adopt', web], { name: 'adopt', request: { requestedBy: { name: 'ada' }, object: web } }],
    [['history', web, '-l', '5'], { name: 'history', request: { workload: web, limit: 5 } }],
    [['diff', '--revision', 'HEAD~1'], { name: 'plan', request: { revision: 'HEAD~1' } }],
  ];
  for (const [args, call] of others) {
    test(args.join(' '), async () => {
      assert.equal((await weaveflux(args)).code, 0);
      assert.deepEqual(service.controls.calls.at(-1), call);
    });
  }

  const told: [string[], RegExp][] = [
    [['images'], /^shop:deployment\/web +web +1\.4\.2 +semver:~1\.4 +current$/m],
    [['list-images', '-w', 'web', '--tags', '2'], /^ +1\.4\.2 +1h\n +1\.4\.1$/m],
    [['images', '-w', 'eb'], /^WORKLOAD.*\n$/],
    [['list-workloads'], /^shop:deployment\/web +web +registry.* +healthy +automated semver:~1\.4$/m],
    [['list-workloads', '-n', 'other'], /^WORKLOAD.*\n$/],
    [['history'], /^2m +4f0c2d1 .*1\.4\.1 -> 1\.4\.2 +Ada <ada@example\.com>$/m],
    [['why', 'web'], /^It is applied as written\.\nIts policy chooses 1\.4\.2\.\n$/],
    [['identity'], /^ssh-ed25519 \S+ weaveflux\n$/],
    [['suspend', '--reason', 'repair'], /^Suspended the whole environment until "weaveflux resume": repair\n$/],
    [['--version'], /^0\.1\.0\n$/],
  ];
  for (const [args, pattern] of told) {
    test(`${args.join(' ')} tells it`, async () => {
      const { code, out, err } = await weaveflux(args);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, pattern);
    });
  }

  for (const command of [
    'status',
    'images',
    'list-workloads',
    'history',
    'images -e web',
    'why web',
    'identity',
    'diff -r main',
  ]) {
    test(`${command} -o json is JSON`, async () => {
      const { code, out } = await weaveflux([...command.split(' '), '-o', 'json']);
      assert.equal(code, 0);
      assert.equal(typeof JSON.parse(out), 'object');
    });
  }

  const mistakes: [string[], RegExp][] = [
    [['policy', web, 'web'], /either a policy or --remove/],
    [['policy', web, 'web', 'glob:*', '--remove'], /either a policy or --remove/],
    [['history', '--limit', 'many'], /--limit got "many"; it takes a number/],
    [['events', '--last', '-1'], /--last got "-1"; it takes a number/],
    [['suspend', '--reason', 'x', '--for', 'soon'], /--for got "soon"; it takes a duration/],
    [['suspend', '--reason', 'x', '--for', '-2h'], /--for takes a duration above zero/],
    [['diff', '.', '--revision', 'main'], /either a folder or --revision/],
    [['status', '-o', 'xml'], /Allowed choices are table, json/],
    [['status', '--environment', 'x', 'agent'], /too many arguments/],
    [['images', '--all'], /--all say what --explain <workload> is about/],
    [['images', '-e', 'web', '-w', 'web'], /leave --workload out/],
    [['images', '-e', 'web', '-l', '0'], /--tags got "0"; with --explain it takes a number from 1 to 10000/],
    [['approve'], /name the workload whose release you approve, or say --all/],
    [['approve', web, '--all'], /--all means everything that waits/],
    [
      ['approve', web, '--tag', '1.4@sha256:dddd'],
      /--tag got "1\.4@sha256:dddd"; it takes a tag, or a tag and its whole digest/,
    ],
    [['release'], /missing required argument 'workload'/],
  ];
  for (const [args, pattern] of mistakes) {
    test(`${args.join(' ')} is a mistake`, async () => {
      const { code, out, err } = await weaveflux(args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, pattern);
    });
  }

  test('the agent gets its flags as they were typed', async () => {
    const seen: unknown[] = [];
    const runAgent = async (argv: readonly string[]) => {
      seen.push(argv);
      return 3;
    };
    const argv = ['--git-url', 'x', '--environment=e', '-o'];
    assert.equal((await weaveflux(['agent', ...argv], { runAgent })).code, 3);
    assert.deepEqual(seen, [argv]);
  });

  test('the agent that is meant is found, or the sentence says what to do', async () => {
    const directory = agentFileDirectory({ HOME: folder });
    const announce = (environment: string) =>
      writeAgentFile(agentFilePath(directory, environment), {
        url: api.url,
        token: 'secret',
        environment,
        pid: process.pid,
        repository: '',
        branch: '',
      });
    const env = { HOME: folder };
    const none = await weaveflux(['identity'], { env });
    assert.deepEqual([none.code, none.out], [1, '']);
    assert.match(
      none.err,
      /^weaveflux: No agent runs on this machine for you \(start one .*\), and none is reached in a cluster: .*\.kube\/config cannot be read.*\n$/,
    );
    await announce('default');
    assert.equal((await weaveflux(['identity'], { env })).code, 0);
    await announce('staging');
    const several = await weaveflux(['identity'], { env });
    assert.equal(several.code, 2);
    assert.match(several.err, /choose one with --environment \(default, staging\)/);
    assert.equal((await weaveflux(['identity', '--environment', 'staging'], { env })).code, 0);
    assert.equal((await weaveflux(['identity'], { env: { ...env, WEAVEFLUX_ENVIRONMENT: 'default' } })).code, 0);
    const unknown = await weaveflux(['identity', '--environment', 'live'], { env });
    assert.equal(unknown.code, 1);
    assert.match(
      unknown.err,
      /No agent of the environment "live" runs on this machine \(running are: default, staging\), and none is reached/,
    );
    await rm(directory, { recursive: true });
  });

  test('who names a cluster does not mean the agent that runs here', async () => {
    await writeAgentFile(agentFilePath(agentFileDirectory({ HOME: folder }), 'default'), {
      url: api.url,
      token: 'secret',
      environment: 'default',
      pid: process.pid,
      repository: '',
      branch: '',
    });
    const env = { HOME: folder };
    const kubeconfig = join(folder, 'kubeconfig.json');
    const context = { name: 'away', context: { cluster: 'away', user: '' } };
    const cluster = { name: 'away', cluster: { server: 'http://127.0.0.1:1' } };
    await writeFile(kubeconfig, JSON.stringify({ clusters: [cluster], contexts: [context] }));
    for (const choice of [
      ['--kubeconfig', kubeconfig, '--context', 'away'],
      ['--namespace', 'weaveflux'],
    ]) {
      const { code, err } = await weaveflux(['identity', ...choice], { env: { ...env, KUBECONFIG: kubeconfig } });
      assert.equal(code, 1);
      assert.match(
        err,
        choice.length === 4 ? /API at http:\/\/127\.0\.0\.1:1 cannot be reached/ : /no current context/,
      );
    }
    assert.equal((await weaveflux(['identity'], { env: { ...env, KUBECONFIG: kubeconfig } })).code, 0);
  });

  test("a command's own --namespace is not the agent's, which stands before the command", async () => {
    assert.equal((await weaveflux(['list-workloads', '--namespace', 'shop'])).code, 0);
    const env = { HOME: folder };
    const both = await weaveflux(['--namespace', 'ops', 'list-workloads', '--namespace', 'shop'], { env });
    assert.match(both.err, /kubeconfig .* cannot be read/);
  });

  test('a refused token and an agent that is gone are one sentence and 1', async () => {
    const other = join(folder, 'other.json');
    const about = { environment: 'default', pid: process.pid, repository: '', branch: '' };
    await writeAgentFile(other, { url: api.url, token: 'old', ...about });
    const refused = await weaveflux(['--agent-file', other, 'status']);
    assert.deepEqual([refused.code, refused.out], [1, '']);
    assert.match(refused.err, /^weaveflux: A token is required[^\n]*\n$/);
    await writeAgentFile(other, { url: 'http://127.0.0.1:1', token: 'old', ...about });
    const gone = await weaveflux(['--agent-file', other, 'status']);
    assert.deepEqual([gone.code, gone.out], [1, '']);
    assert.match(gone.err, /^weaveflux: The agent at http:\/\/127\.0\.0\.1:1 does not answer[^\n]*\n$/);
  });

  test('colours are for terminals that want them', async () => {
    const terminal = { ...collector(), isTTY: true };
    await weaveflux(['status'], { stdout: terminal });
    assert.ok(terminal.text().includes('\u001b[32mhealthy\u001b[0m'));
    const plain = { ...collector(), isTTY: true };
    await weaveflux(['status'], { stdout: plain, env: { NO_COLOR: '1', WEAVEFLUX_AGENT_FILE: agentFile } });
    assert.ok(!plain.text().includes('\u001b'));
  });

  test('Ctrl-C while waiting leaves at once', async () => {
    const waiting = createMemoryService({ running: true });
    const slow = await startPeopleApi({
      service: waiting,
      listen: '127.0.0.1:0',
      authorizer: createTokenAuthorizer('secret'),
      version: '0.1.0',
    });
    const file = join(folder, 'slow.json');
    await writeAgentFile(file, {
      url: slow.url,
      token: 'secret',
      environment: 'slow',
      pid: process.pid,
      repository: '',
      branch: '',
    });
    const controller = new AbortController();
    const pending = weaveflux(['--agent-file', file, 'sync'], { signal: controller.signal });
    while (waiting.controls.calls.length === 0) await new Promise(setImmediate);
    controller.abort();
    const { code, err } = await pending;
    assert.equal(code, 1);
    assert.match(err, /stopped waiting/);
    await slow.close(0);
  });
});

/** An output that keeps what is written. */
function collector() {
  let all = '';
  const write = (text: string) => {
    all += text;
  };
  return { write, text: () => all };
}
