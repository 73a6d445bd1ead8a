import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const PASSWORD = 'registry-canary-4711';
const VALUE = 'secret-value-canary-0815';
let images: ImageWorld;
let scene: ImageScene;

before(async () => {
  images = await startImageWorld({ kind: 'docker-registry', users: { robot: PASSWORD } });
  const { host } = images.registry;
  const names = ['own', 'account', 'inherited', 'nobody', 'wrong'];
  for (const name of names) await images.registry.pushTags(`team/${name}`, ['1.0.0', '1.1.0']);
  const written = (name: string, pod: Record<string, unknown>) =>
    workload(name, {
      annotations: policies({ app: 'semver:~1' }),
      containers: { app: `${host}/team/${name}:1.0.0` },
      pod,
    });
  scene = await images.scene('pulling', {
    'own.yaml': written('own', { imagePullSecrets: [{ name: 'pull' }] }),
    'account.yaml': written('account', { serviceAccountName: 'puller' }),
    'inherited.yaml': written('inherited', {}),
    'nobody.yaml': written('nobody', { serviceAccountName: 'stranger' }),
    'wrong.yaml': written('wrong', { serviceAccountName: 'stranger', imagePullSecrets: [{ name: 'wrong' }] }),
    'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: app }\nstringData: { password: ${VALUE} }\n`,
  });
  await Promise.all(
    [
      pullSecret('pull', images.registry.dockerConfig()),
      pullSecret('wrong', images.registry.dockerConfig('robot', `${PASSWORD}-wrong`)),
      account('puller', ['pull']),
      account('default', ['pull']),
      account('stranger', []),
    ].map((object) => images.world.cluster.apply(object)),
  );
});
after(() => images[Symbol.asyncDispose]());

test('the registry is opened by the workload, its service account, or the default one', async () => {
  for (const name of ['own', 'account', 'inherited']) await scene.untilFile(`${name}.yaml`, `/team/${name}:1.1.0`);
  for (const name of ['nobody', 'wrong']) {
    const refused = await scene.untilImage('the refusal', name, ({ problem }) => problem?.code === 'REGISTRY_AUTH');
    assert.equal(refused.state, 'not-scanned');
    assert.equal(refused.tag, '1.0.0');
  }
  assert.ok(images.registry.requests.some(({ user, status }) => user === 'robot' && status === 200));
});

test('no password, token or value of a Secret is ever told', async () => {
  const { world } = images;
  const { running } = scene;
  const path = '/api/v1/namespaces/pulling/secrets/app';
  await world.cluster.until(path, 'to be applied', () => true);
  await world.cluster.patch(path, {
    stringData: { password: `${VALUE}-changed`, more: `${VALUE}-more` },
  });
  await running.event(
    'the change by hand',
    ({ type, object }) => type === 'corrected' && object?.includes('Secret') === true,
  );
  await scene.command('release', 'nobody', '--tag', '1.1.0', '-m', 'anyway');
  await scene.untilFile('nobody.yaml', '/team/nobody:1.1.0');
  await scene.push({
    'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: app }\ndata: { password: '${VALUE}!' }\n`,
  });
  await running.event('a Secret that is no base64', ({ type }) => type === 'object-failed');
  await world.git.outage();
  await running.event('git to be away', ({ type }) => type === 'git-unreachable');
  await world.git.recover();
  await running.event('git to be back', ({ type }) => type === 'git-recovered');

  const { api } = running;
  const said = {
    log: running.process.tail(100_000),
    events: JSON.stringify(running.events),
    status: JSON.stringify(await api.status()),
    images: JSON.stringify(await api.images()),
    metrics: await (await fetch(`${running.metricsUrl}/metrics`)).text(),
    why: (await scene.command('why', 'app')).text,
    commits: await scene.repository.git(['log', '--format=%an %ae %s %b', 'main']),
  };
  for (const [where, text] of Object.entries(said)) {
    assert.notEqual(text, '', where);
    for (const secret of [PASSWORD, VALUE, images.world.git.token]) {
      for (const form of [
        secret,
        Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2),
        encodeURIComponent(secret),
      ])
        assert.ok(!text.includes(form), `${where} tells ${form}`);
    }
  }
  assert.match(said.status, /REGISTRY_AUTH/, 'what the problem is, is told');
});

function pullSecret(name: string, config: string) {
  const metadata = { name, namespace: 'pulling' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': config },
  };
}

function account(name: string, secrets: readonly string[]) {
  const metadata = { name, namespace: 'pulling' };
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
    imagePullSecrets: secrets.map((secret) => ({ name: secret })),
  };
}
