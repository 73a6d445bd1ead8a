import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ControlPlane, findTool, startControlPlane } from '../rig/index.ts';
import { createApiClient } from '../rig/kubernetes/client.ts';
import { install, type Overlay, run, type Said } from './install-support.ts';

/** An overlay in a namespace of its own, so that one cluster holds all of them; it manages `shop`, or everything. */
const INSTALLED = {
  base: { namespace: 'agent-base', overlay: undefined },
  'no-secrets': { namespace: 'agent-no-secrets', overlay: 'no-secrets' },
  namespaced: { namespace: 'agent-namespaced', overlay: 'namespaced' },
  readonly: { namespace: 'agent-readonly', overlay: 'readonly' },
  ha: { namespace: 'agent-ha', overlay: 'ha' },
  persistent: { namespace: 'agent-persistent', overlay: 'persistent' },
} as const satisfies Readonly<Record<string, { namespace: string; overlay: Overlay | undefined }>>;
type Variant = keyof typeof INSTALLED;
const VARIANTS = Object.keys(INSTALLED) as Variant[];

const MANAGE = ['create', 'delete', 'get', 'list', 'patch', 'watch'];
/** Every verb that some API knows; the last ones only exist to be misused. */
const VERBS = [...MANAGE, 'update', 'deletecollection', 'bind', 'escalate', 'impersonate', 'approve', 'sign', 'attest'];

/** What an application environment is made of, written down here once more. */
const NAMESPACED: readonly string[] = [
  ...['apps/daemonsets', 'apps/deployments', 'apps/replicasets', 'apps/statefulsets'],
  ...['batch/cronjobs', 'batch/jobs'],
  ...['/configmaps', '/limitranges', '/persistentvolumeclaims', '/pods', '/resourcequotas', '/secrets'],
  ...['/serviceaccounts', '/services'],
  ...['networking.k8s.io/ingresses', 'networking.k8s.io/networkpolicies'],
  ...['autoscaling/horizontalpodautoscalers', 'policy/poddisruptionbudgets'],
  ...['rbac.authorization.k8s.io/rolebindings', 'rbac.authorization.k8s.io/roles'],
];
const CLUSTER_WIDE = [
  ...['/namespaces', '/persistentvolumes', 'networking.k8s.io/ingressclasses'],
  ...['rbac.authorization.k8s.io/clusterrolebindings', 'rbac.authorization.k8s.io/clusterroles'],
  ...['scheduling.k8s.io/priorityclasses', 'storage.k8s.io/storageclasses'],
  'apiextensions.k8s.io/customresourcedefinitions',
];
/** What every account of a cluster may do: ask about itself. */
const ANYONE = [
  'authorization.k8s.io/selfsubjectaccessreviews create',
  'authorization.k8s.io/selfsubjectrulesreviews create',
  'authentication.k8s.io/selfsubjectreviews create',
];
const DELEGATED = ['authentication.k8s.io/tokenreviews create', 'authorization.k8s.io/subjectaccessreviews create'];
/** In the agent's own namespace. */
const OWN = [
  ...['/configmaps create', '/configmaps get', '/configmaps update', '/events create', '/events patch'],
  'coordination.k8s.io/leases create',
  ...['get', 'update'].map((verb) => `coordination.k8s.io/leases ${verb} weaveflux-default`),
  ...['create', 'get', 'list', 'patch', 'watch'].map((verb) => `weaveflux.dev/environments ${verb}`),
  ...['get', 'patch'].map((verb) => `weaveflux.dev/environments/status ${verb}`),
];
const OWN_SECRET = ['/secrets create', '/secrets get flux-git-deploy', '/secrets patch flux-git-deploy'];

/** Of a SelfSubjectRulesReview. */
interface RulesReview {
  readonly incomplete: boolean;
  readonly resourceRules: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

describe('the rights of the agent', () => {
  let cluster: ControlPlane;
  let resources: string[];
  let kubectl: (args: readonly string[], input: string) => Promise<Said>;
  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const program = await findTool('kubectl');
    kubectl = (args, input) => run(program, [`--kubeconfig=${cluster.kubeconfig}`, ...args], input);
    for (const { namespace, overlay } of Object.values(INSTALLED)) {
      await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      const yaml = (await install(overlay, '-n', namespace)).replaceAll('namespace: default', 'namespace: shop');
      await kubectl(['apply', '-f', '-'], yaml);
    }
    await cluster.until('/apis/weaveflux.dev/v1alpha1', 'the CRD to be served', ({ resources: all }) =>
      all.some(({ name }: { name: string }) => name === 'environments/status'),
    );
    resources = await discovered(cluster);
    assert.ok(resources.includes('weaveflux.dev/environments/status') && resources.length > 80);
  });
  after(() => cluster.stop());

  for (const variant of VARIANTS) {
    test(`${variant}: in its own, the environment's and a third namespace, just what is granted`, async () => {
      const { namespace } = INSTALLED[variant];
      const user = `system:serviceaccount:${namespace}:weaveflux`;
      for (const inside of [namespace, 'shop', 'kube-system'])
        assert.deepEqual(await rulesOf(user, inside), granted(variant, inside), inside);
    });
  }

  test('namespaced: every resource that the cluster serves, asked about with every verb, says the same', async () => {
    const { namespace } = INSTALLED.namespaced;
    const user = `system:serviceaccount:${namespace}:weaveflux`;
    for (const inside of [namespace, 'shop'] as const) {
      const unnamed = granted('namespaced', inside).filter((line) => line.split(' ').length === 2);
      assert.deepEqual(await allowedTo(user, inside), unnamed, inside);
    }
  });

  test('no-secrets: by real requests, no Secret is read, listed, watched, made, changed or deleted anywhere', async () => {
    const account = await actAs('no-secrets');
    for (const namespace of [INSTALLED['no-secrets'].namespace, 'shop']) {
      await cluster.apply({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's', namespace },
        stringData: { a: 'b' },
      });
      const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 't' } };
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      const answers = [
        await account('GET', `${path}/s`),
        await account('GET', path),
        await account('GET', `${path}?watch=true&timeoutSeconds=1`),
        await account('POST', path, body),
        await account('PATCH', `${path}/s`, { metadata: { labels: { a: 'b' } } }),
        await account('PUT', `${path}/s`, { ...body, metadata: { name: 's' } }),
        await account('DELETE', `${path}/s`),
        await account('DELETE', path),
      ];
      assert.deepEqual(new Set(answers), new Set([403]));
    }
    assert.equal(await account('GET', '/api/v1/secrets'), 403);
    assert.equal(await account('GET', '/api/v1/namespaces/shop/configmaps'), 200);
  });

  test('namespaced: by real requests, nothing outside of its namespaces', async () => {
    const account = await actAs('namespaced');
    assert.equal(await account('GET', '/api/v1/namespaces/shop/configmaps'), 200);
    for (const path of [
      '/api/v1/namespaces/kube-system/configmaps',
      '/api/v1/configmaps',
      '/api/v1/namespaces',
      '/api/v1/nodes',
    ])
      assert.equal(await account('GET', path), 403, path);
  });

  test('the agent cannot give away what it does not hold, nor make itself an administrator', async () => {
    const account = await actAs('base');
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const role = (rules: object[]) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'more' },
      rules,
    });
    const everything = role([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
    assert.equal(await account('POST', `${rbac}/clusterroles`, everything), 403);
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'more' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'weaveflux', namespace: 'agent-base' }],
    };
    assert.equal(await account('POST', `${rbac}/clusterrolebindings`, binding), 403);
    const own = role([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }]);
    assert.equal(await account('POST', `${rbac}/clusterroles`, own), 201);
  });

  test("people's accounts hold verbs on environments of their namespace and nothing else", async () => {
    const { namespace } = INSTALLED.base;
    const environments = (list: string[]) => list.map((verb) => `weaveflux.dev/environments ${verb}`);
    const held = {
      'weaveflux-viewer': environments(['get', 'watch']),
      'weaveflux-operator': environments(['get', 'plan', 'policy', 'release', 'suspend', 'sync', 'watch']),
    };
    for (const [account, expected] of Object.entries(held)) {
      const user = `system:serviceaccount:${namespace}:${account}`;
      assert.deepEqual(await rulesOf(user, namespace), unique([...expected, ...ANYONE]), account);
      assert.deepEqual(await rulesOf(user, 'shop'), unique(ANYONE), account);
    }
  });

  test("a person with weaveflux-view comes by a viewer's token only, one with weaveflux-operate by both", async () => {
    const { namespace } = INSTALLED.base;
    const tokens = {
      vera: ['weaveflux-viewer'],
      otto: ['weaveflux-viewer', 'weaveflux-operator'],
    };
    for (const [person, role] of [
      ['vera', 'weaveflux-view'],
      ['otto', 'weaveflux-operate'],
    ] as const)
      await cluster.apply({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: person, namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: person }],
      });
    for (const [person, accounts] of Object.entries(tokens)) {
      const environments = person === 'otto' ? ['get', 'list', 'patch', 'watch'] : ['get', 'list', 'watch'];
      const expected = [
        ...accounts.map((account) => `/serviceaccounts/token create ${account}`),
        ...['/pods get', '/pods list', '/pods/portforward create', '/pods/portforward get'],
        'coordination.k8s.io/leases get',
        ...environments.map((verb) => `weaveflux.dev/environments ${verb}`),
      ];
      assert.deepEqual(await rulesOf(person, namespace), unique([...expected, ...ANYONE]), person);
      assert.deepEqual(await rulesOf(person, 'shop'), unique(ANYONE), person);
    }
  });

  /** What the design says that an installation may do in a namespace, or in the whole cluster by way of it. */
  function granted(variant: Variant, inside: string): string[] {
    const manage = (list: readonly string[]) => list.flatMap((resource) => MANAGE.map((verb) => `${resource} ${verb}`));
    const { namespace } = INSTALLED[variant];
    const secrets = variant === 'no-secrets' ? [] : OWN_SECRET;
    const environment = manage(NAMESPACED.filter((resource) => variant !== 'no-secrets' || resource !== '/secrets'));
    const events = ['/events create', '/events patch'];
    const own = inside === namespace ? [...OWN, ...secrets] : [];
    if (variant === 'namespaced')
      return unique([...ANYONE, ...own, ...(inside === 'shop' ? [...environment, ...events] : [])]);
    return unique([...ANYONE, ...DELEGATED, ...own, ...environment, ...events, ...manage(CLUSTER_WIDE)]);
  }

  /** What the API server says that a user may do in a namespace: `group/resource verb [name]`. */
  async function rulesOf(user: string, namespace: string): Promise<string[]> {
    const question = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
    const { out } = await kubectl(
      ['create', '--validate=false', '-f', '-', '-o', 'json', `--as=${user}`],
      JSON.stringify(question),
    );
    const { status } = JSON.parse(out) as { status: RulesReview };
    assert.equal(status.incomplete, false);
    return unique(
      status.resourceRules.flatMap(({ apiGroups = [], resources: names, verbs, resourceNames = [''] }) =>
        apiGroups.flatMap((group) =>
          names.flatMap((resource) =>
            verbs.flatMap((verb) => resourceNames.map((name) => `${group}/${resource} ${verb} ${name}`.trim())),
          ),
        ),
      ),
    );
  }

  /** Asks the API server about every resource and verb. */
  async function allowedTo(user: string, namespace: string): Promise<string[]> {
    const found: string[] = [];
    const questions = resources.flatMap((resource) => VERBS.map((verb) => [resource, verb] as const));
    const workers = Array.from({ length: 16 }, async () => {
      for (let next = questions.pop(); next !== undefined; next = questions.pop()) {
        const [name, verb] = next;
        const [group, resource = '', subresource] = name.split('/');
        const attributes = { namespace, group, resource, verb, ...(subresource === undefined ? {} : { subresource }) };
        if (await review(user, attributes)) found.push(`${name} ${verb}`);
      }
    });
    await Promise.all(workers);
    return found.sort();
  }

  async function review(user: string, resourceAttributes: object): Promise<boolean> {
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${user.split(':')[2]}`, 'system:authenticated'];
    const answer = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, groups, resourceAttributes },
    });
    assert.equal(answer.status, 201, answer.body.message);
    return answer.body.status.allowed;
  }

  /** Real requests with the agent's own token; resolves with the HTTP code. */
  async function actAs(variant: Variant): Promise<(method: string, path: string, body?: object) => Promise<number>> {
    const token = await cluster.tokenFor({ serviceAccount: 'weaveflux', namespace: INSTALLED[variant].namespace });
    const client = createApiClient(cluster.url, cluster.ca, token);
    return async (method, path, body) => (await client.request(method, path, body)).status;
  }
});

/** Every resource and subresource that the cluster serves, `group/resource[/subresource]`. */
async function discovered(cluster: ControlPlane): Promise<string[]> {
  const { groups } = await cluster.get('/apis');
  const versions = groups.flatMap((group: { name: string; versions: { groupVersion: string }[] }) =>
    group.versions.map(({ groupVersion }) => ({ group: group.name, path: `/apis/${groupVersion}` })),
  );
  const found = new Set<string>();
  for (const { group, path } of [{ group: '', path: '/api/v1' }, ...versions])
    for (const { name } of (await cluster.get(path)).resources) found.add(`${group}/${name}`);
  return [...found].sort();
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}
