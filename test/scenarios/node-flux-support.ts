import { createHash } from 'node:crypto';
import { manifestsOf, parseFile } from '@weaveflux/shared';
import type { ApiObject, Files, RigNode } from '../rig/index.ts';
import type { NodeWorld } from '../support/node-world.ts';
import { documents } from './delivery-support.ts';
import { fluxName, withMark } from './migrate-support.ts';

/** Where fluxd is, and where our agent takes its place. */
export const FLUX = 'flux';
/** The stand-in for fluxd and memcached takes any arguments and answers every request. */
const STAND_IN = ['/app', 'serve'];

/** A repository as a team with Flux v1 has it: YAML and JSON below `deploy`, something else beside it. */
export async function fluxRepository(node: RigNode): Promise<Files> {
  const cart = await node.pushApp('shop/cart', '1.0.0');
  const worker = await node.pushApp('shop/worker', '2.0.0');
  const pinned = await node.pushApp('shop/pinned', '1.0.0');
  const db = await node.pushApp('shop/db', '1.0.0');
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop' },
    data: { currency: 'EUR' },
  };
  return {
    'README.md': '# The shop\n',
    'other/outside.yaml': documents({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'outside' } }),
    'deploy/namespace.yaml': namespaceText(node),
    'deploy/settings.json': `${JSON.stringify(settings, null, 2)}\n`,
    'deploy/cart.yaml': cartText(cart),
    'deploy/worker.yaml': workerText(worker),
    'deploy/pinned.yaml': pinnedText(pinned),
    'deploy/db.yaml': databaseText(db),
  };
}

/** Everything that fluxd applies of it. */
export function deployedObjects(files: Files): ApiObject[] {
  return Object.entries(files)
    .filter(([path]) => path.startsWith('deploy/'))
    .flatMap(([path, text]) => manifestsOf(parseFile(path, String(text))).manifests)
    .map(({ value }) => value);
}

function namespaceText({ registry }: RigNode): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: v1
kind: Secret
metadata: {name: registry, namespace: shop}
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '${registry.dockerConfig()}'
`;
}

function cartText(image: string): string {
  return `# What customers see.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
  annotations:
    fluxcd.io/automated: "true"
    fluxcd.io/tag.app: semver:~1.0   # patches only
spec:
  replicas: 2
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      imagePullSecrets: [{name: registry}]
      containers:
      - name: app
        image: ${image}  # by Flux
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec:
  selector: {app: cart}
  ports: [{port: 80, targetPort: 8080}]
`;
}

function workerText(image: string): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations: {'fluxcd.io/automated': 'true', 'filter.fluxcd.io/app': 'semver:~2.0'}
  name: worker
  namespace: shop
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      imagePullSecrets: [{name: registry}]
      containers: [{image: '${image}', name: app}]
`;
}

function pinnedText(image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: pinned
  namespace: shop
  annotations:
    fluxcd.io/automated: 'true'
    fluxcd.io/locked: 'true'
    fluxcd.io/locked_msg: the next one is broken
spec:
  selector: {matchLabels: {app: pinned}}
  template:
    metadata: {labels: {app: pinned}}
    spec:
      imagePullSecrets:
        - name: registry
      containers:
        - image: "${image}"
          name: app
`;
}

function databaseText(image: string): string {
  return `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: shop
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      imagePullSecrets: [{name: registry}]
      containers: [{name: app, image: "${image}"}]
`;
}

/** Namespace, Secret with a key of ssh-keygen, host keys, fluxd and memcached, as Flux v1's guide has one make them. */
export async function startFlux({ node, repository }: NodeWorld): Promise<void> {
  const key = await node.git.createKey();
  await node.git.allow(key.publicKey);
  await node.kubectl(['create', 'namespace', FLUX]);
  const make = (...words: readonly string[]) => node.kubectl(['-n', FLUX, 'create', ...words]);
  await make('secret', 'generic', 'flux-git-deploy', `--from-file=identity=${key.file}`);
  await make('configmap', 'flux-ssh-config', `--from-file=known_hosts=${node.git.knownHostsFile}`);
  await make('serviceaccount', 'flux');
  await node.kubectl([
    'create',
    'clusterrolebinding',
    'flux',
    '--clusterrole=cluster-admin',
    `--serviceaccount=${FLUX}:flux`,
  ]);
  await node.createPullSecret(FLUX);
  const fluxd = await node.pushApp('fluxcd/flux', '1.25.4');
  const memcached = await node.pushApp('library/memcached', '1.6.8');
  const made = [fluxdDeployment(fluxd, repository.url, node.registry.host), memcachedDeployment(memcached)];
  await node.kubectl(['apply', '-f', '-'], documents(...made));
  for (const name of ['flux', 'memcached'])
    await node.kubectl(['-n', FLUX, 'rollout', 'status', `deployment/${name}`, '--timeout=180s']);
}

function fluxdDeployment(image: string, url: string, registry: string): ApiObject {
  const probe = {
    httpGet: { port: 3030, path: '/api/flux/v6/identity.pub' },
    initialDelaySeconds: 1,
    timeoutSeconds: 5,
  };
  return inFlux('flux', {
    serviceAccountName: 'flux',
    volumes: [
      { name: 'git-key', secret: { secretName: 'flux-git-deploy', defaultMode: 0o400 } },
      { name: 'git-keygen', emptyDir: { medium: 'Memory' } },
      { name: 'ssh-config', configMap: { name: 'flux-ssh-config', defaultMode: 0o400 } },
    ],
    containers: [
      {
        name: 'flux',
        image,
        command: STAND_IN,
        env: [{ name: 'PORT', value: '3030' }],
        ports: [{ containerPort: 3030 }],
        resources: { requests: { cpu: '50m', memory: '64Mi' } },
        livenessProbe: probe,
        readinessProbe: probe,
        volumeMounts: [
          { name: 'git-key', mountPath: '/etc/fluxd/ssh', readOnly: true },
          { name: 'git-keygen', mountPath: '/var/fluxd/keygen' },
          { name: 'ssh-config', mountPath: '/root/.ssh', readOnly: true },
        ],
        args: [
          '--memcached-service=memcached',
          '--ssh-keygen-dir=/var/fluxd/keygen',
          `--git-url=${url}`,
          '--git-branch=main',
          '--git-path=deploy',
          '--git-label=flux',
          '--git-user=Flux of the shop',
          '--git-email=flux@shop.example',
          '--git-poll-interval=2s',
          '--automation-interval=2s',
          '--registry-include-image=*/shop/*',
          `--registry-insecure-host=${registry}`,
          '--sync-garbage-collection',
          '--listen-metrics=:3031',
        ],
      },
    ],
  });
}

function memcachedDeployment(image: string): ApiObject {
  const args = ['-m', '512', '-p', '11211', '-I', '5m'];
  return inFlux('memcached', { containers: [{ name: 'memcached', image, command: STAND_IN, args }] });
}

function inFlux(name: string, spec: Readonly<Record<string, unknown>>): ApiObject {
  const labels = { name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: FLUX },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...spec, imagePullSecrets: [{ name: 'registry' }] } },
    },
  };
}

/** Applies what fluxd applies, with its marks, by kubectl as it does, and waits for the pods. */
export async function applyAsFluxd({ node, repository }: NodeWorld, objects: readonly ApiObject[]): Promise<void> {
  const set = hash(`${repository.url}maindeploy`);
  const marked = objects.map((object) => withMark(object, `sha256.${hash(set + fluxName(object))}`));
  await node.kubectl(['apply', '-f', '-'], documents(...marked));
  for (const name of ['deployment/cart', 'deployment/worker', 'deployment/pinned', 'statefulset/db'])
    await node.kubectl(['-n', 'shop', 'rollout', 'status', name, '--timeout=180s']);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
