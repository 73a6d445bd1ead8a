import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Status } from '@weaveflux/shared';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

/** One image repository for each row: tags in the order in which they were built, one an hour. */
const ROWS: readonly {
  readonly name: string;
  readonly tags: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly annotations: Readonly<Record<string, string>>;
}[] = [
  row('semver', ['1.0.0', '1.4.0', '1.10.1', '2.0.0'], '1.0.0', '1.10.1', policies({ app: 'semver:~1' })),
  row('glob', ['main-9', 'main-12', 'dev-13'], 'main-9', 'main-12', policies({ app: 'glob:main-*' })),
  row('noprefix', ['main-9', 'main-12', 'dev-13'], 'main-9', 'main-12', policies({ app: 'main-*' })),
  row('regexp', ['r1', 'x2', 'r3'], 'r1', 'r3', policies({ app: 'regexp:^r[0-9]+$' })),
  row('numerical', ['b-100', 'b-9', 'b-20'], 'b-9', 'b-100', policies({ app: 'numerical:^b-(\\d+)$' })),
  row('alphabetical', ['2026-03', '2026-01', '2026-02'], '2026-01', '2026-03', policies({ app: 'alphabetical:' })),
  row('newest', ['zz', 'mm', 'aa'], 'zz', 'aa', policies({ app: 'newest:' })),
  row('filtered', ['v1-amd', 'v3-arm', 'v2-amd'], 'v1-amd', 'v2-amd', {
    ...policies({ app: 'numerical:' }),
    'weaveflux.dev/tag-filter.app': '^v(\\d+)-amd$',
  }),
  row('flux', ['1.0.0', '1.2.0', '3.0.0'], '1.0.0', '1.2.0', {
    'fluxcd.io/automated': 'true',
    'fluxcd.io/tag.app': 'semver:~1',
  }),
  row('legacy', ['master-1', 'master-2', 'other-3'], 'master-1', 'master-2', {
    'flux.weave.works/automated': 'true',
    'flux.weave.works/tag.app': 'glob:master-*',
  }),
  row('filter-flux', ['1.0.0', '1.2.0', '3.0.0'], '1.0.0', '1.2.0', {
    'fluxcd.io/automated': 'true',
    'filter.fluxcd.io/app': 'semver:~1.0 || ~1.2',
  }),
  row('unwritten', ['one', 'two'], 'one', 'two', { 'weaveflux.dev/automated': 'true' }),
];

let images: ImageWorld;
let scene: ImageScene;

before(async () => {
  images = await startImageWorld();
  const { registry } = images;
  await Promise.all([
    ...ROWS.map(({ name, tags }) => registry.pushTags(`team/${name}`, tags.map(dated))),
    registry.pushTags('team/marked', ['1.0.0', '1.5.0'].map(dated)),
    registry.pushTags('team/kinds', ['1', '2'].map(dated)),
  ]);
  // Until all is known nothing is committed; and between two scans there is time for a look.
  const flags = { 'git-readonly': 'true', 'automation-interval': '4s' };
  scene = await images.scene('policies', files(registry.host), flags);
});
after(() => images[Symbol.asyncDispose]());

test('every policy releases what it means, in one commit that says so', async () => {
  const before = files(images.registry.host);
  for (const name of [...ROWS.map((each) => each.name), 'marked', 'stateful'])
    await scene.untilImage('an update to be found', name, ({ state }) => state === 'update');
  await scene.restart({ 'git-readonly': 'false' });
  const commits = async () => (await scene.repository.git(['rev-list', '--count', 'main'])).trim();
  for (const { name, from, to } of ROWS) {
    const after = await scene.untilFile(`${name}.yaml`, `:${to} `);
    assert.equal(after, before[`${name}.yaml`]?.replace(`:${from} `, `:${to} `), 'nothing else changes');
  }
  assert.equal(await commits(), '2', 'what was found together is one commit');
  const [message = ''] = [await scene.repository.git(['log', '-1', '--format=%B', 'main'])];
  assert.match(message, /^Release \d+ images\n\n/);
  const { host } = images.registry;
  assert.ok(
    message.includes(
      `Weaveflux-Change: policies:deployment/semver app ${host}/team/semver 1.0.0 -> 1.10.1 (semver:~1)\n`,
    ),
    message,
  );
  assert.match(await scene.repository.git(['log', '-1', '--format=%an', 'main']), /^Weave Flux$/m);
});

test('a marker is automated by itself, in any field of any kind, and its ImagePolicy needs no CRD', async () => {
  const { host } = images.registry;
  const text = await scene.untilFile('marked.yaml', 'tag: "1.5.0"');
  assert.ok(text.includes(`image: ${host}/team/marked:1.5.0 # {"$imagepolicy": "policies:marked"}`), text);
  assert.ok(text.includes('tag: "1.5.0" # {"$imagepolicy": "policies:marked:tag"}'), text);
  assert.ok(text.includes(`name: ${host}/team/marked # {"$imagepolicy": "policies:marked:name"}`), text);
  const head = await scene.repository.head();
  const isSaid = ({ problems }: Status['sync']) => problems.some(({ file }) => file === undefined);
  const status = await scene.running.until(
    'all to be applied, and a registry to be missed',
    ({ sync }) => sync.appliedRevision === head && isSaid(sync),
    60_000,
  );
  assert.deepEqual(
    status.sync.problems.map(({ file, line, severity }) => ({ file, line, severity })),
    [
      { file: 'astray.yaml', line: 5, severity: 'warning' },
      { file: undefined, line: undefined, severity: 'warning' },
    ],
    'the marker, and the registry that is not there',
  );
  assert.match(status.sync.problems[0]?.message ?? '', /ImagePolicy policies:nowhere .* not in the repository/);
  assert.ok(status.sync.ignored >= 2, 'the policies are counted as passed over');
});

test('every kind of workload and init containers are released; a Job only where it may be made anew', async () => {
  for (const name of ['stateful', 'daemon', 'cron', 'init', 'again'])
    assert.match(await scene.untilFile(`${name}.yaml`, '/kinds:2 '), /kinds:2 /);
  assert.match(await scene.repository.read('once.yaml'), /kinds:1 /);
  assert.equal((await scene.image('once')).automated, false);
});

test('a scan without news asks each image repository once', async () => {
  await scene.untilImage(
    'everything to be released',
    'unwritten',
    ({ tag, state }) => tag === 'two' && state === 'current',
  );
  const { registry } = images;
  const scanned = (await scene.image('unwritten')).scannedAt;
  await scene.untilImage('another scan', 'unwritten', ({ scannedAt }) => scannedAt !== scanned);
  const since = (await scene.image('unwritten')).scannedAt;
  registry.requests.length = 0;
  await scene.untilImage('a scan to begin and end', 'unwritten', ({ scannedAt }) => scannedAt !== since);
  await scene.running.stop();
  const asked = Map.groupBy(registry.requests, ({ path }) => path.split('?')[0] ?? '');
  assert.deepEqual(
    [...asked.keys()].filter((path) => !path.endsWith('/tags/list')),
    [],
  );
  const counts = [...asked.values()].map((requests) => requests.length);
  assert.equal(asked.size, ROWS.length + 2);
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `as often each: ${counts}`);
});

function row(name: string, tags: string[], from: string, to: string, annotations: Record<string, string>) {
  return { name, tags, from, to, annotations };
}

function dated(tag: string, index: number) {
  return { tag, created: new Date(Date.UTC(2026, 0, 1, index)).toISOString() };
}

function files(host: string): Record<string, string> {
  const kinds = `${host}/team/kinds:1`;
  const annotations = policies({ app: 'numerical:' });
  const rows = ROWS.map(({ name, from, annotations: own }) => [
    `${name}.yaml`,
    workload(name, { annotations: own, containers: { app: `${host}/team/${name}:${from}` } }),
  ]);
  return {
    ...Object.fromEntries(rows),
    'stateful.yaml': workload('stateful', { kind: 'StatefulSet', annotations, containers: { app: kinds } }),
    'daemon.yaml': workload('daemon', { kind: 'DaemonSet', annotations, containers: { app: kinds } }),
    'cron.yaml': workload('cron', { kind: 'CronJob', annotations, containers: { app: kinds } }),
    'once.yaml': workload('once', { kind: 'Job', annotations, containers: { app: kinds } }),
    'again.yaml': workload('again', {
      kind: 'Job',
      annotations: { ...annotations, 'weaveflux.dev/recreate': 'true' },
      containers: { app: kinds },
    }),
    'init.yaml': workload('init', {
      annotations: policies({ prepare: 'numerical:' }),
      containers: { side: 'registry.example/side@sha256:'.padEnd(93, '0') },
      initContainers: { prepare: kinds },
    }),
    'marked.yaml': markedText(host),
    'policies.yaml': policyText(host),
    'astray.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: astray }\ndata:\n  image: nginx:1 # {"$imagepolicy": "policies:nowhere"}\n`,
  };
}

function markedText(host: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: marked }
spec:
  replicas: 0
  selector: { matchLabels: { app: marked } }
  template:
    metadata: { labels: { app: marked } }
    spec:
      containers:
        - name: app
          image: ${host}/team/marked:1.0.0 # {"$imagepolicy": "policies:marked"}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: values }
data:
  name: ${host}/team/marked # {"$imagepolicy": "policies:marked:name"}
  tag: "1.0.0" # {"$imagepolicy": "policies:marked:tag"}
`;
}

function policyText(host: string): string {
  return `apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImageRepository
metadata: { name: marked, namespace: policies }
spec: { image: ${host}/team/marked }
---
apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImagePolicy
metadata: { name: marked, namespace: policies }
spec:
  imageRepositoryRef: { name: marked }
  policy: { semver: { range: 1.x } }
`;
}
