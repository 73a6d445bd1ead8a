import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from '@weaveflux/shared';
import { APPLICATION_KINDS, type KindRow } from '../install/kinds.ts';
import { installObjects } from '../install/manifest.ts';
import { printTree } from '../install/print.ts';
import { manageRules } from '../install/rules.ts';
import { plainStyle } from '../install/styles.ts';
import type { Fields } from '../install/tree.ts';
import { clusterName, type InstallOptions } from '../install/values.ts';
import type { Marked } from './marked.ts';
import { KEY_FOLDER, type PodParts } from './pod.ts';

/** What our manifests are made from. */
export interface Successor {
  readonly install: InstallOptions;
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly parts: PodParts;
  /** Kinds that fluxd delivered and the shipped ClusterRole does not name. */
  readonly moreKinds: readonly KindRow[];
  /** False where fluxd's own namespace is used: it is there, and others live in it. */
  readonly ownNamespace: boolean;
}

/**
 * The objects that take fluxd's place: those of an installation, with fluxd's flags, Secret and mounts, and rights for the
 * kinds that it delivered: fluxd had all rights.
 */
export function successorObjects({ install, flags, parts, moreKinds, ownNamespace }: Successor): JsonObject[] {
  const mountPath = flags.get('k8s-secret-volume-mount-path')?.at(-1) ?? KEY_FOLDER;
  return installObjects(install)
    .filter(({ kind }) => ownNamespace || kind !== 'Namespace')
    .map((object) => (mountPath === KEY_FOLDER ? object : (replaced(object, KEY_FOLDER, mountPath) as JsonObject)))
    .map((object) => (object.kind === 'Deployment' ? withParts(object, flags, parts) : object))
    .map((object) => (isShippedRole(object, install) ? withRules(object, moreKinds) : object));
}

/** The kinds of these that the shipped ClusterRole does not name, each once. */
export function kindsBeyond(objects: readonly Marked[]): readonly KindRow[] {
  const shipped = new Set(APPLICATION_KINDS.map(({ group, kind }) => `${group}/${kind}`));
  const more = new Map<string, KindRow>();
  for (const { id, kind } of objects) {
    const key = `${id.group}/${id.kind}`;
    const { plural, namespaced } = kind;
    if (!shipped.has(key)) more.set(key, { group: id.group, kind: id.kind, plural, namespaced });
  }
  return [...more.values()];
}

function isShippedRole({ kind, metadata }: JsonObject, install: InstallOptions): boolean {
  return kind === 'ClusterRole' && stringAt(metadata, ['name']) === clusterName(install.namespace);
}

function withRules(role: JsonObject, kinds: readonly KindRow[]): JsonObject {
  if (kinds.length === 0) return role;
  const rules = manageRules(kinds).map(({ apiGroups, resources, verbs }) => ({
    apiGroups: [...(apiGroups ?? [])],
    resources: [...(resources ?? [])],
    verbs: [...verbs],
  }));
  return { ...role, rules: [...listAt(role, ['rules']), ...rules] };
}

/** Objects as one YAML file below some lines of comment. */
export function printObjects(objects: readonly JsonObject[], head: readonly string[], install: InstallOptions): string {
  const style = plainStyle(install);
  const lines = objects.flatMap((object) => ['---', ...printTree(object as Fields, style)]);
  return `${[...head.map((line) => `# ${line}`.trimEnd()), ...lines].join('\n')}\n`;
}

/** Values that are exactly this text; no part of a longer one. */
function replaced(value: Json, text: string, by: string): Json {
  if (value === text) return by;
  if (Array.isArray(value)) return value.map((item) => replaced(item, text, by));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]) => [key, inside === undefined ? inside : replaced(inside, text, by)]),
  );
}

function withParts(deployment: JsonObject, flags: Successor['flags'], parts: PodParts): JsonObject {
  const spec = objectAt(deployment, ['spec']);
  const template = objectAt(spec, ['template']);
  const pod = objectAt(template, ['spec']);
  const [container, ...others] = listAt(pod, ['containers']);
  const first = objectAt(container, []);
  const extended = {
    ...first,
    args: mergeArgs(listAt(first, ['args']).map(String), flags),
    ...joined('env', first, parts.env),
    ...joined('envFrom', first, parts.envFrom),
    ...joined('volumeMounts', first, parts.mounts),
  };
  const podSpec = { ...pod, containers: [extended, ...others], ...joined('volumes', pod, parts.volumes) };
  return { ...deployment, spec: { ...spec, template: { ...template, spec: podSpec } } };
}

/** What is added goes first: names in the environment that ours sets too are ours. */
function joined(key: string, object: JsonObject, added: readonly Json[]): JsonObject {
  if (added.length === 0) return {};
  const own = listAt(object, [key]);
  const taken = new Set(own.flatMap((item) => (key === 'envFrom' ? [] : (stringAt(item, ['name']) ?? []))));
  return { [key]: [...own, ...added.filter((item) => !taken.has(stringAt(item, ['name']) ?? ''))] };
}

/** The installation's own flags stay where fluxd has no such flag. */
function mergeArgs(own: readonly string[], flags: Successor['flags']): string[] {
  const kept = own.filter((word) => !flags.has(/^--([^=]+)/.exec(word)?.[1] ?? ''));
  return [...kept, ...[...flags].flatMap(([name, texts]) => texts.map((text) => `--${name}=${text}`))];
}
