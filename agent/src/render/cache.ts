import type { Manifest, Marker, Problem } from '@weaveflux/shared';

/** What one file said. */
export interface Rendered {
  readonly manifests: readonly Manifest[];
  /** Documents that are no manifests. */
  readonly ignored: number;
  readonly problems: readonly Problem[];
  /** Flux v2's setter comments in it. */
  readonly markers: readonly Marker[];
  /** Where else in it images are written; a document that is a manifest may be such a place, too. */
  readonly places: readonly Manifest[];
  /** What keeps images from being followed. */
  readonly imageProblems: readonly Problem[];
}

/** What the files of the last two loads said, by path and blob: a commit costs only the files that it changed. */
export class RenderCache {
  #generations: readonly ReadonlyMap<string, Rendered>[] = [];

  get(path: string, blob: string): Rendered | undefined {
    const key = keyOf(path, blob);
    for (const generation of this.#generations) {
      const found = generation.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Ends a load: what neither it nor the one before it used is dropped. */
  keep(used: Iterable<readonly [path: string, blob: string, rendered: Rendered]>): void {
    const next = new Map([...used].map(([path, blob, rendered]) => [keyOf(path, blob), rendered]));
    const [last] = this.#generations;
    this.#generations = last === undefined ? [next] : [next, last];
  }
}

function keyOf(path: string, blob: string): string {
  return `${blob} ${path}`;
}
