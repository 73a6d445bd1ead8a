import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RigProcess, startProcess, waitFor } from '../rig/index.ts';
import { HOME, type NodeWorld, startNodeWorld } from '../support/node-world.ts';

const COMMAND = fileURLToPath(new URL('../../agent/bin/weaveflux.mjs', import.meta.url));
const FILES = {
  'shop.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
  'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\ndata: { a: b }\n',
};

describe('the command, with an agent in a pod', () => {
  let world: NodeWorld;

  before(async () => {
    world = await startNodeWorld(() => FILES);
    await world.prepare();
    await world.apply(await world.oneFile());
    await world.healthy();
    for (const [user, role] of [
      ['ann', 'weaveflux-view'],
      ['bob', 'weaveflux-operate'],
    ] as const)
      await world.kubectl('create', 'rolebinding', user, `--role=${role}`, `--user=${user}`);
    await waitFor({ what: 'the bindings to be seen', deadline: 60_000 }, async () => {
      const seen = await Promise.all(['ann', 'bob'].map((user) => world.command(['status'], user)));
      return seen.every(({ code }) => code === 0);
    });
  });
  after(() => world?.[Symbol.asyncDispose]());

  test('a viewer sees how the environment stands, and ends at once', async (context) => {
    const since = performance.now();
    const { code, stdout, stderr } = await world.command(['status', '--all'], 'ann');
    context.diagnostic(`status through a forward, from start to end: ${Math.round(performance.now() - since)} ms`);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Environment +default/m);
    assert.match(stdout, /shop:configmap\/settings/);
  });

  test('a viewer cannot act, and is told whom to ask for', async () => {
    for (const args of [['sync'], ['suspend', '--reason', 'rest'], ['diff']]) {
      const { code, stderr } = await world.command(args, 'ann');
      assert.equal(code, 1);
      assert.equal(
        stderr,
        'weaveflux: You may not create a token of weaveflux-operator in namespace weaveflux: ask for the role weaveflux-operate there.\n',
        args.join(' '),
      );
    }
  });

  test('an operator acts, and who must name the namespace may', async () => {
    const synced = await world.command(['--namespace', HOME, '--environment', 'default', 'sync'], 'bob');
    assert.equal(synced.code, 0, synced.stderr);
    assert.match(synced.stdout, /: succeeded\.$/m);
    const elsewhere = await world.command(['status', '--environment', 'live'], 'bob');
    assert.equal(elsewhere.code, 1);
    assert.match(
      elsewhere.stderr,
      /No agent of the environment "live" runs in namespace weaveflux of the cluster .*default/,
    );
  });

  test('a stranger is told which role to ask for', async () => {
    const { code, stderr } = await world.command(['status'], 'eve');
    assert.equal(code, 1);
    assert.match(stderr, /You may not list pods in namespace weaveflux: ask for the role weaveflux-view there\.\n$/);
  });

  test('the API for people is not on the network', async () => {
    const pod = await world.readyPod();
    const socket = connect(3030, pod.status.podIP);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    socket.once('error', resolve).once('connect', () => resolve('connected'));
    assert.match(String(await promise), /ECONNREFUSED/);
  });

  test('following events goes on when the pod is another, and ends with Ctrl-C', async (context) => {
    const kubeconfig = await world.node.kubeconfigFor({ user: 'ann' });
    const lines: string[] = [];
    const follow: RigProcess = await startProcess({
      name: 'weaveflux events',
      command: process.execPath,
      args: [COMMAND, 'events', '-f', '-o', 'json'],
      env: { KUBECONFIG: kubeconfig, XDG_STATE_HOME: join(world.node.dir, 'none') },
      onLine: (line) => lines.push(line),
    });
    const told = (message: RegExp) => lines.some((line) => line.startsWith('{') && message.test(line));
    await waitFor({ what: 'the first events', deadline: 60_000 }, async () => told(/"agent-started"/));
    const first = await world.readyPod();
    await world.kubectl('delete', 'pod', first.metadata.name, '--wait=false');
    await world.readyPod([first.metadata.name]);
    await world.healthy();
    lines.length = 0;
    // With nothing to change, a sync that is asked for is still told when it begins. Who follows looks for the new pod up to 38 s apart.
    const since = performance.now();
    await waitFor({ what: 'an event of the new pod', deadline: 120_000, interval: 500 }, async () => {
      await world.command(['sync'], 'bob');
      return told(/"type":"sync-started"/);
    });
    context.diagnostic(`from the new pod's health to its first event: ${Math.round(performance.now() - since)} ms`);
    const stopped = performance.now();
    follow.signal('SIGINT');
    assert.equal(await follow.ended, 'exit code 0');
    assert.ok(performance.now() - stopped < 20_000);
  });
});
