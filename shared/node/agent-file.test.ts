import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type AgentFile,
  agentFileDirectory,
  agentFilePath,
  findAgents,
  readAgentFile,
  removeAgentFile,
  writeAgentFile,
} from './agent-file.ts';

const FILE: AgentFile = {
  url: 'http://127.0.0.1:3030',
  token: 'secret',
  environment: 'default',
  pid: process.pid,
  repository: 'ssh://git@example.com/shop/environment.git',
  branch: 'main',
};

describe('agent files', () => {
  let home: string;
  let directory: string;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'weaveflux-agent-file-'));
    directory = agentFileDirectory({ HOME: home });
  });
  after(() => rm(home, { recursive: true }));

  test('they lie in the state folder of the user', () => {
    assert.equal(directory, join(home, '.local', 'state', 'weaveflux', 'agents'));
    assert.equal(agentFileDirectory({ HOME: home, XDG_STATE_HOME: '/state' }), '/state/weaveflux/agents');
    assert.equal(dirname(agentFilePath(directory, '../../etc')), directory);
  });

  test('only the user can read one, and it is found until its agent removes it', async () => {
    const path = agentFilePath(directory, 'default');
    await writeAgentFile(path, FILE);
    await writeAgentFile(path, { ...FILE, branch: 'next' });
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(directory), ['default.json']);
    assert.deepEqual(await findAgents(directory), [{ ...FILE, branch: 'next' }]);
    await removeAgentFile(path, process.pid + 1);
    assert.equal((await findAgents(directory)).length, 1, "another agent's file is left alone");
    await removeAgentFile(path, process.pid);
    assert.deepEqual(await findAgents(directory), []);
  });

  test('the file of an agent that was killed, and what is no agent file, are passed over', async () => {
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(ended, 'exit');
    assert.ok(ended.pid);
    await writeAgentFile(agentFilePath(directory, 'killed'), { ...FILE, environment: 'killed', pid: ended.pid });
    await writeFile(agentFilePath(directory, 'broken'), '{"url": 1}');
    await writeAgentFile(agentFilePath(directory, 'alive'), { ...FILE, environment: 'alive' });
    assert.deepEqual(
      (await findAgents(directory)).map(({ environment }) => environment),
      ['alive'],
    );
    await assert.rejects(readAgentFile(agentFilePath(directory, 'broken')), { code: 'INVALID_SETTINGS' });
    await assert.rejects(readAgentFile(agentFilePath(directory, 'none')), { code: 'NOT_FOUND' });
  });
});
