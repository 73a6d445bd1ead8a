import type { Json, JsonObject } from '@weaveflux/shared';
import { type Fields, type Item, isItems, nodeOf } from './tree.ts';
import { fill, holds, type InstallOptions } from './values.ts';

/** The plain object that a tree is in an installation. */
export function settle(tree: Fields, options: InstallOptions, allowed = ''): JsonObject {
  const object: JsonObject = {};
  for (const [key, value] of Object.entries(tree)) {
    const [settled] = settleItem(value, options, allowed);
    if (settled !== undefined) object[key] = settled;
  }
  return object;
}

/** An item may turn out to be none or several. */
function settleItem(item: Item | undefined, options: InstallOptions, allowed: string): Json[] {
  if (item === undefined) return [];
  if (isItems(item)) return [item.flatMap((each) => settleItem(each, options, allowed))];
  const node = nodeOf(item);
  switch (node?.node) {
    case 'text':
      return [node.parts.map((part) => (typeof part === 'string' ? part : fill(part.slot, options, allowed))).join('')];
    case 'when':
      return settleItem(holds(node.test, options) ? node.held : node.otherwise, options, allowed);
    case 'note':
      return settleItem(node.value, options, allowed);
    case 'off':
      return [];
    case 'many':
      return [...options.args];
    case 'block':
      return settleItem(node.standard, options, allowed);
    default:
      return [typeof item === 'object' && item !== null ? settle(item as Fields, options, allowed) : item];
  }
}
