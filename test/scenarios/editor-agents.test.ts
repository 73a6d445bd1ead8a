import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { agentFileDirectory, agentFilePath, readAgentFile } from '@weaveflux/shared/node';
import { freePort } from '../rig/index.ts';
import { type AgentProcess, type Flags, startAgent } from '../support/agent-process.ts';
import { type Desk, type DeskSession, openSession } from '../support/session.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, urlOf } from './delivery-support.ts';

/** What the editor's sessions make of agents that run as processes of this machine. */
describe('the editor and the agents of this machine', { concurrency: false }, () => {
  let world: World;
  let env: Record<string, string>;
  let agent: AgentProcess;
  const opened: DeskSession[] = [];

  before(async () => {
    world = await startWorld({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    env = {
      HOME: join(world.dir, 'home'),
      XDG_STATE_HOME: join(world.dir, 'state'),
      KUBECONFIG: join(world.dir, 'none'),
    };
    await mkdir(env.HOME ?? '');
    agent = await start('default');
  });
  after(async () => {
    for (const session of opened) session[Symbol.dispose]();
    await agent?.stop();
    await world?.[Symbol.asyncDispose]();
  });

  /** Starts an agent as a person on this machine would; its file lies where everybody looks. */
  async function start(environment: string, flags: Flags = {}, repository = world.repository): Promise<AgentProcess> {
    const file = agentFilePath(agentFileDirectory(env), environment);
    const all: Flags = {
      'git-url': urlOf(world, repository),
      'git-poll-interval': '500ms',
      environment,
      kubeconfig: world.cluster.kubeconfig,
      'k8s-default-namespace': 'default',
      'data-dir': join(world.dir, `data-${environment}`),
      listen: '127.0.0.1:0',
      'listen-metrics': '127.0.0.1:0',
      'ssh-known-hosts': join(world.dir, 'known_hosts'),
      ...flags,
    };
    return startAgent(all, file, { GIT_SSL_CAINFO: world.git.caFile });
  }

  function desk(change: Partial<Desk> = {}): Desk {
    return {
      repository: { remotes: [world.repository.url], branch: 'main' },
      settings: { agents: [], namespace: 'weaveflux' },
      env,
      tokens: new Map(),
      ...change,
    };
  }

  function open(given: Desk): DeskSession {
    const session = openSession(given);
    opened.push(session);
    return session;
  }

  test('the agent of an open repository is found by the file that it leaves', async () => {
    const head = await world.repository.head();
    const session = open(desk());
    const state = await session.until(
      'the revision to be applied, and the event about it',
      ({ status, events }) =>
        status?.sync.appliedRevision === head && events.some(({ type }) => type === 'sync-applied'),
    );
    assert.deepEqual(
      [state.connection, state.agent, state.rights],
      [{ kind: 'connected' }, 'default on this machine', { kind: 'allowed' }],
    );
    assert.deepEqual(
      [...new Set(session.states.map(({ connection }) => connection.kind))],
      ['idle', 'searching', 'connected'],
    );
    assert.equal((await (await session.session.client()).status()).environment, 'default');
    const { token } = await readAgentFile(agent.file);
    assert.ok(!JSON.stringify([session.states, session.log]).includes(token));
  });

  test('what happens arrives with the parts that it concerns, each event once', async () => {
    const session = open(desk());
    await session.connection('connected');
    await world.person.write({ 'c.yaml': configMap('c') });
    const revision = await world.person.commitAndPush('one more');
    const state = await session.until(
      'the revision to be healthy',
      ({ status }) => status?.sync.healthyRevision === revision,
    );
    await session.until('the event', ({ events }) =>
      events.some((event) => event.type === 'healthy' && event.revision === revision),
    );
    assert.ok(state.status?.objects.some(({ key }) => key === '/ConfigMap/default/c'));
    const ids = session.state.events.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('an agent that is killed is lost, its data stay, and started again elsewhere it is back by itself', async () => {
    const session = open(desk());
    const known = await session.until('its objects', ({ status }) => (status?.objects.length ?? 0) > 0);
    const { url } = await readAgentFile(agent.file);
    await agent.kill();
    const lost = await session.connection('lost');
    assert.match(
      'message' in lost.connection ? lost.connection.message : '',
      /^The agent of environment default does not answer/,
    );
    assert.deepEqual([lost.status?.objects.length, lost.agent], [known.status?.objects.length, known.agent]);
    await assert.rejects(
      session.session.client().then((client) => client.status()),
      { code: 'API_UNREACHABLE' },
    );
    agent = await start('default');
    assert.notEqual((await readAgentFile(agent.file)).url, url);
    await session.connection('connected');
    await session.until('its objects again', ({ status }) => (status?.objects.length ?? 0) > 0);
    await session.until(
      'word of the new start',
      ({ events }) => events.filter(({ type }) => type === 'agent-started').length === 2,
    );
    assert.ok(!session.states.slice(session.states.indexOf(lost)).some(({ status }) => status === undefined));
  });

  test('an agent that starts after the folder was opened is found at the next look', async () => {
    const repository = await world.git.createRepository('late', { 'a.yaml': configMap('late') });
    const session = open(desk({ repository: { remotes: [repository.url], branch: 'main' } }));
    const { connection } = await session.connection('no-kubeconfig');
    assert.match(
      'message' in connection ? connection.message : '',
      /^The kubeconfig .*none cannot be read; name another one in the setting/,
    );
    await using _late = await start('late', {}, repository);
    session.session.nudge();
    assert.equal(session.state.connection.kind, 'no-kubeconfig');
    session.session.again();
    assert.equal((await session.connection('connected')).agent, 'late on this machine');
  });

  test('another branch has no agent until it is chosen', async () => {
    const given = desk({ repository: { remotes: [world.repository.url], branch: 'work' } });
    const session = open(given);
    const { connection } = await session.connection('not-found');
    assert.deepEqual(connection, {
      kind: 'not-found',
      message:
        'No agent follows branch work; default on this machine follows main. Check that out, or choose the environment.',
    });
    await assert.rejects(session.session.client(), { code: 'NOT_FOUND', message: /follows main/ });
    given.chosen = 'machine:default';
    session.session.again();
    await session.connection('connected');
  });

  test('of two that fit one must be chosen, and another one shows nothing of the first', async () => {
    await using _twin = await start('twin');
    const given = desk();
    const session = open(given);
    const { connection } = await session.connection('ambiguous');
    assert.deepEqual(connection, { kind: 'ambiguous', names: ['default on this machine', 'twin on this machine'] });
    for (const name of ['default', 'twin']) {
      given.chosen = `machine:${name}`;
      session.session.again();
      await session.until(
        `${name} to be shown`,
        ({ status, connection: { kind } }) => kind === 'connected' && status?.environment === name,
      );
    }
    const wrong = session.states.filter(
      ({ agent: shown, status }) => status !== undefined && !shown?.startsWith(status.environment),
    );
    assert.deepEqual(wrong, []);
  });

  test('by an address and a token: asked for, refused, taken, and kept out of everything that is shown', async () => {
    const port = await freePort();
    const repository = await world.git.createRepository('byurl', { 'a.yaml': configMap('byurl') });
    await using named = await start('byurl', { listen: `127.0.0.1:${port}` }, repository);
    const file = await readAgentFile(named.file);
    const origin = `http://127.0.0.1:${port}`;
    const elsewhere = { ...env, XDG_STATE_HOME: join(world.dir, 'no-state') };
    const given = desk({
      env: elsewhere,
      repository: { remotes: [repository.url], branch: 'main' },
      settings: { agents: [origin, 'http://agent.example'], namespace: 'weaveflux' },
    });
    const session = open(given);
    const { connection: missing } = await session.connection('not-found');
    assert.ok(missing.kind === 'not-found' && missing.needsToken === origin, JSON.stringify(missing));
    given.tokens.set(origin, 'wrong-token');
    session.session.again();
    const { connection: refused } = await session.connection('no-permission');
    assert.ok(refused.kind === 'no-permission' && refused.needsToken === origin, JSON.stringify(refused));
    given.tokens.set(origin, file.token);
    session.session.again();
    const state = await session.until(
      'the status',
      ({ status, connection: { kind } }) => kind === 'connected' && status,
    );
    assert.deepEqual([state.agent, state.rights.kind], [`byurl at ${origin}`, 'allowed']);
    assert.doesNotMatch(JSON.stringify([session.states, session.log]), new RegExp(`${file.token}|wrong-token`));
  });

  test('a burst of events costs at most four readings a second', async () => {
    const session = open(desk());
    await session.connection('connected');
    const before = session.states.length;
    const began = performance.now();
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`burst/${n}.yaml`, configMap(`burst-${n}`)]),
    );
    await world.person.write(files);
    const revision = await world.person.commitAndPush('sixty at once');
    await session.until('all to be healthy', ({ status }) => status?.sync.healthyRevision === revision);
    const statuses = new Set(session.states.slice(before).map(({ status }) => status));
    const seconds = (performance.now() - began) / 1000;
    // One was under way, and one was read before.
    assert.ok(statuses.size <= 2 + 4 * seconds, `${statuses.size} readings in ${seconds} s`);
  });

  test('a session that ends hears nothing more', async () => {
    const session = openSession(desk());
    await session.connection('connected');
    session[Symbol.dispose]();
    const count = session.states.length;
    await world.person.write({ 'd.yaml': configMap('d') });
    await agent.healthy(await world.person.commitAndPush('after the end'));
    assert.equal(session.states.length, count);
  });
});
