import { type Difference, isObject, type Json, type JsonObject, type Path, toPointer } from '@weaveflux/shared';
import { alignmentOf } from './align.ts';
import { isOmissible, isRespelled, isSameJson } from './spelling.ts';

/** What the agent knows of the object. */
export interface Known {
  /** What the repository says, where that is known: fields that leave it leave the cluster, too. */
  readonly desired?: JsonObject | undefined;
  /** In what the live object differs from that, by the API server's own word. */
  readonly differences: readonly Difference[];
}

/**
 * The live object as far as a manifest is about it, in the order and, where only that differs, the spelling of the
 * manifest. What Kubernetes and others set beside it is left out; lists are brought together as Kubernetes merges them.
 */
export function projectLive(live: JsonObject, wanted: JsonObject, known: Known = { differences: [] }): JsonObject {
  return new Projection(known.differences).object(live, wanted, known.desired, []);
}

class Projection {
  readonly #differing: readonly string[];

  constructor(differences: readonly Difference[]) {
    this.#differing = differences.map(({ path }) => path);
  }

  object(live: JsonObject, wanted: JsonObject, desired: JsonObject | undefined, path: Path): JsonObject {
    const stated = Object.entries(wanted).flatMap(([key, value]): [string, Json][] => {
      if (value === undefined) return [];
      const found = this.#member(own(live, key), value, own(desired, key), [...path, key]);
      return found === undefined ? [] : [[key, found]];
    });
    const leaving = Object.entries(desired ?? {}).flatMap(([key, value]): [string, Json][] => {
      const found = own(live, key);
      if (value === undefined || found === undefined || own(wanted, key) !== undefined) return [];
      return [[key, this.#value(found, value, value, [...path, key])]];
    });
    return Object.fromEntries([...stated, ...leaving]);
  }

  #member(live: Json | undefined, wanted: Json, desired: Json | undefined, path: Path): Json | undefined {
    if (live !== undefined) return this.#value(live, wanted, desired, path);
    const isLeftOut = wanted === null || (isOmissible(wanted) && this.#isAsWanted(wanted, desired, path));
    return isLeftOut ? wanted : undefined;
  }

  #value(live: Json, wanted: Json, desired: Json | undefined, path: Path): Json {
    if (isObject(live) && isObject(wanted))
      return this.object(live, wanted, isObject(desired) ? desired : undefined, path);
    if (Array.isArray(live) && Array.isArray(wanted))
      return this.#list(live, wanted, Array.isArray(desired) ? desired : [], path);
    return isRespelled(wanted, live) && this.#isAsWanted(wanted, desired, path) ? wanted : live;
  }

  #list(live: Json[], wanted: Json[], desired: Json[], path: Path): Json[] {
    const { identity, merged } = alignmentOf(String(path.at(-1)), [live, wanted, desired]);
    if (identity === undefined)
      return live.map((item, index) => this.#item(item, wanted[index], desired[index], [...path, index]));
    const places = new Map(live.map((item, index) => [identity(item), index]));
    const before = new Map(desired.map((item) => [identity(item), item]));
    const names = new Set(wanted.map(identity));
    const ours = [...wanted, ...desired.filter((item) => !names.has(identity(item)))];
    const found = ours.flatMap((item) => {
      const index = places.get(identity(item));
      if (index === undefined) return [];
      return [this.#item(live[index] ?? null, item, before.get(identity(item)), [...path, index])];
    });
    const known = new Set(ours.map(identity));
    const isTheirs = (index: number) => merged && !this.#differs([...path, index]);
    const others = live.filter((item, index) => !known.has(identity(item)) && !isTheirs(index));
    return [...found, ...others];
  }

  #item(live: Json, wanted: Json | undefined, desired: Json | undefined, path: Path): Json {
    return wanted === undefined ? live : this.#value(live, wanted, desired, path);
  }

  /** Whether the manifest says here what the repository says, and the API server sees no difference in it. */
  #isAsWanted(wanted: Json, desired: Json | undefined, path: Path): boolean {
    return isSameJson(wanted, desired) && !this.#differs(path);
  }

  #differs(path: Path): boolean {
    const here = toPointer(path);
    return this.#differing.some(
      (there) => there === here || there.startsWith(`${here}/`) || here.startsWith(`${there}/`) || there === '',
    );
  }
}

/** Not what every JavaScript object has, such as `constructor`. */
function own(object: JsonObject | undefined, key: string): Json | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}
