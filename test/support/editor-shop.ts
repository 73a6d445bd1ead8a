import type { Files, Workbench } from '../rig/index.ts';
import { openEnvironments } from './editor-scene.ts';
import { type EditorEnvironment, type EditorWorld, startEditorWorld } from './editor-world.ts';
import { buildExtension } from './extension-build.ts';

/** One environment, `shop`, whose working copy is open in a workbench with the extension. */
export interface EditorShop extends AsyncDisposable {
  readonly world: EditorWorld;
  readonly environment: EditorEnvironment;
  readonly workbench: Workbench;
}

/** The tags that its registry has of each image, the one of the files first. */
const TAGS = [
  ['1.4.1', '2026-01-01T00:00:00Z'],
  ['1.4.2', '2026-02-01T00:00:00Z'],
] as const;

/** Starts everything. `images`: names below `shop/` in the registry, whose host `files` is given. */
export async function startEditorShop(
  images: readonly string[],
  files: (registry: string) => Files,
): Promise<EditorShop> {
  await using started = new AsyncDisposableStack();
  const [world, path] = await Promise.all([startEditorWorld(), buildExtension()]);
  started.use(world);
  const { registry } = world;
  for (const name of images)
    for (const [tag, created] of TAGS) await registry.pushImage(`shop/${name}`, { tag, created });
  const environment = await world.environment('shop', {
    'namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n',
    ...files(registry.host),
  });
  const workbench = started.use(
    await openEnvironments(world, [environment], { extension: { kind: 'development', path } }),
  );
  const running = started.move();
  return { world, environment, workbench, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A Deployment with one annotation a line from the seventh on, and its image in the last line. */
export function shopDeployment(name: string, image: string, ...annotations: readonly string[]): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
  annotations:
${annotations.map((line) => `    ${line}\n`).join('')}spec:
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: ${name}
          image: ${image}
`;
}
