import { type JsonObject, type Manifest, manifestsOf, type ObjectStatus, parseFile } from '@weaveflux/shared';

/** The manifest in a text. For tests only. */
export function manifestIn(text: string, file = 'web.yaml'): Manifest {
  const [manifest] = manifestsOf(parseFile(file, text)).manifests;
  if (manifest === undefined) throw new Error(`no manifest in ${text}`);
  return manifest;
}

/** An object's status; as healthy as can be, unless told. For tests only. */
export function statusOf(key: string, more: Partial<ObjectStatus> = {}): ObjectStatus {
  const [, kind = '', namespace = '', name = ''] = key.split('/');
  return {
    key,
    name: `${namespace}:${kind.toLowerCase()}/${name}`,
    file: 'web.yaml',
    line: 1,
    action: 'unchanged',
    health: { state: 'healthy', message: '' },
    ...more,
  };
}

/** A live object as the agent gives it: what is set, and what the API server adds to it. For tests only. */
export function liveOf(manifest: Manifest, changed: JsonObject = {}): JsonObject {
  const metadata = manifest.value.metadata as JsonObject;
  return {
    ...manifest.value,
    ...changed,
    metadata: {
      ...metadata,
      uid: '0a1b',
      resourceVersion: '42',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { 'weaveflux.dev/environment': 'default' },
    },
    status: { replicas: 1 },
  };
}
