import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AgentFile, agentFilePath, writeAgentFile } from '@weaveflux/shared/node';
import { thisMachine } from './machine.ts';

const FILE: AgentFile = {
  url: 'http://127.0.0.1:3030',
  token: 'secret',
  environment: 'live',
  pid: process.pid,
  repository: 'https://host.example/org/live',
  branch: 'main',
};
const { signal } = new AbortController();

async function directory(t: TestContext, ...files: readonly AgentFile[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weaveflux-agents-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const file of files) await writeAgentFile(agentFilePath(folder, file.environment), file);
  return folder;
}

test('agents of this machine are offered, and a token goes to no other one', async (t) => {
  const elsewhere: AgentFile = { ...FILE, environment: 'elsewhere', url: 'http://10.0.0.1:3030' };
  const found = await thisMachine(await directory(t, FILE, elsewhere)).search(signal);
  assert.deepEqual(
    found.agents.map(({ id, name, repository }) => [id, name, repository]),
    [['machine:live', 'live on this machine', { url: FILE.repository, branch: 'main' }]],
  );
});

test('none is no obstacle', async () => {
  const found = await thisMachine('/no/such/folder').search(signal);
  assert.deepEqual([found.agents, found.obstacles], [[], []]);
});

test('an agent that was started again is noticed by its file', async (t) => {
  const folder = await directory(t, FILE);
  const [agent] = (await thisMachine(folder).search(signal)).agents;
  const link = (await agent?.connect(signal)) ?? assert.fail();
  const leaving = new AbortController();
  let isOver = false;
  const unmoved = link.moved(leaving.signal).then(() => {
    isOver = true;
  });
  await writeAgentFile(agentFilePath(folder, 'live'), FILE);
  assert.equal(isOver, false);
  leaving.abort();
  await unmoved;
  const limit = AbortSignal.timeout(30_000);
  const moved = link.moved(limit);
  await writeAgentFile(agentFilePath(folder, 'live'), { ...FILE, url: 'http://127.0.0.1:3031', token: 'other' });
  await moved;
  assert.equal(limit.aborted, false);
});
