import { type Difference, isObject, type Json, type JsonObject, type Path, toPointer } from '@weaveflux/shared';
import { canonicalJson } from './canonical.ts';
import { FIELD_MANAGER } from './labels.ts';
import { ownerOfField } from './managed-fields.ts';

/** What Kubernetes keeps by itself: never a difference. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  '/metadata/managedFields',
  '/metadata/resourceVersion',
  '/metadata/generation',
  '/metadata/creationTimestamp',
  '/metadata/uid',
  '/metadata/selfLink',
  '/status',
]);
const LONGEST = 200;
/** Stands for a value that must not be shown. */
const MASKED = 'differs';
/** What tells the items of a list apart, in the order tried. */
const ITEM_NAMES = ['name', 'key', 'containerPort', 'port', 'mountPath', 'ip', 'topologyKey'] as const;

/** The fields in which the result of a (dry run) apply differs from the live object, and who owns the live value. */
export function compareObjects(applied: JsonObject, live: JsonObject, masked: boolean): Difference[] {
  return fieldsThatDiffer(applied, live, []).map((path) => {
    const owner = ownerOfField(live, path.live, FIELD_MANAGER);
    return {
      path: toPointer(path.live),
      ...shown('desired', path.desiredValue, masked),
      ...shown('live', path.liveValue, masked),
      ...(owner === undefined ? {} : { manager: owner.manager }),
      ...(owner === undefined || owner.time === '' ? {} : { time: owner.time }),
    };
  });
}

interface Differing {
  readonly live: Path;
  readonly desiredValue: Json | undefined;
  readonly liveValue: Json | undefined;
}

function fieldsThatDiffer(desired: Json | undefined, live: Json | undefined, path: Path): Differing[] {
  if (path.length > 0 && path.length <= 2 && BOOKKEEPING.has(toPointer(path))) return [];
  if (isObject(desired) && isObject(live)) {
    const keys = new Set([...Object.keys(desired), ...Object.keys(live)]);
    return [...keys].flatMap((key) => fieldsThatDiffer(desired[key], live[key], [...path, key]));
  }
  if (Array.isArray(desired) && Array.isArray(live)) {
    const pairs = pairItems(desired, live);
    if (pairs !== undefined)
      return pairs.flatMap(([index, wanted, found]) => fieldsThatDiffer(wanted, found, [...path, index]));
  }
  if (canonicalJson(desired) === canonicalJson(live) && (desired === undefined) === (live === undefined)) return [];
  return [{ live: path, desiredValue: desired, liveValue: live }];
}

/** Items that belong together, with the index to show; `undefined` where the lists can only be compared whole. */
function pairItems(desired: Json[], live: Json[]): [number, Json | undefined, Json | undefined][] | undefined {
  const name = ITEM_NAMES.find((each) => areNamed(desired, each) && areNamed(live, each));
  if (name === undefined) {
    if (desired.length !== live.length) return undefined;
    return desired.map((item, index) => [index, item, live[index]]);
  }
  const byName = new Map(desired.map((item) => [nameOf(item, name), item]));
  const found = live.map((item, index): [number, Json | undefined, Json | undefined] => [
    index,
    byName.get(nameOf(item, name)),
    item,
  ]);
  const there = new Set(live.map((item) => nameOf(item, name)));
  const missing = desired.flatMap((item, index): [number, Json, undefined][] =>
    there.has(nameOf(item, name)) ? [] : [[index, item, undefined]],
  );
  return [...found, ...missing];
}

function areNamed(list: readonly Json[], name: string): boolean {
  const names = list.map((item) => nameOf(item, name));
  return list.length > 0 && !names.includes(undefined) && new Set(names).size === names.length;
}

function nameOf(item: Json | undefined, name: string): Json | undefined {
  return isObject(item) ? item[name] : undefined;
}

function shown(
  side: 'desired' | 'live',
  value: Json | undefined,
  masked: boolean,
): Partial<Record<'desired' | 'live', string>> {
  if (value === undefined) return {};
  if (masked) return { [side]: MASKED };
  const text = JSON.stringify(value);
  return { [side]: text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text };
}
