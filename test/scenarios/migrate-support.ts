import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApiObject, ControlPlane, GitRepository } from '../rig/index.ts';
import { findTool } from '../rig/index.ts';
import type { World } from '../support/world.ts';
import { crd, deployment, documents, service } from './delivery-support.ts';

const MAIN = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url));
const MARK = 'fluxcd.io/sync-gc-mark';

/** What a command of ours or kubectl ended with. */
export interface Ended {
  readonly code: number;
  /** Both streams. */
  readonly out: string;
}

/** Runs `weaveflux migrate --from-flux` on a cluster. */
export function migrate(cluster: ControlPlane, ...args: readonly string[]): Promise<Ended> {
  return run(process.execPath, [MAIN, 'migrate', '--from-flux', `--kubeconfig=${cluster.kubeconfig}`, ...args]);
}

/** Starts the same, for who kills it. */
export function startMigration(cluster: ControlPlane, ...args: readonly string[]) {
  const command = [MAIN, 'migrate', '--from-flux', `--kubeconfig=${cluster.kubeconfig}`, ...args];
  const child = spawn(process.execPath, command, { stdio: 'ignore' });
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), ended: once(child, 'exit') };
}

/** Runs kubectl as the administrator. */
export async function kubectl(cluster: ControlPlane, ...args: readonly string[]): Promise<Ended> {
  return run(await findTool('kubectl'), [`--kubeconfig=${cluster.kubeconfig}`, ...args]);
}

function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, [...args], { maxBuffer: 1e7 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out: stdout + stderr });
    });
  });
}

/** Objects of many kinds, as a team's repository has them. */
export function shopObjects(): ApiObject[] {
  const web = deployment('web', 2);
  const flux = { 'fluxcd.io/automated': 'true', 'fluxcd.io/tag.app': 'semver:~1' };
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
  const subjects = [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
  const pods = { labels: { app: 'db' } };
  const container = { name: 'app', image: 'registry.example/app:1' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    crd('shop.example.com', 'Widget'),
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'shop' }, value: 10 },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'shop-reader' }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'shop-reader' },
      roleRef: { ...roleRef, kind: 'ClusterRole', name: 'shop-reader' },
      subjects,
    },
    ...[
      { ...web, metadata: { ...web.metadata, annotations: flux } },
      deployment('api', 1),
      service('web'),
      service('api'),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'b' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { password: 'not-shown' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web' } },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader' }, rules },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'reader' },
        roleRef,
        subjects,
      },
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'db' },
        spec: {
          serviceName: 'db',
          replicas: 1,
          selector: { matchLabels: pods.labels },
          template: { metadata: pods, spec: { containers: [container] } },
        },
      },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly' },
        // At its hour the controller would write into it.
        spec: {
          schedule: '0 3 * * *',
          suspend: true,
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } },
        },
      },
    ].map(inShop),
  ];
}

/** Gives an object the namespace. */
export function inShop(object: ApiObject): ApiObject {
  return { ...object, metadata: { ...object.metadata, namespace: 'shop' } };
}

/** How Flux names an object. */
export function fluxName({ kind, metadata }: ApiObject): string {
  return `${metadata.namespace ?? '<cluster>'}:${String(kind).toLowerCase()}/${metadata.name}`;
}

/** Marks as fluxd makes them, for a repository on branch `main` with path `deploy`. */
export function markerOf(world: World, repository: GitRepository): (object: ApiObject) => ApiObject {
  const url = repository.url.replace('https://', `https://${world.git.user}@`);
  const set = createHash('sha256').update(`${url}maindeploy`).digest('base64url');
  return (object) => {
    const mark = createHash('sha256')
      .update(set + fluxName(object))
      .digest('base64url');
    return withMark(object, `sha256.${mark}`);
  };
}

/** An object with a mark of whatever origin, and the checksum that fluxd writes beside it. */
export function withMark(object: ApiObject, mark: string): ApiObject {
  const { labels, annotations, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...labels, [MARK]: mark },
      annotations: { ...annotations, 'fluxcd.io/sync-checksum': 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
    },
  };
}

/** The mark of an object as it is. */
export function markOf(object: ApiObject): string {
  return object.metadata.labels[MARK];
}

/** Applies as fluxd does: by kubectl, client-side, everything at once. */
export async function applyAsFlux(world: World, name: string, objects: readonly ApiObject[]): Promise<void> {
  const file = join(world.dir, `${name}.yaml`);
  await writeFile(file, documents(...objects));
  const { code, out } = await kubectl(world.cluster, 'apply', '-f', file);
  if (code !== 0) throw new Error(out);
}

/** A fluxd in namespace `flux` that gets its login from a Secret by environment. */
export function fluxDeployment(repository: GitRepository): ApiObject {
  const labels = { name: 'flux' };
  const url = repository.url.replace('https://', 'https://$(GIT_AUTHUSER):$(GIT_AUTHKEY)@');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'flux', namespace: 'flux' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels },
        spec: {
          volumes: [
            { name: 'git-key', secret: { secretName: 'flux-git-deploy', defaultMode: 0o400, optional: true } },
            { name: 'git-keygen', emptyDir: { medium: 'Memory' } },
          ],
          containers: [
            {
              name: 'flux',
              image: 'docker.io/fluxcd/flux:1.25.4',
              envFrom: [{ secretRef: { name: 'flux-git-auth' } }],
              volumeMounts: [
                { name: 'git-key', mountPath: '/etc/fluxd/ssh', readOnly: true },
                { name: 'git-keygen', mountPath: '/var/fluxd/keygen' },
              ],
              args: [
                '--memcached-service=',
                '--ssh-keygen-dir=/var/fluxd/keygen',
                `--git-url=${url}`,
                '--git-branch=main',
                '--git-path=deploy',
                '--listen-metrics=:3031',
              ],
            },
          ],
        },
      },
    },
  };
}

/** The Secret that the above refers to. */
export function fluxLogin(world: World): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'flux-git-auth', namespace: 'flux' },
    stringData: { GIT_AUTHUSER: world.git.user, GIT_AUTHKEY: world.git.token },
  };
}
