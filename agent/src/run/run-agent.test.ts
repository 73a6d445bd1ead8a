import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runAgent } from './run-agent.ts';

/** Nobody answers there. */
const KUBECONFIG = `
apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: test } }]
clusters: [{ name: test, cluster: { server: "http://127.0.0.1:1" } }]
users: [{ name: test, user: {} }]
`;

describe('a start that fails', () => {
  let dir: string;
  let taken: Server;
  let free: number;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'weaveflux-start-'));
    await writeFile(join(dir, 'kubeconfig'), KUBECONFIG);
    taken = await listening();
    free = await freePort();
  });
  after(async () => {
    taken.close();
    await rm(dir, { recursive: true });
  });

  const cases = [
    {
      name: 'as another listens where the metrics belong',
      flags: () => [`--listen-metrics=127.0.0.1:${portOf(taken)}`],
      says: /^INVALID_SETTINGS Cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\).*--listen-metrics\.$/,
    },
    {
      name: 'as there is no such kubeconfig',
      flags: () => [`--kubeconfig=${join(dir, 'none')}`],
      says: /^UNREADABLE_FILE The kubeconfig .* cannot be read; name another with --kubeconfig/,
    },
    {
      name: 'as the data folder is a file',
      flags: () => [`--data-dir=${join(dir, 'kubeconfig')}`],
      says: /^INVALID_SETTINGS The data folder .* cannot be written \(EEXIST\); name another with --data-dir\.$/,
    },
    {
      name: 'as the agent file cannot be written',
      flags: () => [],
      env: () => ({ WEAVEFLUX_AGENT_FILE: join(dir, 'kubeconfig', 'agent.json') }),
      says: /^INVALID_SETTINGS The agent file .* cannot be written \(.*\); name another with WEAVEFLUX_AGENT_FILE\.$/,
    },
  ];
  for (const { name, flags, env, says } of cases) {
    it(`${name} says so and leaves nothing open`, async () => {
      const usual = ['--git-url=https://127.0.0.1:1/none.git', `--listen=127.0.0.1:${free}`];
      const folders = [`--kubeconfig=${join(dir, 'kubeconfig')}`, `--data-dir=${join(dir, 'data')}`];
      const given = flags();
      const names = given.map((flag) => flag.split('=')[0]);
      const argv = [...usual, '--listen-metrics=127.0.0.1:0', ...folders].filter(
        (flag) => !names.includes(flag.split('=')[0]),
      );
      const environment = { HOME: dir, WEAVEFLUX_AGENT_FILE: join(dir, 'agents', 'agent.json'), ...env?.() };
      const running = runAgent([...argv, ...given], {
        env: environment,
        version: '0.0.0',
        stop: new AbortController().signal,
      });
      await assert.rejects(running, (error: Error & { code?: string }) => {
        assert.match(`${error.code} ${error.message}`, says);
        return true;
      });
      const again = await listening(free);
      again.close();
      assert.equal((await readdir(dir)).includes('agents'), false);
    });
  }
});

async function listening(port = 0): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Below those that the kernel gives away, so that nobody is given it between two uses. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = await listening(randomInt(10_000, 17_000)).catch(() => undefined);
    if (server === undefined) continue;
    const port = portOf(server);
    server.close();
    await once(server, 'close');
    return port;
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
