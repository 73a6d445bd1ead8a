import { isObject, type Json } from '@weaveflux/shared';

/** What tells the items of a list apart; `undefined` for an item that lacks it. */
export type Identity = (item: Json | undefined) => string | undefined;

/** How the items of lists are brought together. */
export interface Alignment {
  /** Absent = by their index. */
  readonly identity?: Identity;
  /** Kubernetes merges such a list: items that others add beside ours are theirs. */
  readonly merged: boolean;
}

/** The lists that Kubernetes merges, by their field, and the fields of their items that it goes by. */
const MERGED: ReadonlyMap<string, readonly Identity[]> = new Map([
  ...byFields(['name'], 'containers', 'initContainers', 'ephemeralContainers', 'env', 'volumes', 'imagePullSecrets'),
  ...byFields(['name'], 'resourceClaims', 'claims', 'schedulingGates', 'webhooks', 'secrets'),
  ...byFields(['mountPath'], 'volumeMounts'),
  ...byFields(['devicePath'], 'volumeDevices'),
  ...byFields(['ip'], 'hostAliases'),
  ...byFields(['topologyKey', 'whenUnsatisfiable'], 'topologySpreadConstraints'),
  ['ports', [port('containerPort'), port('port')]],
]);
/** What may tell the items of any other list apart, in the order tried. */
const NAMES = ['name', 'key', 'host', 'path', 'port', 'ip', 'topologyKey'].map((name) => fields([name]));

/** How the items of lists of a field belong together; all of `lists` must agree. */
export function alignmentOf(field: string, lists: readonly (readonly Json[])[]): Alignment {
  const isUsable = (identity: Identity) => lists.every((list) => tells(identity, list));
  const merging = MERGED.get(field)?.find(isUsable);
  if (merging !== undefined) return { identity: merging, merged: true };
  const identity = NAMES.find(isUsable);
  return identity === undefined ? { merged: false } : { identity, merged: false };
}

function tells(identity: Identity, list: readonly Json[]): boolean {
  const names = list.map(identity);
  return !names.includes(undefined) && new Set(names).size === names.length;
}

function byFields(names: readonly string[], ...lists: readonly string[]): [string, readonly Identity[]][] {
  return lists.map((list) => [list, [fields(names)]]);
}

function fields(names: readonly string[]): Identity {
  return (item) => {
    if (!isObject(item)) return undefined;
    const values = names.map((name) => item[name]);
    return values.some((value) => value === undefined || isNested(value)) ? undefined : JSON.stringify(values);
  };
}

/** Kubernetes takes TCP where no protocol is written. */
function port(field: string): Identity {
  const number = fields([field]);
  return (item) => {
    const found = number(item);
    return found === undefined || !isObject(item) ? undefined : `${found} ${item.protocol ?? 'TCP'}`;
  };
}

function isNested(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}
