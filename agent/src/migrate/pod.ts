import { type Json, type JsonObject, stringAt } from '@weaveflux/shared';
import { splitList } from '../config/values.ts';
import type { FlagChange } from './flags.ts';
import type { Fluxd, Mount, Volume } from './fluxd.ts';
import { referencesOf } from './variables.ts';

/** What of fluxd's pod comes along: parts of a pod template, and flags that point into them. */
export interface PodParts {
  readonly volumes: readonly Json[];
  readonly mounts: readonly Json[];
  readonly env: readonly Json[];
  readonly envFrom: readonly Json[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly changes: readonly FlagChange[];
  /** Secrets and ConfigMaps of fluxd's namespace that the new pod uses, `Secret name`. */
  readonly uses: readonly string[];
  /** One sentence about each part that stays behind. */
  readonly leftOut: readonly string[];
}

/** What only the cluster tells about a fluxd; all optional. */
export interface PodFacts {
  /** Keys of the ConfigMaps that are mounted, by name. */
  readonly configMapKeys: ReadonlyMap<string, readonly string[]>;
  /** The namespace of the kubeconfig that fluxd is given; `undefined` where it has none or it cannot be read. */
  readonly kubeconfigNamespace: string | undefined;
}

/** Where the Secret with the key is mounted, of fluxd's and of ours, unless a flag says otherwise. */
export const KEY_FOLDER = '/etc/fluxd/ssh';
const KNOWN_HOSTS_FOLDER = '/etc/weaveflux/known-hosts';
const GPG_FOLDER = '/etc/weaveflux/gpg';
const PASSED_ON = /^(https?|all|no)_proxy$/i;
/** Where fluxd's images have what we bring ourselves or do not use. */
const KEYGEN = /^\/var\/fluxd\/keygen\/?$/;

interface Draft {
  volumes: Json[];
  mounts: Json[];
  flags: Map<string, readonly string[]>;
  changes: FlagChange[];
  uses: Set<string>;
  leftOut: string[];
}

/** Sorts out fluxd's volumes and environment. `flags` are fluxd's as ours. */
export function podParts(fluxd: Fluxd, flags: ReadonlyMap<string, readonly string[]>, facts: PodFacts): PodParts {
  const draft: Draft = { volumes: [], mounts: [], flags: new Map(), changes: [], uses: new Set(), leftOut: [] };
  for (const mount of fluxd.mounts) {
    const volume = fluxd.volumes.find(({ name }) => name === mount.name);
    if (volume !== undefined) sortMount(draft, fluxd, flags, facts, mount, volume);
  }
  const { env, envFrom } = variables(draft, fluxd, flags);
  draft.uses.add(`Secret ${draft.flags.get('k8s-secret-name')?.[0] ?? secretName(flags)}`);
  for (const sidecar of fluxd.sidecars)
    draft.leftOut.push(`The container ${sidecar} beside fluxd is not taken along: see what it is for.`);
  if (fluxd.imagePullSecrets.length > 0)
    draft.leftOut.push(
      `fluxd's image is pulled with the Secret ${fluxd.imagePullSecrets.join(', ')}; where ours needs one, name it with --image-pull-secret.`,
    );
  const { uses, ...rest } = draft;
  return { ...rest, env, envFrom, uses: [...uses] };
}

/** The Secret with the key, as the flags name it. */
export function secretName(flags: ReadonlyMap<string, readonly string[]>): string {
  return flags.get('k8s-secret-name')?.at(-1) ?? 'flux-git-deploy';
}

function sortMount(
  draft: Draft,
  fluxd: Fluxd,
  flags: ReadonlyMap<string, readonly string[]>,
  facts: PodFacts,
  mount: Mount,
  volume: Volume,
): void {
  const path = mount.mountPath.replace(/\/+$/, '');
  if (KEYGEN.test(path)) return;
  if (path === (flags.get('k8s-secret-volume-mount-path')?.at(-1) ?? KEY_FOLDER).replace(/\/+$/, ''))
    gitKey(draft, flags, volume);
  else if (/(^|\/)\.ssh(\/known_hosts)?$|\/ssh_known_hosts$/.test(path)) knownHosts(draft, facts, mount, volume);
  else if (named(flags, 'docker-config').some((file) => isBelow(file, path))) carry(draft, mount, volume);
  else if (named(flags, 'git-gpg-key-import').some((file) => isBelow(file, path))) gpgKeys(draft, flags, path, volume);
  else if (isKubeconfig(fluxd, path)) kubeconfig(draft, flags, facts);
  else draft.leftOut.push(`The volume ${volume.name} at ${path} is not taken along: the agent does not use it.`);
}

function named(flags: ReadonlyMap<string, readonly string[]>, flag: string): string[] {
  return (flags.get(flag) ?? []).flatMap(splitList);
}

function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

/** fluxd runs as root and has them below /root, where the agent cannot look. */
function gpgKeys(draft: Draft, flags: ReadonlyMap<string, readonly string[]>, path: string, volume: Volume): void {
  const folder = `${GPG_FOLDER}/${volume.name}`;
  carry(draft, { name: volume.name, mountPath: folder, readOnly: true }, volume);
  const flag = 'git-gpg-key-import';
  const files = draft.flags.get(flag) ?? named(flags, flag);
  draft.flags.set(
    flag,
    files.map((file) => (isBelow(file, path) ? `${folder}${file.slice(path.length)}` : file)),
  );
  draft.changes.push({ flag, change: 'changed', why: `the keys that fluxd has at ${path} are at ${folder} now` });
}

/** fluxd reads the key where it is mounted, whatever the flag says: the flag follows. */
function gitKey(draft: Draft, flags: ReadonlyMap<string, readonly string[]>, volume: Volume): void {
  const mounted = volume.secret?.secretName;
  if (mounted === undefined || mounted === secretName(flags)) return;
  draft.flags.set('k8s-secret-name', [mounted]);
  draft.changes.push({
    flag: 'k8s-secret-name',
    change: 'changed',
    why: `the Secret ${mounted} is what is mounted for the key`,
  });
}

function knownHosts(draft: Draft, facts: PodFacts, mount: Mount, volume: Volume): void {
  const file = mount.subPath ?? 'known_hosts';
  const name = volume.configMap?.name;
  const keys = name === undefined ? undefined : facts.configMapKeys.get(name);
  if (keys?.includes('config') === true && mount.subPath === undefined)
    draft.leftOut.push(
      `"config" of the ConfigMap ${name} is not read: what it sets for ssh (user, port, host name) belongs into --git-url.`,
    );
  if (keys !== undefined && !keys.includes(file)) return;
  carry(draft, { name: mount.name, mountPath: KNOWN_HOSTS_FOLDER, readOnly: true }, volume);
  draft.flags.set('ssh-known-hosts', [`${KNOWN_HOSTS_FOLDER}/${file}`]);
  draft.changes.push({
    flag: 'ssh-known-hosts',
    change: 'added',
    why: `the host keys that fluxd has at ${mount.mountPath}`,
  });
}

function carry(draft: Draft, mount: Mount, volume: Volume): void {
  if (volume.secret === undefined && volume.configMap === undefined) {
    draft.leftOut.push(
      `The volume ${volume.name} at ${mount.mountPath} is neither a Secret nor a ConfigMap: it is not taken along.`,
    );
    return;
  }
  const { secret, configMap } = volume;
  // Modes were made for root; the agent's group gets to read by itself.
  const source = secret === undefined ? { configMap: withoutMode(configMap) } : { secret: withoutMode(secret) };
  draft.volumes.push({ name: volume.name, ...source } as Json);
  draft.mounts.push(mount as Json);
  draft.uses.add(secret === undefined ? `ConfigMap ${configMap?.name ?? ''}` : `Secret ${secret.secretName ?? ''}`);
}

function withoutMode(source: Record<string, unknown> | undefined): JsonObject {
  const { defaultMode: _, ...rest } = source ?? {};
  return rest as JsonObject;
}

function isKubeconfig(fluxd: Fluxd, path: string): boolean {
  const file = fluxd.env.find(({ name }) => name === 'KUBECONFIG')?.value ?? '';
  return file !== '' && file.startsWith(`${path}/`);
}

/** fluxd gets a kubeconfig for nothing but the namespace of manifests that name none. */
function kubeconfig(draft: Draft, flags: ReadonlyMap<string, readonly string[]>, facts: PodFacts): void {
  const namespace = facts.kubeconfigNamespace;
  if (namespace === undefined)
    draft.leftOut.push(
      'The kubeconfig that fluxd is given was not read: if its context has a namespace other than "default", add --k8s-default-namespace.',
    );
  else if (namespace !== 'default' && !flags.has('k8s-default-namespace')) {
    draft.flags.set('k8s-default-namespace', [namespace]);
    draft.changes.push({ flag: 'k8s-default-namespace', change: 'added', why: "the namespace of fluxd's kubeconfig" });
  }
}

function variables(draft: Draft, fluxd: Fluxd, flags: ReadonlyMap<string, readonly string[]>) {
  const needed = new Set([...flags.values()].flat().flatMap(referencesOf));
  const env = fluxd.env.filter(({ name }) => needed.has(name) || PASSED_ON.test(name));
  for (const { valueFrom } of env) {
    if (valueFrom?.secretKeyRef?.name !== undefined) draft.uses.add(`Secret ${valueFrom.secretKeyRef.name}`);
    if (valueFrom?.configMapKeyRef?.name !== undefined) draft.uses.add(`ConfigMap ${valueFrom.configMapKeyRef.name}`);
  }
  const missing = [...needed].some((name) => !env.some((variable) => variable.name === name));
  const envFrom = missing ? fluxd.envFrom : [];
  for (const { secretRef, configMapRef } of envFrom) {
    if (secretRef?.name !== undefined) draft.uses.add(`Secret ${secretRef.name}`);
    if (configMapRef?.name !== undefined) draft.uses.add(`ConfigMap ${configMapRef.name}`);
  }
  const left = fluxd.env.filter((variable) => !env.includes(variable) && variable.name !== 'KUBECONFIG');
  if (left.length > 0)
    draft.leftOut.push(`Not taken along of its environment: ${left.map(({ name }) => name).join(', ')}.`);
  return { env: env as Json[], envFrom: envFrom as Json[] };
}

/** The namespace that the current context of a kubeconfig names; `default` where it names none. */
export function namespaceOfKubeconfig(kubeconfig: JsonObject): string {
  const current = stringAt(kubeconfig, ['current-context']);
  const contexts = Array.isArray(kubeconfig.contexts) ? kubeconfig.contexts : [];
  const context = contexts.find((one) => stringAt(one, ['name']) === current);
  return stringAt(context, ['context', 'namespace']) || 'default';
}
