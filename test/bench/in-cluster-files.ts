import type { Files, RigNode } from '../rig/index.ts';
import { toYaml } from './objects.ts';

/** Services whose pods really run, in one namespace. */
export const SERVICES = 20;
export const SHOP = 'store';

/** An environment of services with a Deployment and a Service each, what they are pulled with, and policies. */
export async function shopFiles(node: RigNode): Promise<Files> {
  const names = Array.from({ length: SERVICES }, (_, index) => serviceName(index));
  const images: string[] = [];
  for (const name of names) images.push(await node.pushApp(`shop/${name}`, '1.0.0'));
  return {
    'store/namespace.yaml': toYaml({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: SHOP } }),
    'store/registry.yaml': toYaml({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'registry', namespace: SHOP },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': node.registry.dockerConfig() },
    }),
    ...Object.fromEntries(
      names.map((name, index) => [
        `store/${name}.yaml`,
        [deploymentOf(name, images[index] ?? ''), serviceOf(name)].map((object) => toYaml(object)).join('---\n'),
      ]),
    ),
  };
}

/** `cart-07`. */
export function serviceName(index: number): string {
  return `cart-${String(index).padStart(2, '0')}`;
}

function deploymentOf(name: string, image: string): unknown {
  const labels = { app: name };
  const annotations = { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'semver:1.x' };
  const readinessProbe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: SHOP, annotations },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          imagePullSecrets: [{ name: 'registry' }],
          automountServiceAccountToken: false,
          containers: [{ name: 'app', image, ports: [{ containerPort: 8080 }], readinessProbe }],
        },
      },
    },
  };
}

function serviceOf(name: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: SHOP },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}
