import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Manifest, manifestsOf, objectKey, parseFile } from '@weaveflux/shared';
import { driftSides } from 'weaveflux-vscode/src/model/diff/drift-sides.ts';
import { objectSides } from 'weaveflux-vscode/src/model/diff/object-sides.ts';
import { planSides, shownObjects } from 'weaveflux-vscode/src/model/diff/plan-entries.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Scene, startScene } from './delivery-support.ts';

const SECRET = 'not-for-everyone';

/** As people write it: short forms, values that are defaults, quantities that Kubernetes spells otherwise. */
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  creationTimestamp: null
  annotations:
    weaveflux.dev/drift: report
    example.com/version: "1.0"
spec:
  replicas: 2
  paused: false
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      hostNetwork: false
      nodeSelector: {}
      imagePullSecrets: []
      tolerations:
        - key: dedicated
          operator: Exists
      containers:
        - name: proxy
          image: registry.example/proxy:1
        - name: web
          image: registry.example/web:1.4.2
          args: ["--listen", ":8080"]
          env:
            - name: EMPTY
              value: ""
            - name: NODE
              valueFrom:
                fieldRef: { fieldPath: spec.nodeName }
          ports:
            - containerPort: 8080
            - containerPort: 8080
              protocol: UDP
          resources:
            requests: { cpu: 1000m, memory: 0.5Gi }
            limits: { cpu: "2", memory: 1024Mi }
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: tmp
          emptyDir: { sizeLimit: 1024Mi }
status: {}
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - { name: http, port: 80, targetPort: 8080 }
    - { name: dns, port: 53, protocol: UDP }
`;
const LOGIN = `apiVersion: v1
kind: Secret
metadata: { name: login, annotations: { weaveflux.dev/drift: report } }
stringData:
  password: ${SECRET}
  user: ann
`;
const LONG = 'x'.repeat(400);
const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: { name: config }
data:
  page: ${LONG}1
`;

let world: World;
let scene: Scene;
before(async () => {
  world = await startWorld({});
  const files = { 'web.yaml': `${WEB}---\n${SERVICE}`, 'login.yaml': LOGIN, 'config.yaml': CONFIG };
  scene = await startScene(world, 'diffs', files);
  await scene.delivered(await scene.repository.head());
});
after(async () => {
  await scene?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

/** The manifest as the working copy has it. */
function manifestIn(text: string): Manifest {
  const [manifest] = manifestsOf(parseFile('a.yaml', text)).manifests;
  assert.ok(manifest);
  return manifest;
}

/** What the diff with the cluster shows of a manifest. */
async function diff(text: string, delivered?: string) {
  const manifest = manifestIn(text);
  const { agent, namespace } = scene;
  const key = objectKey({ ...manifest.id, namespace });
  const { objects } = await agent.api.status();
  const status = objects.find((object) => object.key === key);
  const detail = status === undefined ? undefined : await agent.api.object(key);
  const before = delivered === undefined ? undefined : manifestIn(delivered).value;
  return objectSides({ manifest, name: key, detail, status, delivered: before });
}

/** The lines that only one side has. */
function differing({ left, right }: { left: string; right: string }): { left: string[]; right: string[] } {
  const only = (these: string, those: string) => {
    const others = new Set(those.split('\n'));
    return these
      .split('\n')
      .filter((line) => !others.has(line))
      .map((line) => line.trim());
  };
  return { left: only(left, right), right: only(right, left) };
}

test('right after a sync nothing differs, however the manifest is written', async () => {
  for (const text of [WEB, SERVICE, CONFIG]) {
    const { left, right } = await diff(text);
    assert.equal(left, right);
  }
  const { left, right } = await diff(LOGIN, LOGIN);
  assert.equal(left, right);
  assert.match(left, /password: "<masked: equal>"/);
});

test('what the working copy changes, adds and removes differs, and nothing else', async () => {
  const changed = WEB.replace('web:1.4.2', 'web:1.5.0')
    .replace('            - name: EMPTY\n              value: ""\n', '')
    .replace('hostNetwork: false', 'hostNetwork: false\n      priorityClassName: high');
  assert.deepEqual(differing(await diff(changed)), {
    left: ['image: registry.example/web:1.4.2', '- name: EMPTY', 'value: ""'],
    right: ['priorityClassName: high', 'image: registry.example/web:1.5.0'],
  });
});

test('what somebody scales by hand is the one difference, told with who and when', async () => {
  const { agent, path } = scene;
  await world.cluster.patch(path('deployments/web', 'apps/v1'), { spec: { replicas: 5 } }, 'kubectl-scale');
  const drifted = await agent.until('the drift of web', ({ objects }) =>
    objects.some(({ name, drift }) => name === 'diffs:deployment/web' && drift !== undefined),
  );
  assert.deepEqual(differing(await diff(WEB)), { left: ['replicas: 5'], right: ['replicas: 2'] });
  const status = drifted.objects.find(({ name }) => name === 'diffs:deployment/web');
  const sides = differing(driftSides('web', status));
  assert.match(sides.left.join('\n'), /^replicas: 5 # by kubectl-scale at \d{4}-\d\d-\d\dT[\d:]+Z$/);
  assert.deepEqual(sides.right, ['replicas: 2']);
});

test("a Secret's value is seen nowhere, and still told equal from different", async () => {
  const edited = LOGIN.replace(SECRET, `${SECRET}-edited`);
  const byEdit = await diff(edited, LOGIN);
  assert.deepEqual(differing(byEdit), {
    left: ['password: "<masked: differs> in the cluster"'],
    right: ['password: "<masked: differs> in the working copy"'],
  });
  const login = scene.path('secrets/login');
  const changed = Buffer.from(`${SECRET}-by-hand`).toString('base64');
  await world.cluster.patch(login, { data: { password: changed } }, 'kubectl-edit');
  const drifted = await scene.agent.until('the drift of login', ({ objects }) =>
    objects.some(({ name, drift }) => name === 'diffs:secret/login' && drift !== undefined),
  );
  const byHand = await diff(LOGIN, LOGIN);
  assert.deepEqual(differing(byHand).left, ['password: "<masked: differs> in the cluster"']);
  const status = drifted.objects.find(({ name }) => name === 'diffs:secret/login');
  const drift = driftSides('login', status);
  const plan = await scene.agent.api.plan({
    documents: { 'login.yaml': edited, 'new.yaml': edited.replace('login', 'new') },
  });
  const planned = shownObjects(plan).map((object) => planSides(object, { manifest: manifestIn(edited) }));
  assert.ok(planned.length >= 2);
  const shown = JSON.stringify([byEdit, byHand, drift, planned]);
  for (const value of [SECRET, Buffer.from(SECRET).toString('base64').slice(0, 12), changed])
    assert.ok(!shown.includes(value), value);
});

test('a plan of the working copy shows the whole of a long value, what is created, and what is deleted', async () => {
  const { api } = scene.agent;
  const config = CONFIG.replace(`${LONG}1`, `${LONG}2`);
  const plan = await api.plan({
    documents: {
      'config.yaml': config,
      'web.yaml': WEB,
      'login.yaml': LOGIN,
      'x.yaml': CONFIG.replace('config', 'new'),
    },
  });
  const sides = async (name: string) => {
    const object = shownObjects(plan).find((each) => each.name === `diffs:${name}`);
    assert.ok(object, name);
    const { live } = await api.object(object.key).catch(() => ({ live: undefined }));
    return planSides(object, { manifest: manifestIn(config), live });
  };
  const changed = await sides('configmap/config');
  assert.ok(changed);
  assert.deepEqual(differing(changed), { left: [`page: ${LONG}1`], right: [`page: ${LONG}2`] });
  assert.equal((await sides('configmap/new'))?.left, '');
  assert.equal((await sides('service/web'))?.right, '');
});

test('what the agent does not know is told to be new', async () => {
  const { left } = await diff(CONFIG.replace('config', 'unknown'));
  assert.match(left, /is new in the working copy/);
});
