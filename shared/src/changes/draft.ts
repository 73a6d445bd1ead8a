import { isObject, type Json, type JsonObject, type Path, toPointer, valueAt } from '../json.ts';
import type { Manifest } from '../manifests/manifest.ts';
import type { Edit } from '../yaml/types.ts';

/** A manifest as it will be once the changes so far are made, so that one change can build upon another. */
export interface Draft {
  readonly manifest: Manifest;
  readonly value: JsonObject;
  /** Paths that were set or removed, by their pointers. */
  readonly touched: Map<string, Path>;
}

/** A draft without changes. */
export function draftOf(manifest: Manifest): Draft {
  return { manifest, value: structuredClone(manifest.value), touched: new Map() };
}

/** Sets a string, making mappings on the way; `undefined` removes the key. */
export function setIn(draft: Draft, path: Path, value: string | undefined): void {
  draft.touched.set(toPointer(path), path);
  let here: Json = draft.value;
  for (const step of path.slice(0, -1)) {
    const next: Json | undefined = valueAt(here, [step]);
    const child: Json = next === undefined || next === null ? {} : next;
    assign(here, step, child);
    here = child;
  }
  assign(here, path.at(-1) ?? '', value);
}

/** The edits that make the manifest's text say what the draft says; none for what is as it was. */
export function editsOf({ manifest, value, touched }: Draft): Edit[] {
  return [...touched.values()].flatMap((path) => {
    const wanted = valueAt(value, path);
    if (wanted === valueAt(manifest.value, path)) return [];
    const text = typeof wanted === 'string' ? wanted : undefined;
    return [{ document: manifest.document, path: [...manifest.at, ...path], value: text }];
  });
}

function assign(parent: Json, step: string | number, value: Json | undefined): void {
  if (Array.isArray(parent) && typeof step === 'number') {
    if (value !== undefined) parent[step] = value;
  } else if (isObject(parent)) {
    if (value === undefined) delete parent[step];
    else parent[step] = value;
  }
}
