import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerAt, workloadAt, workloadsIn, workloadsNamed } from './file-workloads.ts';

const TEXT = `# the shop
apiVersion: v1
kind: Service
metadata: {name: web}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: r.io/web:1
          args:
            - --fast
        - name: side
          image: r.io/side:7
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
        - image: r.io/db:3
          name: db
`;

const { workloads } = workloadsIn('shop.yaml', TEXT);

const lines: { name: string; line: number; workload?: string; container?: string }[] = [
  { name: 'before the first workload there is none', line: 2 },
  { name: 'the first key of a workload', line: 6, workload: 'deployment/web' },
  { name: 'the line of an image', line: 15, workload: 'deployment/web', container: 'web' },
  { name: 'another line of its container', line: 17, workload: 'deployment/web', container: 'web' },
  { name: 'the next container', line: 18, workload: 'deployment/web', container: 'side' },
  { name: 'the line between belongs to the one before', line: 20, workload: 'deployment/web' },
  { name: 'a container whose image stands first', line: 31, workload: 'shop:statefulset/web', container: 'db' },
];

for (const { name, line, workload, container } of lines) {
  test(`cursor: ${name}`, () => {
    const found = workloadAt(workloads, line);
    assert.equal(found?.workload.name, workload);
    assert.equal(found === undefined ? undefined : containerAt(found, line), container);
  });
}

const names: { name: string; text: string; found: string[] }[] = [
  { name: 'a key as the file has it', text: 'apps/Deployment//web', found: ['deployment/web'] },
  { name: 'a key whose namespace the file leaves open', text: 'apps/Deployment/shop/web', found: ['deployment/web'] },
  { name: 'a name with a namespace', text: 'shop:statefulset/web', found: ['shop:statefulset/web'] },
  { name: 'such a name where the file leaves it open', text: 'shop:deployment/web', found: ['deployment/web'] },
  { name: 'a suffix that may mean several', text: 'web', found: ['deployment/web', 'shop:statefulset/web'] },
  { name: 'another namespace', text: 'apps/StatefulSet/other/web', found: [] },
  { name: 'what is no workload', text: '/Service//web', found: [] },
];

for (const { name, text, found } of names) {
  test(`name: ${name}`, () => {
    assert.deepEqual(
      workloadsNamed(workloads, text).map(({ workload }) => workload.name),
      found,
    );
  });
}

test('a file that cannot be read has no workloads and says why', () => {
  const broken = workloadsIn('chart.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ .Values.metadata }}\n');
  assert.deepEqual(broken.workloads, []);
  assert.match(broken.problem?.message ?? '', /template expression/);
});

test('images of a kustomization, a service of Compose and a file with markers are workloads where they stand', () => {
  const service = 'services:\n  db: {image: "r.io/db:1"}\n  cart:\n    image: r.io/cart:1\n    x-weaveflux: {}\n';
  const [cart] = workloadsIn('compose.yaml', service).workloads;
  assert.equal(cart?.workload.name, 'service:compose.yaml/cart');
  assert.deepEqual(cart.lines, { first: 4, last: 5 });
  const kustomization = workloadsIn('prod/kustomization.yaml', 'images:\n- name: r.io/cart\n  newTag: v1\n');
  const [place] = workloadsNamed(kustomization.workloads, 'files.weaveflux.dev/Kustomization//prod/kustomization.yaml');
  assert.deepEqual(place?.containers, new Map([['cart', { first: 2, last: 3 }]]));
  const marked = workloadsIn('values.yaml', 'tag: v1 # {"$imagepolicy": "flux:gone:tag"}\n');
  assert.deepEqual([marked.workloads, marked.needsPolicies], [[], true]);
});
