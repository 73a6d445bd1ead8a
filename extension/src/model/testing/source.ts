import type { ImageStatus, ObjectStatus, Status } from '@weaveflux/shared';
import { type AgentState, UNKNOWN_STATE } from '../agent/state.ts';
import { createSourceReader } from '../source/reader.ts';
import type { FileSource } from '../source/types.ts';

/** Texts that are opened one after the other under one path, as the reader has them at the end. */
export function sourceOf(path: string, ...texts: readonly string[]): FileSource {
  const reader = createSourceReader();
  let source = reader.read(path, texts[0] ?? '');
  for (const text of texts.slice(1)) source = reader.read(path, text);
  return source;
}

/** A Deployment `shop:deployment/web` whose container `web` is at 1.4.2; annotations are lines without indentation. */
export function deployment(annotations: readonly string[] = [], image = 'r.io/web:1.4.2'): string {
  const written = annotations.length === 0 ? '' : `  annotations:\n${annotations.map((it) => `    ${it}\n`).join('')}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
${written}spec:
  template:
    spec:
      containers:
        - name: web
          image: ${image}
`;
}

/** What the agent tells of the container `web` of `deployment`. */
export function imageStatus(more: Partial<ImageStatus> = {}): ImageStatus {
  return {
    object: 'apps/Deployment/shop/web',
    name: 'shop:deployment/web',
    container: 'web',
    file: 'web.yaml',
    line: 11,
    image: 'r.io/web:1.4.2',
    repository: 'r.io/web',
    tag: '1.4.2',
    automated: true,
    state: 'current',
    reason: 'It has the newest tag.',
    held: [],
    available: [],
    ...more,
  };
}

/** How the agent sees `deployment`. */
export function objectStatus(more: Partial<ObjectStatus> = {}): ObjectStatus {
  return {
    key: 'apps/Deployment/shop/web',
    name: 'shop:deployment/web',
    file: 'web.yaml',
    line: 1,
    action: 'unchanged',
    health: { state: 'healthy', message: '' },
    ...more,
  };
}

/** What is known of a connected agent. */
export function connected(more: {
  readonly objects?: readonly ObjectStatus[];
  readonly images?: readonly ImageStatus[];
  readonly sync?: Partial<Status['sync']>;
  readonly repository?: Partial<Status['repository']>;
}): AgentState {
  const status: Status = {
    environment: 'default',
    namespace: 'weaveflux',
    version: '1',
    startedAt: '2030-01-01T00:00:00Z',
    ready: true,
    readOnly: false,
    repository: { url: 'ssh://git@host/repo', branch: 'main', paths: [], ...more.repository },
    sync: { state: 'healthy', counts: {}, problems: [], ignored: 0, ...more.sync },
    suspensions: [],
    objects: [...(more.objects ?? [])],
  };
  return { ...UNKNOWN_STATE, connection: { kind: 'connected' }, status, images: more.images ?? [] };
}
