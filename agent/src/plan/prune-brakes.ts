import type { PruneLimit } from '@weaveflux/shared';

/** How well the repository and the cluster could be read. */
export interface Loaded {
  /** False when the repository or its tree could not be read. */
  readonly readable: boolean;
  /** Paths of files that could not be read or understood. */
  readonly brokenFiles: readonly string[];
  /** False when some API group did not answer. */
  readonly discoveryComplete: boolean;
}

/** Why nothing may be pruned, whoever confirms it, or `undefined`. */
export function doubtOf({ readable, brokenFiles, discoveryComplete }: Loaded): string | undefined {
  if (!readable) return 'the repository could not be read';
  const [first, ...others] = brokenFiles;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `${first}${more} could not be read; pruning goes on when the files are mended`;
  }
  return discoveryComplete ? undefined : 'not every API group of the cluster answered; pruning goes on when all do';
}

/** What the brakes that a person can release look at; counts of objects. */
export interface StopInput {
  readonly rewritten: boolean;
  readonly desired: number;
  readonly inventory: number;
  /** What would go and is not confirmed. */
  readonly going: number;
  readonly limit: PruneLimit;
}

/** Why what would go has to wait for a person, or `undefined`. */
export function stopOf({ rewritten, desired, inventory, going, limit }: StopInput): string | undefined {
  if (going === 0) return undefined;
  if (desired === 0) return 'the repository states no object at all';
  if (rewritten) return 'the history of the branch was rewritten';
  const most = Math.max(limit.objects, Math.floor((inventory * limit.percent) / 100));
  if (going <= most) return undefined;
  return `${going} of ${inventory} objects would be deleted and the limit is ${most}`;
}
