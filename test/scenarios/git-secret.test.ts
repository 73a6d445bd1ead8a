import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type ControlPlane,
  type GitRepository,
  type SshGit,
  startControlPlane,
  startSshGit,
  temporaryDirectory,
} from '../rig/index.ts';
import { type AgentProcess, type Flags, startAgent } from '../support/agent-process.ts';

const COMMAND = fileURLToPath(new URL('../../agent/bin/weaveflux.mjs', import.meta.url));
/** The agent's own. */
const NAMESPACE = 'default';
const MANIFEST = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME, namespace: default}\ndata: {a: "1"}\n';
const DEPLOY_KEY = /must accept this deploy key: (ssh-ed25519 \S+ weaveflux)/;

describe('the key for git in a Secret of the cluster', () => {
  let cluster: ControlPlane;
  let server: SshGit;
  let dir: string;
  let count = 0;

  before(async () => {
    dir = temporaryDirectory('git-secret');
    [cluster, server] = await Promise.all([startControlPlane({ controllers: false }), startSshGit()]);
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  });
  after(() => Promise.all([cluster.stop(), server.stop()]));

  function repositoryOf(name: string): Promise<GitRepository> {
    return server.createRepository(name, { 'a.yaml': MANIFEST.replace('NAME', name) });
  }

  /** An agent whose data folder is as empty as a new pod's. */
  function agentOf(repository: GitRepository, secret: string, flags: Flags = {}): Promise<AgentProcess> {
    count += 1;
    const all: Flags = {
      environment: secret,
      'agent-namespace': NAMESPACE,
      'git-url': repository.url,
      'git-poll-interval': '500ms',
      'k8s-secret-name': secret,
      'k8s-secret-volume-mount-path': join(dir, 'not-mounted'),
      'ssh-known-hosts': server.knownHostsFile,
      kubeconfig: cluster.kubeconfig,
      'data-dir': join(dir, `data-${count}`),
      listen: '127.0.0.1:0',
      'listen-metrics': '127.0.0.1:0',
      ...flags,
    };
    return startAgent(all, join(dir, `agent-${count}.json`));
  }

  function putSecret(name: string, stringData: Readonly<Record<string, string>>): Promise<unknown> {
    return cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE }, stringData });
  }

  async function dataOf(name: string): Promise<Record<string, string> | undefined> {
    const secret = await cluster.find(`/api/v1/namespaces/${NAMESPACE}/secrets/${name}`);
    const data = secret?.data as Record<string, string> | undefined;
    return data && Object.fromEntries(Object.entries(data).map(([key, text]) => [key, atob(text)]));
  }

  async function identity(agent: AgentProcess): Promise<string> {
    const args = [COMMAND, 'identity', '--agent-file', agent.file];
    return (await promisify(execFile)(process.execPath, args)).stdout.trim();
  }

  async function loggedKey(agent: AgentProcess): Promise<string> {
    return (await agent.process.line(DEPLOY_KEY))[1] ?? '';
  }

  it('makes one where the Secret lacks it, waits until it is let in, and uses it again after a restart', async () => {
    const repository = await repositoryOf('lacking');
    await putSecret('lacking', { other: 'stays' });
    let key: string;
    {
      await using agent = await agentOf(repository, 'lacking');
      key = await loggedKey(agent);
      assert.equal(await identity(agent), key);
      const data = await dataOf('lacking');
      assert.equal(data?.other, 'stays');
      assert.match(data?.identity ?? '', /^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
      await agent.until('the agent to say that its key is not let in', ({ repository: { problem } }) => {
        return problem?.code === 'GIT_AUTH' && problem.message.includes('weaveflux identity');
      });
      await server.allow(key);
      await agent.healthy(await repository.head());
      const secret = data?.identity?.split('\n')[2] ?? '';
      assert.equal(agent.process.tail(1000).includes(secret), false, 'the private half is never shown');
    }
    await using again = await agentOf(repository, 'lacking');
    await again.healthy(await repository.head());
    assert.equal(await identity(again), key);
  });

  it('takes a ready key under another data key', async () => {
    const repository = await repositoryOf('ready');
    await putSecret('ready', { 'deploy.key': server.key.privateKey });
    await using agent = await agentOf(repository, 'ready', { 'k8s-secret-data-key': 'deploy.key' });
    await agent.healthy(await repository.head());
    assert.equal((await identity(agent)).split(' ')[1], server.key.publicKey.split(' ')[1]);
    assert.deepEqual(Object.keys((await dataOf('ready')) ?? {}), ['deploy.key']);
  });

  it('keeps a key to itself where there is no Secret and it runs outside the cluster', async () => {
    const repository = await repositoryOf('absent');
    const flags = { 'data-dir': join(dir, 'kept') };
    let key: string;
    {
      await using agent = await agentOf(repository, 'absent', flags);
      key = await loggedKey(agent);
      assert.equal(await dataOf('absent'), undefined);
    }
    await using again = await agentOf(repository, 'absent', flags);
    assert.equal(await identity(again), key);
  });

  it('waits for a Secret that cannot be read just now, instead of making another key', async () => {
    const repository = await repositoryOf('away');
    await putSecret('away', { identity: server.key.privateKey });
    await cluster.stopApiServer();
    let started = false;
    try {
      await using agent = await agentOf(repository, 'away');
      await agent.until('the agent to say that the Secret cannot be read', ({ repository: { problem } }) =>
        problem?.message.includes('The Secret with the ssh key could not be read'),
      );
      await cluster.startApiServer();
      started = true;
      await agent.healthy(await repository.head(), 60_000);
      assert.equal((await identity(agent)).split(' ')[1], server.key.publicKey.split(' ')[1]);
    } finally {
      if (!started) await cluster.startApiServer();
    }
  });

  it('measures git and the API', async () => {
    const repository = await repositoryOf('measured');
    await putSecret('measured', { identity: server.key.privateKey });
    await using agent = await agentOf(repository, 'measured');
    await agent.healthy(await repository.head());
    const text = await (await fetch(`${agent.metricsUrl}/metrics`)).text();
    for (const series of [
      /^weaveflux_git_operation_duration_seconds_count\{operation="look",result="ok"\} [1-9]/m,
      /^weaveflux_git_operation_duration_seconds_count\{operation="fetch",result="ok"\} 1$/m,
      /^weaveflux_api_requests_total\{verb="patch",code="20[01]"\} [1-9]/m,
      /^weaveflux_api_requests_total\{verb="get",code="200"\} [1-9]/m,
    ])
      assert.match(text, series);
  });
});
