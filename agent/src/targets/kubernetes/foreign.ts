import { asWeavefluxError, displayName, WeavefluxError } from '@weaveflux/shared';
import type { Cluster } from './cluster.ts';
import { readInventory } from './inventory.ts';
import { parseOwner } from './labels.ts';
import type { DesiredObject } from './types.ts';

/** Says why an object that carries a label is not ours to apply, or `undefined` where it is. */
export type ForeignCheck = (object: DesiredObject, signal: AbortSignal) => Promise<WeavefluxError | undefined>;

/**
 * An object labelled for another environment is refused, unless that environment's inventory can be read and lacks it:
 * then the label is a leftover. Inventories are read once; make a check for each delivery.
 */
export function createForeignCheck(cluster: Cluster): ForeignCheck {
  const inventories = new Map<string, Promise<ReadonlyMap<string, unknown> | WeavefluxError>>();

  async function read(owner: string, signal: AbortSignal): Promise<ReadonlyMap<string, unknown> | WeavefluxError> {
    const parsed = parseOwner(owner);
    if (parsed === undefined) return new WeavefluxError('FOREIGN_OBJECT', `"${owner}" names no environment`);
    try {
      return await readInventory(cluster.own, parsed.namespace, parsed.environment, signal);
    } catch (error) {
      return asWeavefluxError(error);
    }
  }

  return async (object, signal) => {
    const owner = cluster.known.get(object.key)?.environment;
    if (owner === undefined || owner === cluster.owner) return undefined;
    const inventory = inventories.get(owner) ?? read(owner, signal);
    inventories.set(owner, inventory);
    const names = await inventory;
    signal.throwIfAborted();
    if (!(names instanceof WeavefluxError) && !names.has(object.key)) return undefined;
    const why = names instanceof WeavefluxError ? 'whose inventory could not be read' : 'which has it in its inventory';
    return new WeavefluxError(
      'FOREIGN_OBJECT',
      `${displayName(object.id)} belongs to environment ${owner}, ${why}; remove it from one repository, or take it with "weaveflux adopt".`,
      { about: { object: object.key, file: object.manifest.file, line: object.manifest.line } },
    );
  };
}
