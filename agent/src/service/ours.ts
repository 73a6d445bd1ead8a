import type { JsonObject } from '@weaveflux/shared';
import type { Environment } from '../delivery/environment.ts';

/**
 * Whether a live object is this environment's, so that its content may be shown: the inventory has its name, and it
 * carries our label. The name alone is written down before the first apply, which another environment's label refuses.
 */
export function isOurs({ memory, target }: Environment, key: string, live: JsonObject): boolean {
  return memory.inventory.has(key) && target.summarize(live).environment === target.owner;
}
