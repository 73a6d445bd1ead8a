import type {
  Action,
  Commit,
  Difference,
  ImageSettings,
  Manifest,
  MarkedImage,
  ObjectPolicies,
  Problem,
  PruneWait,
  Suspension,
  SyncState,
} from '@weaveflux/shared';
import type { Window } from '../plan/windows.ts';
import type { SignatureRule } from '../signatures/types.ts';
import type { DesiredObject, InventoryEntry, LiveObject } from '../targets/kubernetes/types.ts';

/** How an object differs from the repository while that is not (yet) corrected. */
export interface Drift {
  readonly mode: 'correcting' | 'reported' | 'ignored' | 'contested';
  readonly differences: readonly Difference[];
}

/** What came of an object in the last delivery that touched it. */
export interface Outcome {
  readonly action: Action;
  readonly revision: string;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly problem?: Problem | undefined;
}

/** What the repository wants of one object, with the policies read from its annotations. */
export interface Wanted {
  readonly object: DesiredObject;
  readonly policies: ObjectPolicies;
}

/** What the repository says of something with images: of an object, or of a place that is none. */
export interface Stated {
  readonly object: Pick<DesiredObject, 'id' | 'key' | 'manifest' | 'body'>;
  readonly policies: ObjectPolicies;
}

/** The state of the deliveries as a whole. */
export interface SyncMemory {
  state: SyncState;
  revision: string | undefined;
  appliedRevision: string | undefined;
  healthyRevision: string | undefined;
  startedAt: string | undefined;
  finishedAt: string | undefined;
  /** The revision whose start was told last: what is tried again is not told to begin again. */
  toldStart?: string;
  /** How the last delivery ended, as it was told. */
  toldEnd?: string;
  /** Problems of the repository's content: files, documents, kinds; and of what could not be deleted. */
  problems: readonly Problem[];
  /** The unhealthy objects that were told of, and of which revision. */
  unhealthy?: { readonly revision: string; readonly objects: readonly string[] };
  ignored: number;
  /** The last revision that no window kept from being delivered. */
  admitted?: string;
  /** Why the revision is not delivered yet: what it changes is left as it is. */
  waits?: SyncWait | undefined;
}

/** For what a revision waits. */
export interface SyncWait {
  /** One sentence without its full stop. */
  readonly reason: string;
  /** Absent = it does not end by itself. */
  readonly until?: Date | undefined;
}

/** What the agent knows between two steps. Rebuilt from Git and the cluster at every start; nothing depends on keeping it. */
export interface Memory {
  wanted: ReadonlyMap<string, Wanted>;
  /** Whether what a revision wants was read since the start: until then an empty `wanted` says nothing. */
  isRead: boolean;
  /** Images of the revision that Flux v2's markers tell of. */
  marked: readonly MarkedImage[];
  /** Where the revision writes images that are in no object. */
  places: readonly Stated[];
  /** The ImagePolicies and ImageRepositories that these are understood by. */
  imagePolicies: readonly Manifest[];
  /** When images may be committed and revisions delivered, by the revision. */
  windows: readonly Window[];
  /** Who must have signed which images, by the revision. */
  signatureRules: readonly SignatureRule[];
  /** How images are written back, and which of them a person approves, by the revision. */
  images: ImageSettings;
  /** Why images cannot be scanned or released, one an image repository or object. */
  imageProblems: readonly Problem[];
  /** Hash of the body last applied with success, by key. */
  readonly applied: Map<string, { readonly hash: string }>;
  readonly outcomes: Map<string, Outcome>;
  readonly live: Map<string, LiveObject>;
  readonly drift: Map<string, Drift>;
  inventory: ReadonlyMap<string, InventoryEntry>;
  suspensions: readonly Suspension[];
  prune: PruneWait | undefined;
  /** Leftovers that are not pruned, with the reason: reported as a difference. */
  leftovers: ReadonlyMap<string, string>;
  readonly sync: SyncMemory;
  /** Why the cluster does not answer, while that is so. */
  readonly cluster: { problem: Problem | undefined };
  readonly repository: {
    head: Commit | undefined;
    /**
     * When the head was first seen (milliseconds since the epoch): what from push to applied is counted from. Absent for
     * the one found at the start, whose push was some time before.
     */
    headSeenAt: number | undefined;
    checkedAt: string | undefined;
    problem: Problem | undefined;
    /** The last rewritten head; pruning waits until a person confirms. */
    rewritten: string | undefined;
  };
}

/** The memory of an agent that has just started. */
export function createMemory(): Memory {
  return {
    wanted: new Map(),
    isRead: false,
    marked: [],
    places: [],
    imagePolicies: [],
    windows: [],
    signatureRules: [],
    images: {},
    imageProblems: [],
    applied: new Map(),
    outcomes: new Map(),
    live: new Map(),
    drift: new Map(),
    inventory: new Map(),
    suspensions: [],
    prune: undefined,
    leftovers: new Map(),
    cluster: { problem: undefined },
    sync: {
      state: 'pending',
      revision: undefined,
      appliedRevision: undefined,
      healthyRevision: undefined,
      startedAt: undefined,
      finishedAt: undefined,
      problems: [],
      ignored: 0,
    },
    repository: {
      head: undefined,
      headSeenAt: undefined,
      checkedAt: undefined,
      problem: undefined,
      rewritten: undefined,
    },
  };
}

/** The wanted object, if its present body is what was last applied: else the delivery is still to come. */
export function delivered({ wanted, applied }: Pick<Memory, 'wanted' | 'applied'>, key: string): Wanted | undefined {
  const found = wanted.get(key);
  return found !== undefined && applied.get(key)?.hash === found.object.hash ? found : undefined;
}

/**
 * Takes down the answer to a write of ours. False where the watch has told a later state already, which stays: it may
 * overtake the answer, and then others have changed the object since we wrote it.
 */
export function noteAnswer({ live }: Pick<Memory, 'live'>, answer: LiveObject): boolean {
  if (isStale({ live }, answer)) return false;
  live.set(answer.key, answer);
  return true;
}

/** Whether a later state of the object of this name is known. Versions grow; where they are no numbers, nothing is older. */
export function isStale({ live }: Pick<Memory, 'live'>, { key, resourceVersion }: LiveObject): boolean {
  const known = live.get(key)?.resourceVersion ?? '';
  return /^\d+$/.test(resourceVersion) && /^\d+$/.test(known) && BigInt(resourceVersion) < BigInt(known);
}

/** Forgets all that is known of an object. */
export function forget(memory: Memory, key: string): void {
  memory.applied.delete(key);
  memory.outcomes.delete(key);
  memory.live.delete(key);
  memory.drift.delete(key);
}
