import { type JsonObject, objectAt } from '@weaveflux/shared';
import { DOCUMENTS, type Document, isThere } from './documents.ts';
import { installObjects, printDocument } from './manifest.ts';
import { identity, operations } from './patches.ts';
import { printTree } from './print.ts';
import { plainStyle } from './styles.ts';
import type { Fields, Tree } from './tree.ts';
import { defaultOptions, type InstallOptions, OVERLAY_NAMES, type Overlay } from './values.ts';

/** A text by its path. */
export type Files = ReadonlyMap<string, string>;

const MADE = '# Made by `npm run deploy` from agent/src/install.';

/** `kustomize/`: the base, which is the one file in parts, and an overlay for each variant. */
export function kustomizeFiles(version: string): Files {
  const base = defaultOptions(version);
  const files = new Map<string, string>();
  write(
    files,
    'base',
    base,
    DOCUMENTS.filter((document) => isThere(document, base)),
    [],
  );
  for (const overlay of OVERLAY_NAMES) writeOverlay(files, overlay, base);
  return files;
}

function writeOverlay(files: Map<string, string>, overlay: Overlay, base: InstallOptions): void {
  const options = { ...base, overlays: new Set([overlay]) };
  const added = DOCUMENTS.filter((document) => isThere(document, options) && !isThere(document, base));
  write(files, `overlays/${overlay}`, options, added, patchesOf(base, options), ['../../base']);
  if (overlay !== 'namespaced') return;
  const delegator = DOCUMENTS.filter(({ file }) => file === 'auth-delegator');
  const text = delegator.flatMap((document) => printDocument(document, base));
  const heading = ["# Optional: lets people in by the agent's API. An administrator of the cluster applies it once."];
  files.set(`overlays/${overlay}/auth-delegator.yaml`, `${[MADE, ...heading, ...text].join('\n')}\n`);
}

function write(
  files: Map<string, string>,
  folder: string,
  options: InstallOptions,
  documents: readonly Document[],
  patches: readonly Fields[],
  resources: readonly string[] = [],
): void {
  const byFile = Map.groupBy(documents, (document) => document.file);
  for (const [name, inside] of byFile) {
    const lines = inside.flatMap((document) => printDocument(document, options));
    files.set(`${folder}/${name}.yaml`, `${[MADE, ...lines].join('\n')}\n`);
  }
  const kustomization: Fields = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...resources, ...[...byFile.keys()].map((name) => `${name}.yaml`)],
    ...(patches.length === 0 ? {} : { patches: [...patches] }),
  };
  files.set(`${folder}/kustomization.yaml`, text(kustomization, options));
}

/** What an installation changes and takes away of the base. */
function patchesOf(base: InstallOptions, options: InstallOptions): Fields[] {
  const wanted = new Map(installObjects(options).map((object) => [identity(object), object]));
  return installObjects(base).flatMap((object): Fields[] => {
    const other = wanted.get(identity(object));
    if (other === undefined) return [{ patch: removal(object) }];
    const changes = operations(object, other);
    if (changes.length === 0) return [];
    const [group, version] = String(object.apiVersion).split('/');
    const place = version === undefined ? { version: group ?? '' } : { group: group ?? '', version };
    const target = { ...place, kind: String(object.kind), name: nameOf(object) };
    const patch = changes.flatMap((change) =>
      printTree({ list: [change as unknown as Fields] }, plainStyle(options)).slice(1),
    );
    return [{ target, patch: patch.map((line) => line.slice(2)).join('\n') }];
  });
}

function removal(object: JsonObject): string {
  const { name, namespace } = objectAt(object, ['metadata']);
  const metadata =
    namespace === undefined ? { name: String(name) } : { name: String(name), namespace: String(namespace) };
  const tree: Readonly<Record<string, Tree>> = {
    $patch: 'delete',
    apiVersion: String(object.apiVersion),
    kind: String(object.kind),
    metadata,
  };
  return printTree(tree, plainStyle(defaultOptions(''))).join('\n');
}

function nameOf(object: JsonObject): string {
  return String(objectAt(object, ['metadata']).name);
}

function text(tree: Fields, options: InstallOptions): string {
  return `${[MADE, ...printTree(tree, plainStyle(options))].join('\n')}\n`;
}
