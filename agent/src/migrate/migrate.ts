import { asWeavefluxError, type JsonObject, parseYamlValue, WeavefluxError } from '@weaveflux/shared';
import { type Choices, installOptions } from '../install/choices.ts';
import type { KindRow } from '../install/kinds.ts';
import type { InstallOptions } from '../install/values.ts';
import type { KubernetesClient } from '../targets/kubernetes/client.ts';
import { createInventory } from '../targets/kubernetes/inventory.ts';
import { ownerOf } from '../targets/kubernetes/labels.ts';
import type { Inventory } from '../targets/kubernetes/types.ts';
import { type Decision, decideAll, isCopyByController, type Ownership } from './decide.ts';
import { type FluxParts, keyReader, podsOf, readFacts } from './find.ts';
import { type Translated, translateFlags } from './flags.ts';
import type { Fluxd } from './fluxd.ts';
import { locateFluxd } from './locate.ts';
import { kindsBeyond, successorObjects } from './manifests.ts';
import { listMarked, type Marked } from './marked.ts';
import { type PodFacts, type PodParts, podParts, secretName } from './pod.ts';
import { variablesOf, withLiterals } from './variables.ts';

/** What a person asks for. */
export interface MigrateRequest {
  /** The text of a file with fluxd's Deployment, and how people know it; absent = it is looked for in the cluster. */
  readonly file?: { readonly name: string; readonly text: string };
  readonly fluxNamespace?: string | undefined;
  readonly fluxDeployment?: string | undefined;
  /** Where our agent goes; absent = where fluxd is. */
  readonly namespace?: string | undefined;
  readonly environment: string;
  /** What a person chose about the installation itself. */
  readonly choices: Pick<Choices, 'image' | 'imagePullSecret' | 'overlays'>;
  readonly version: string;
}

/** What happens to the objects. */
export interface ObjectPlan {
  readonly decisions: readonly Decision[];
  /** Marked like what they were made for: they follow it. */
  readonly copies: number;
  /** One sentence for each kind or group that was not read; empty = complete. */
  readonly unread: readonly string[];
  readonly ownership: Ownership;
  readonly inventory: Inventory;
}

/** All that a migration would do; nothing is written yet. */
export interface MigrationPlan {
  readonly fluxd: Fluxd;
  /** fluxd's pods that have not ended, by name; `undefined` where that is not known. */
  readonly pods: readonly string[] | undefined;
  readonly namespace: string;
  readonly install: InstallOptions;
  readonly translated: Translated;
  readonly parts: PodParts;
  /** Kinds that the shipped ClusterRole does not name: ours does. */
  readonly moreKinds: readonly KindRow[];
  readonly manifests: readonly JsonObject[];
  readonly flux: FluxParts;
  /** `undefined` where the cluster was not looked at; then why. */
  readonly objects: ObjectPlan | { readonly unknown: string };
}

const NO_FACTS: PodFacts = { configMapKeys: new Map(), kubeconfigNamespace: undefined };

/**
 * Reads fluxd and everything that carries its mark, and plans what takes its place. Without a client the fluxd must come
 * from a file, and the objects stay unknown.
 */
export async function planMigration(
  request: MigrateRequest,
  client: KubernetesClient | WeavefluxError,
  signal: AbortSignal,
): Promise<MigrationPlan> {
  if (client instanceof Error && request.file === undefined) throw client;
  const cluster = client instanceof Error ? undefined : client;
  const { fluxd, flux } = await locateFluxd(request, cluster, signal);
  const read = cluster === undefined ? async () => undefined : keyReader(cluster, fluxd.namespace, signal);
  const inlined = { ...fluxd, args: withLiterals(fluxd) };
  const translated = translateFlags(inlined.args, await variablesOf(inlined, read));
  const pods = cluster === undefined ? undefined : await podsOf(cluster, fluxd, signal);
  const facts = cluster === undefined ? NO_FACTS : await readFacts(cluster, fluxd, parseQuietly, signal);
  const parts = podParts(fluxd, translated.flags, facts);
  const flags = new Map([...translated.flags, ...parts.flags]);
  const namespace = request.namespace ?? fluxd.namespace;
  const install = installFor(request, namespace, flags, translated.allowNamespaces);
  const ownNamespace = namespace !== fluxd.namespace;
  const objects =
    cluster === undefined
      ? { unknown: asWeavefluxError(client).message }
      : await planObjects(cluster, translated, namespace, request.environment, signal);
  const moreKinds = kindsBeyond(oursOf(objects));
  return {
    fluxd,
    pods,
    namespace,
    install,
    translated: { ...translated, flags },
    parts,
    moreKinds,
    manifests: successorObjects({ install, flags, parts, moreKinds, ownNamespace }),
    flux,
    objects,
  };
}

function installFor(
  { choices, environment, version }: MigrateRequest,
  namespace: string,
  flags: Translated['flags'],
  allowNamespaces: readonly string[],
): InstallOptions {
  const namespaced = choices.overlays?.includes('namespaced') === true;
  if (namespaced && allowNamespaces.length === 0)
    throw new WeavefluxError(
      'INVALID_FLAG',
      '--overlay namespaced takes the namespaces that fluxd is held to by --k8s-allow-namespace, and it has none; leave it out, or take "weaveflux install".',
    );
  return installOptions(
    {
      ...choices,
      namespace,
      environment,
      secretName: secretName(flags),
      secretKey: flags.get('k8s-secret-data-key')?.at(-1),
      allowNamespaces: namespaced ? allowNamespaces : undefined,
    },
    version,
  );
}

/** The objects that are or become ours. */
export function oursOf(objects: MigrationPlan['objects']): readonly Marked[] {
  if ('unknown' in objects) return [];
  return objects.decisions.filter(({ action }) => action !== 'skip').map(({ object }) => object);
}

/** Why the objects must not be taken now, or `undefined`. */
export function refusalOf({ fluxd, pods = [], translated, objects }: MigrationPlan): WeavefluxError | undefined {
  if (fluxd.pods > 0)
    return new WeavefluxError(
      'CONFLICT',
      `fluxd still runs (deployment ${fluxd.name} in namespace ${fluxd.namespace}), and two agents must not work on the same objects; stop it first: kubectl -n ${fluxd.namespace} scale deployment ${fluxd.name} --replicas=0.`,
    );
  if (pods.length > 0)
    return new WeavefluxError(
      'CONFLICT',
      `fluxd still runs until its pods are gone, and two agents must not work on the same objects; wait for that, then run this again: kubectl -n ${fluxd.namespace} wait --for=delete ${pods.map((name) => `pod/${name}`).join(' ')} --timeout=5m.`,
    );
  if (translated.unknown.length > 0)
    return new WeavefluxError(
      'NOT_FOUND',
      `The user in fluxd's --git-url comes from ${translated.unknown.map((name) => `$(${name})`).join(', ')}, which cannot be read, so no mark can be told from a copy; let yourself get that Secret, or give the Deployment with --file and the user written out.`,
    );
  if ('unknown' in objects) return new WeavefluxError('API_UNREACHABLE', objects.unknown);
  return undefined;
}

async function planObjects(
  client: KubernetesClient,
  { set, allowNamespaces }: Translated,
  namespace: string,
  environment: string,
  signal: AbortSignal,
): Promise<ObjectPlan> {
  const owner = ownerOf(namespace, environment);
  const inventory = createInventory(client, namespace, environment);
  const [{ objects, unread }, entries] = await Promise.all([
    listMarked(client, allowNamespaces, signal),
    inventory.load(signal),
  ]);
  const ownership = { set, owner, inventory: new Set(entries.keys()) };
  return {
    decisions: decideAll(objects, ownership),
    copies: objects.filter(isCopyByController).length,
    unread,
    ownership,
    inventory,
  };
}

function parseQuietly(text: string): unknown {
  try {
    return parseYamlValue(text);
  } catch {
    return undefined;
  }
}
