import type { ImageStatus, ObjectStatus, Status } from '@weaveflux/shared';
import { type AgentState, UNKNOWN_STATE } from '../agent/state.ts';
import { createSourceReader } from '../source/reader.ts';
import type { FileSource } from '../source/types.ts';
import { imageOf, objectOf, statusWith } from './environment.ts';

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

const WEB = 'apps/Deployment/shop/web';

/** What the agent tells of the container `web` of `deployment`. */
export function imageStatus(more: Partial<ImageStatus> = {}): ImageStatus {
  return imageOf(WEB, 'r.io/web:1.4.2', { line: 11, ...more });
}

/** How the agent sees `deployment`. */
export function objectStatus(more: Partial<ObjectStatus> = {}): ObjectStatus {
  return objectOf(WEB, more);
}

/** What is known of a connected agent. */
export function connected(more: {
  readonly objects?: readonly ObjectStatus[];
  readonly images?: readonly ImageStatus[];
  readonly sync?: Partial<Status['sync']>;
  readonly repository?: Partial<Status['repository']>;
}): AgentState {
  const status = statusWith(more.objects ?? [], {
    repository: { url: 'ssh://git@host/repo', branch: 'main', paths: [], ...more.repository },
    sync: { state: 'healthy', counts: {}, problems: [], ignored: 0, ...more.sync },
  });
  return { ...UNKNOWN_STATE, connection: { kind: 'connected' }, status, images: more.images ?? [] };
}
