import type { ImageStatus, ObjectStatus, Status } from '@weaveflux/shared';
import type { AgentState } from 'weaveflux-vscode/src/model/agent/state.ts';

export const IMAGES = 200;
/** Objects that the agent keeps besides those of the file. */
const OTHERS = 1800;
const FILE = 'shop/all.yaml';
/** An image in the middle of the file, with its tag. */
export const LARGE_TAG = 'service-100:1.4.100';

/** A file of 5,000 lines with 200 Deployments of one image each: as documents, or as one List. */
export function editorFile(shape: 'documents' | 'list'): { readonly path: string; readonly text: string } {
  const documents = Array.from({ length: IMAGES }, (_, index) => deployment(index));
  if (shape === 'documents') return { path: FILE, text: documents.join('---\n') };
  const items = documents.map((text) => `  - ${text.trimEnd().replaceAll('\n', '\n    ')}\n`);
  return { path: FILE, text: `apiVersion: v1\nkind: List\nitems:\n${items.join('')}` };
}

/** What an agent with 2,000 objects tells, each file but the first with one of them, and of each image of the file that something newer is there. */
export function editorState(): AgentState {
  const objects = Array.from({ length: IMAGES + OTHERS }, (_, index) => objectStatus(index));
  const status: Status = {
    environment: 'default',
    namespace: 'weaveflux',
    version: '1',
    startedAt: '2030-01-01T00:00:00Z',
    ready: true,
    readOnly: false,
    repository: { url: 'ssh://git@git.example.com/environment.git', branch: 'main', paths: [] },
    sync: { state: 'healthy', revision: '0123456789abcdef', counts: {}, problems: [], ignored: 0 },
    suspensions: [],
    objects,
  };
  const images = Array.from({ length: IMAGES }, (_, index) => imageStatus(index));
  return { connection: { kind: 'connected' }, status, images, events: [], rights: { kind: 'allowed' } };
}

/** 25 lines, as people write them; with one image. */
export function deployment(index: number): string {
  const name = `service-${String(index).padStart(3, '0')}`;
  return `# one of many
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
  annotations:
    weaveflux.dev/automated: "true"
    weaveflux.dev/tag.app: semver:~1.4
spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: app
          image: registry.example.com/shop/${name}:1.4.${index} # the agent writes here
          ports:
            - name: http
              containerPort: 8080
`;
}

function objectStatus(index: number): ObjectStatus {
  const name = `service-${String(index).padStart(3, '0')}`;
  return {
    key: `apps/Deployment/shop/${name}`,
    name: `shop:deployment/${name}`,
    file: index < IMAGES ? FILE : `shop/${name}.yaml`,
    line: 1,
    action: 'unchanged',
    health: { state: 'healthy', message: '', ready: 2, desired: 2 },
    images: { app: `registry.example.com/shop/${name}:1.4.${index}` },
  };
}

function imageStatus(index: number): ImageStatus {
  const { key, name } = objectStatus(index);
  const repository = `registry.example.com/shop/service-${String(index).padStart(3, '0')}`;
  return {
    object: key,
    name,
    container: 'app',
    file: FILE,
    line: 1,
    image: `${repository}:1.4.${index}`,
    repository,
    tag: `1.4.${index}`,
    automated: true,
    policy: 'semver:~1.4',
    state: 'update',
    chosen: { tag: '1.4.999' },
    reason: '1.4.999 is the newest that semver:~1.4 admits.',
    held: [],
    available: Array.from({ length: 10 }, (_, at) => ({ tag: `1.4.${999 - at}`, created: '2030-01-01T00:00:00Z' })),
  };
}
