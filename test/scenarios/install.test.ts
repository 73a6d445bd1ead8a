import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type JsonObject, listAt, objectAt, valueAt } from '@weaveflux/shared';
import { type ControlPlane, findTool, startControlPlane, temporaryDirectory } from '../rig/index.ts';
import {
  chartValue,
  DEPLOY,
  helmTemplate,
  install,
  kustomize,
  ONE_FILE,
  OVERLAYS,
  objectsOf,
  run,
} from './install-support.ts';

const VARIANTS = [undefined, ...OVERLAYS];
const NAMESPACE = '/Namespace//weaveflux';
const DEPLOYMENT = 'apps/Deployment/weaveflux/weaveflux';

describe('the ways to install are one', () => {
  test('the one file is what `weaveflux install` prints', async () => {
    assert.equal(await install(undefined), await readFile(ONE_FILE, 'utf8'));
  });

  for (const variant of VARIANTS) {
    test(`${variant ?? 'base'}: kustomize, chart and command give the same objects`, async () => {
      const command = objectsOf(await install(variant));
      assert.deepEqual(objectsOf(await kustomize(variant)), command);
      // Helm makes the namespace of a release itself and refuses one that it did not make.
      const { [NAMESPACE]: _, ...withoutNamespace } = command;
      const values = variant === undefined ? [] : [chartValue(variant)];
      assert.deepEqual(objectsOf(await helmTemplate(...values)), withoutNamespace);
    });
  }

  test('an overlay on a base that somebody changed fails, and takes no other rule away', async () => {
    const folder = join(temporaryDirectory('kustomize'), 'kustomize');
    await cp(join(DEPLOY, 'kustomize'), folder, { recursive: true });
    const rights = join(folder, 'base', 'rights.yaml');
    const text = await readFile(rights, 'utf8');
    const more = '  - apiGroups: [example.com]\n    resources: [shops]\n    verbs: [get]\n';
    await writeFile(
      rights,
      text.replace(/^(kind: ClusterRole\nmetadata:\n {2}name: weaveflux\nrules:\n)/m, `$1${more}`),
    );
    const build = run(await findTool('kubectl'), ['kustomize', join(folder, 'overlays', 'no-secrets')]);
    await assert.rejects(build, /testing value \/rules\/\d+ failed/);
  });

  test('the chart names what is missing and refuses what contradicts itself', async () => {
    await assert.rejects(helmTemplate('gitUrl='), /gitUrl is missing/);
    await assert.rejects(helmTemplate('ha=true', 'persistent=true'), /two replicas cannot share one volume/);
  });

  test('no role of the agent holds everything, or may raise itself', async () => {
    for (const variant of VARIANTS) {
      const roles = Object.values(objectsOf(await install(variant))).filter(({ kind }) => /Role$/.test(String(kind)));
      for (const rule of roles.flatMap((role) => listAt(role, ['rules']))) {
        const words = ['apiGroups', 'resources', 'verbs'].flatMap((field) => listAt(rule, [field]));
        for (const word of ['*', 'escalate', 'bind', 'impersonate', 'deletecollection'])
          assert.ok(!words.includes(word), `${variant}: ${JSON.stringify(rule)}`);
      }
    }
  });
});

describe('on an empty cluster', () => {
  let cluster: ControlPlane;
  let kubectl: (args: readonly string[], input?: string) => Promise<{ out: string; err: string }>;
  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    const program = await findTool('kubectl');
    kubectl = (args, input) => run(program, [`--kubeconfig=${cluster.kubeconfig}`, ...args], input);
  });
  after(() => cluster.stop());

  test('the one file is applied without a warning, and twice changes nothing', async () => {
    const first = await kubectl(['apply', '-f', ONE_FILE]);
    assert.equal(first.err, '');
    await cluster.until(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/environments.weaveflux.dev',
      'the CRD to be established and without objection to its schema',
      (crd) =>
        ['Established:True', 'NamesAccepted:True'].every((wanted) =>
          crd.status?.conditions?.some((c: { type: string; status: string }) => `${c.type}:${c.status}` === wanted),
        ),
    );
    const crd = await cluster.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/environments.weaveflux.dev');
    const objections = crd.status.conditions.filter((c: { type: string }) => c.type === 'NonStructuralSchema');
    assert.deepEqual(objections, []);
    const again = await kubectl(['apply', '-f', ONE_FILE]);
    assert.equal(again.err, '');
    assert.deepEqual(
      again.out.split('\n').filter((line) => line !== '' && !line.endsWith(' unchanged')),
      [],
    );
  });

  for (const variant of VARIANTS) {
    test(`${variant ?? 'base'}: the server takes every object and lets the pod in under "restricted"`, async () => {
      const yaml = await install(variant);
      const said = await kubectl(['apply', '--dry-run=server', '-f', '-'], yaml);
      assert.equal(said.err, '');
      const refused = await podRefusal(objectAt(objectsOf(yaml)[DEPLOYMENT] ?? {}, ['spec', 'template']));
      assert.equal(refused, undefined);
    });
  }

  test('kustomize and chart pass, too', async () => {
    for (const yaml of [await kustomize(undefined), await helmTemplate(), await helmTemplate('namespaced=true')]) {
      const said = await kubectl(['apply', '--dry-run=server', '-f', '-'], yaml);
      assert.equal(said.err, '');
    }
  });

  test('"restricted" is enforced where the agent runs, so that the above means something', async () => {
    const template = objectAt(objectsOf(await install(undefined))[DEPLOYMENT] ?? {}, ['spec', 'template']);
    const spec = { ...objectAt(template, ['spec']), hostNetwork: true };
    assert.match((await podRefusal({ ...template, spec })) ?? '', /violates PodSecurity "restricted/);
  });

  test('an Environment shows itself, and one without a reason to be suspended is refused', async () => {
    const environment = (name: string, suspend: JsonObject): JsonObject => ({
      apiVersion: 'weaveflux.dev/v1alpha1',
      kind: 'Environment',
      metadata: { name, namespace: 'weaveflux' },
      spec: { suspend },
    });
    await cluster.apply(environment('shop', { reason: 'incident 42', until: '2026-12-01T18:00:00Z' }));
    await assert.rejects(cluster.apply(environment('a', { until: '2026-12-01T18:00:00Z' })), /reason/);
    await assert.rejects(cluster.apply(environment('b', { reason: 'x', until: 'tomorrow' })), /date-time/);
    const lastTransitionTime = '2026-11-25T10:00:00Z';
    const conditions = [
      { type: 'Ready', status: 'True', reason: 'Healthy', message: 'All is well.', lastTransitionTime },
      { type: 'Suspended', status: 'False', reason: 'Resumed', message: '', lastTransitionTime },
    ];
    const objects = { total: 21, healthy: 20, progressing: 0, failed: 1, drifted: 0 };
    const path = '/apis/weaveflux.dev/v1alpha1/namespaces/weaveflux/environments/shop';
    await cluster.patch(`${path}/status`, { status: { conditions, objects, shortRevision: '0123abc' } });
    const { out } = await kubectl(['get', 'environments', '-n', 'weaveflux', 'shop']);
    const [head = '', row = ''] = out.split('\n');
    assert.deepEqual(head.split(/ {2,}/), [
      'NAME',
      'REVISION',
      'READY',
      'STATUS',
      'OBJECTS',
      'HEALTHY',
      'FAILED',
      'SUSPENDED',
      'AGE',
    ]);
    assert.match(row, /^shop +0123abc +True +Healthy +21 +20 +1 +False /);
    await kubectl(['wait', '--for=condition=Ready', '-n', 'weaveflux', 'environment/shop', '--timeout=60s']);
  });

  /** Why the API server would not let a pod of this template in, `undefined` where it would. */
  async function podRefusal(template: JsonObject): Promise<string | undefined> {
    const labels = valueAt(template, ['metadata', 'labels']);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', labels }, spec: template.spec };
    const answer = await cluster.request('POST', '/api/v1/namespaces/weaveflux/pods?dryRun=All', pod);
    return answer.status < 300 ? undefined : String(answer.body.message);
  }
});
