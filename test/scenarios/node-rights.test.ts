import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type ApiObject, type Files, type RigNode, waitFor } from '../rig/index.ts';
import { anotherWorld, GIT_SECRET, HOME, type NodeWorld, startNodeWorld } from '../support/node-world.ts';
import { documents } from './delivery-support.ts';
import { policies, workload } from './images-support.ts';
import { DEPLOY, weaveflux } from './install-support.ts';
import {
  answersTo,
  createSecretAudit,
  environment,
  install,
  NEVER,
  paste,
  problemIn,
  type SecretAudit,
  uninstall,
} from './node-support.ts';

/** The rig's kubelet brings a changed Secret into the pods within about 15 s; the rest is a slow machine's. */
const MOUNTED = 120_000;
const SECRET = `/api/v1/namespaces/${HOME}/secrets/${GIT_SECRET}`;

/** In YAML whose first line is a comment. */
function configMap(namespace: string, name = 'settings', value = 'one'): string {
  return `# ${name}\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: ${value} }\n`;
}

/** A Deployment of the small program that the agent may release, in the way a registry with a login needs it. */
function cart(node: RigNode, namespace: string): string {
  const text = workload('cart', {
    annotations: policies({ app: 'semver:*' }),
    containers: { app: `${node.registry.host}/shop/cart:1.0.0` },
    pod: { imagePullSecrets: [{ name: 'registry' }] },
  });
  return text
    .replace('  name: cart\n', `  name: cart\n  namespace: ${namespace}\n`)
    .replace('replicas: 0', 'replicas: 1');
}

describe('what the agent may do, in real pods', () => {
  let first: NodeWorld;
  let node: RigNode;
  let audit: SecretAudit;
  before(async () => {
    audit = await createSecretAudit();
    first = await startNodeWorld(() => ({}), { apiServerFlags: audit.flags });
    node = first.node;
    await node.pushApp('shop/cart', '1.0.0');
  });
  after(() => first?.[Symbol.asyncDispose]());

  /** A repository for an environment in a namespace of its own, where images can be pulled. */
  async function scene(
    context: TestContext,
    namespace: string,
    files: Files,
    others: readonly string[] = [],
  ): Promise<NodeWorld> {
    const all = [namespace, ...others];
    context.after(() => uninstall(first, all));
    for (const name of all) await node.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await node.createPullSecret(namespace);
    return anotherWorld(first, namespace, files);
  }

  async function value(namespace: string, name = 'settings'): Promise<string | undefined> {
    return (await node.find(`/api/v1/namespaces/${namespace}/configmaps/${name}`))?.data.value;
  }

  async function push({ person }: NodeWorld, files: Files): Promise<string> {
    await person.pull();
    await person.write(files);
    return person.commitAndPush('A change by a person');
  }

  /** The only pod, in which nothing was started again. */
  async function sameContainer(world: NodeWorld, before: ApiObject): Promise<void> {
    const pods = await world.pods();
    assert.deepEqual(pods.map(running), [running(before)]);
    assert.equal(pods[0]?.status.containerStatuses[0].restartCount, 0);
  }

  test('without a key the agent makes one and waits; a key that is exchanged is taken up; no restart', async (context) => {
    const world = await scene(context, 'keyless', { 'settings.yaml': configMap('keyless') });
    await world.prepare({ key: false });
    await install(world, {});
    const [, logged] = await world.line(/The repository must accept this deploy key: (ssh-ed25519 \S+ weaveflux)/);
    const pod = (await world.pods())[0] ?? assert.fail('no pod');
    const shown = await environment(world, 'the key in the status', ({ deployKey }) => deployKey);
    assert.equal(shown.deployKey, logged);
    const secret = await node.get(SECRET);
    assert.match(Buffer.from(secret.data.identity, 'base64').toString(), /^-----BEGIN OPENSSH PRIVATE KEY-----/);
    assert.equal(Buffer.from(secret.data.known_hosts, 'base64').toString(), node.git.knownHosts);
    assert.equal(await value('keyless'), undefined);

    await node.git.allow(logged ?? '');
    await world.healthy();
    assert.equal(await value('keyless'), 'one');
    await sameContainer(world, pod);

    const next = await node.git.createKey();
    const since = performance.now();
    await node.patch(SECRET, { stringData: { identity: next.privateKey } });
    const half = next.publicKey.split(' ')[1] ?? '';
    const isNext = (key: string | undefined) => key?.includes(half);
    await environment(world, 'the next key to be shown', ({ deployKey }) => isNext(deployKey), MOUNTED);
    told(context, 'a key that is exchanged is used', since);
    await node.git.allow(next.publicKey);
    await world.healthy(await push(world, { 'settings.yaml': configMap('keyless', 'settings', 'two') }));
    assert.equal(await value('keyless'), 'two');
    await sameContainer(world, pod);

    const inPod = (script: string) => world.kubectl('exec', pod.metadata.name, '--', 'sh', '-c', script);
    assert.match(await inPod('ls -l /run/weaveflux/*/identity'), /^-rw------- 1 weaveflux /);
    assert.equal((await inPod('stat -f -c %T /run/weaveflux')).trim(), 'tmpfs');
    assert.ok(isNext(await inPod("ssh-keygen -y -P '' -f /run/weaveflux/*/identity")));
    assert.ok((await audit.read()).some(({ responseStatus }) => responseStatus.code < 300));
    assert.deepEqual(await answersTo(world, NEVER), refused(NEVER));
    assert.deepEqual(await answersTo(world, [['GET', SECRET]]), [200]);
  });

  test('no-secrets: not one Secret is read; what needs them is named, the rest goes on; a person makes the key', async (context) => {
    await audit.read();
    const world = await scene(context, 'closed', {
      'settings.yaml': configMap('closed'),
      'cart.yaml': cart(node, 'closed'),
      'secret.yaml': `# A token\n${documents({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'closed' } })}`,
    });
    await world.prepare({ key: false });
    await node.delete(SECRET);
    await install(world, { overlay: 'no-secrets' });
    const waiting = await environment(world, 'the missing key', ({ problems }) => problems?.[0]?.code === 'GIT_AUTH');
    const [, commands = ''] = /; run: (.*)$/.exec(waiting.problems[0].message) ?? [];
    assert.ok(commands.startsWith('ssh-keygen '), waiting.problems[0].message);
    await waitFor({ what: 'the log to tell the commands as they are', interval: 200 }, async () =>
      (await world.log()).includes(commands),
    );
    const pod = (await world.pods())[0] ?? assert.fail('no pod');
    assert.doesNotMatch(await world.log(), /must accept this deploy key/);
    assert.equal(await node.find(SECRET), undefined);

    const since = performance.now();
    const folder = await paste(world, commands);
    await node.git.allow(await readFile(join(folder, 'identity.pub'), 'utf8'));
    // The Git server is one of their own, so that its host key is added, too: in the way of the commands for a Secret that is there.
    await paste(
      world,
      `cp ${node.git.knownHostsFile} known_hosts && ${adding('known_hosts', 'create')} | ${adding('', 'patch')}`,
    );
    const path = '/apis/apps/v1/namespaces/closed/deployments/cart';
    await node.until(path, 'cart to run', ({ status }) => status?.availableReplicas === 1, { deadline: MOUNTED });
    told(context, 'a key that a person makes is used', since);
    assert.equal(await value('closed'), 'one');
    const status = await environment(world, 'the Secret to be refused', (now) => problemIn(now, 'secret.yaml'));
    const problem = problemIn(status, 'secret.yaml');
    assert.equal(problem?.code, 'FORBIDDEN');
    assert.match(problem?.message, /it needs the rule \{"apiGroups":\[""\],"resources":\["secrets"\],"verbs":\[.*\]\}/);
    assert.equal(problem?.line, 3);
    assert.equal(await node.find('/api/v1/namespaces/closed/secrets/token'), undefined);
    await sameContainer(world, pod);

    const image = await waitFor({ what: 'the scan to be refused', deadline: 60_000, interval: 500 }, async () => {
      const found = (await imagesOf(world)).find(({ container }) => container === 'app');
      return found?.problem === undefined ? undefined : found;
    });
    assert.deepEqual([image.file, image.line], ['cart.yaml', 2]);
    const says = /may not get secrets in namespace closed.* it needs the rule \{.*secrets.*\} in a Role/;
    assert.match(image.problem.message, says);
    const [event] = await world.line(/.* event=registry-failed .*/);
    assert.match(event, / file=cart\.yaml line=2 /);
    assert.match(event, says);

    const all = await audit.read();
    assert.ok(all.length > 0, 'it did ask');
    assert.deepEqual(
      all.filter(({ responseStatus }) => responseStatus.code !== 403),
      [],
    );
    const secrets = [['GET', SECRET] as const, ['GET', '/api/v1/secrets'] as const];
    const more = [...secrets, ['GET', '/api/v1/namespaces/closed/secrets/registry'] as const, ...NEVER];
    assert.deepEqual(await answersTo(world, more), refused(more));
  });

  test('namespaced: from empty, by Roles only and without the CRD', async (context) => {
    const world = await scene(
      context,
      'team',
      {
        'settings.yaml': configMap('team'),
        'bank.yaml': configMap('bank'),
        'elsewhere.yaml': configMap('elsewhere'),
      },
      ['bank', 'elsewhere'],
    );
    await world.prepare();
    // `bank` is named to the agent, but nobody gave it a Role there.
    await install(world, {
      overlay: 'namespaced',
      edit: (text) =>
        text
          .replace('--k8s-allow-namespace=default', '--k8s-allow-namespace=team,bank')
          .replaceAll('namespace: default', 'namespace: team'),
    });
    // The kinds of an installation that was removed a moment ago may still be served.
    await node.untilGone('/apis/weaveflux.dev/v1alpha1');
    assert.deepEqual(await clusterWide(), []);
    const settings = '/api/v1/namespaces/team/configmaps/settings';
    await node.until(settings, 'the first delivery', ({ data }) => data.value === 'one', { deadline: 60_000 });

    const hint = /bind its service account in namespace weaveflux to the ClusterRole system:auth-delegator/;
    const closed = await waitFor({ what: 'people to learn what is missing', deadline: 60_000 }, async () => {
      const said = await world.command(['status']);
      if (hint.test(said.stderr)) return said;
      throw new Error(said.stderr);
    });
    assert.notEqual(closed.code, 0);
    await node.kubectl(['apply', '-f', `${DEPLOY}/kustomize/overlays/namespaced/auth-delegator.yaml`]);
    const status = await waitFor({ what: 'the problems by the API for people', deadline: 60_000 }, async () => {
      const { code, stdout, stderr } = await world.command(['status', '-o', 'json']);
      if (code !== 0) throw new Error(stderr);
      const found = JSON.parse(stdout);
      if (problemIn(found.sync, 'bank.yaml') && problemIn(found.sync, 'elsewhere.yaml')) return found;
      throw new Error(stdout.slice(0, 3_000));
    });
    const outside = problemIn(status.sync, 'bank.yaml');
    assert.deepEqual([outside?.code, outside?.line], ['FORBIDDEN', 2]);
    assert.match(
      outside?.message,
      /configmaps in namespace bank.* it needs the rule \{.*\} in a Role in namespace bank/,
    );
    const unnamed = problemIn(status.sync, 'elsewhere.yaml');
    assert.equal(unnamed?.code, 'NAMESPACE_NOT_ALLOWED');
    assert.match(unnamed?.message, /--k8s-allow-namespace/);
    for (const name of ['bank', 'elsewhere']) assert.equal(await value(name), undefined);

    const inventory = ['configmap', 'weaveflux-inventory-default-0'];
    await world.kubectl('annotate', ...inventory, 'weaveflux.dev/suspend=repair by hand');
    await world.line(/event=suspended .*repair by hand/);
    const revision = await push(world, { 'settings.yaml': configMap('team', 'settings', 'two') });
    await world.line(new RegExp(`event=revision-fetched .*${revision}`));
    assert.equal(await value('team'), 'one');
    await world.kubectl('annotate', ...inventory, 'weaveflux.dev/suspend-');
    await node.until(settings, 'the delivery after the suspension', ({ data }) => data.value === 'two', {
      deadline: 60_000,
    });

    const reads = ['/api/v1/namespaces/bank/configmaps', '/api/v1/configmaps', '/api/v1/namespaces'];
    const more = [...reads.map((path) => ['GET', path] as const), ...NEVER];
    assert.deepEqual(await answersTo(world, more), refused(more));
    assert.deepEqual(await answersTo(world, [['GET', settings]]), [200]);
  });

  test('readonly: a newer image is proposed, and nothing is ever pushed', async (context) => {
    const world = await scene(context, 'watched', { 'cart.yaml': cart(node, 'watched') });
    await world.prepare();
    await install(world, { overlay: 'readonly' });
    await world.healthy();
    const before = await world.repository.git(['log', '--all', '--format=%H']);
    await node.pushApp('shop/cart', '1.1.0');
    await world.line(/event=proposed .*cart.*1\.0\.0.*1\.1\.0.*--git-readonly keeps it from being committed/);
    const image = await waitFor({ what: '1.1.0 to be shown as an update', interval: 500 }, async () =>
      (await imagesOf(world)).find(({ chosen }) => chosen?.tag === '1.1.0'),
    );
    assert.deepEqual([image?.state, image?.chosen?.tag, image?.tag], ['update', '1.1.0', '1.0.0']);
    const asked = await world.command(['release', 'watched:deployment/cart', '--tag', '1.1.0']);
    assert.match(`${asked.stdout}${asked.stderr}`, /proposed/);
    assert.equal(await world.repository.git(['log', '--all', '--format=%H']), before);
    const live = await node.get('/apis/apps/v1/namespaces/watched/deployments/cart');
    assert.match(live.spec.template.spec.containers[0].image, /:1\.0\.0$/);
    assert.deepEqual(await answersTo(world, NEVER), refused(NEVER));
  });

  test('with --k8s-service-account the repository may do what that account may, and nothing of the agent', async (context) => {
    const world = await scene(context, 'lent', { 'settings.yaml': configMap('lent') }, ['bank']);
    await world.prepare();
    const account = '--k8s-service-account=lent/deployer';
    await world.apply((await weaveflux('rbac', `--from-repo=${world.person.dir}`, '--namespaced', account)).out);
    await install(world, { args: [account] });
    await world.healthy();
    assert.equal(await value('lent'), 'one');

    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'cart', namespace: 'lent' },
      spec: { clusterIP: 'None' },
    };
    await push(world, {
      'settings.yaml': configMap('lent', 'settings', 'two'),
      'bank.yaml': configMap('bank'),
      'service.yaml': documents(service),
    });
    const status = await environment(
      world,
      'both to be refused',
      (now) => problemIn(now, 'bank.yaml') && problemIn(now, 'service.yaml'),
    );
    const denials: [string, RegExp][] = [
      ['bank.yaml', /^The service account lent\/deployer may not \w+ configmaps in namespace bank/],
      ['service.yaml', /^The service account lent\/deployer may not \w+ services in namespace lent/],
    ];
    for (const [file, says] of denials) assert.match(problemIn(status, file)?.message, says);
    assert.equal(await value('bank'), undefined);
    assert.equal(await node.find('/api/v1/namespaces/lent/services/cart'), undefined);
    await waitFor({ what: 'the rest', deadline: 60_000 }, async () => (await value('lent')) === 'two');
    // Its own account may do both.
    const reads = ['/api/v1/namespaces/bank/configmaps', '/api/v1/namespaces/lent/services'];
    assert.deepEqual(
      await answersTo(
        world,
        reads.map((path) => ['GET', path] as const),
      ),
      [200, 200],
    );
    const other = [...NEVER, ['POST', '/api/v1/namespaces/lent/serviceaccounts/deployer/token', {}] as const];
    assert.deepEqual(await answersTo(world, other), refused(other));
  });

  /** Names of what gives the agent's account rights in the whole cluster. */
  async function clusterWide(): Promise<string[]> {
    const bindings: ApiObject[] = (await node.get('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings')).items;
    const ours = bindings.filter(({ subjects }) =>
      (subjects as ApiObject[] | undefined)?.some(
        ({ namespace, kind }) => namespace === HOME && kind === 'ServiceAccount',
      ),
    );
    return ours.map(({ metadata }) => metadata.name);
  }

  async function imagesOf(world: NodeWorld): Promise<ApiObject[]> {
    const { code, stdout, stderr } = await world.command(['images', '-o', 'json']);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }
});

function running({ status }: ApiObject): string {
  return status.containerStatuses?.[0].containerID;
}

function refused(requests: readonly unknown[]): number[] {
  return requests.map(() => 403);
}

/** Half of the pipe that adds a key to the Secret. */
function adding(file: string, verb: 'create' | 'patch'): string {
  return verb === 'create'
    ? `kubectl -n ${HOME} create secret generic ${GIT_SECRET} --from-file=${file} --dry-run=client -o yaml`
    : `kubectl -n ${HOME} patch secret ${GIT_SECRET} --patch-file=/dev/stdin`;
}

function told(context: TestContext, what: string, since: number): void {
  context.diagnostic(`${what} after ${((performance.now() - since) / 1000).toFixed(1)} s`);
}
