import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '../delivery/environment.ts';
import type { ImageHistoryEntry } from './past/history.ts';
import type { Past } from './past/past.ts';
import type { ChangeTrailer } from './past/trailers.ts';
import type { NodePlatforms } from './scan/node-platforms.ts';
import type { Decided, Scanner } from './scan/scan.ts';
import { isFollowed } from './scan/scan-schedule.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import { awaitApproval } from './write/approval.ts';
import type { News } from './write/news.ts';
import type { WindowGate } from './write/windows.ts';

/** What is decided about every image, as of the last pass. */
export interface Decisions {
  /** What was decided last, with what has to wait for people or windows said to wait. */
  readonly all: () => readonly Decided[];
  /** The history that holds are read from, newest first. */
  readonly entries: () => readonly ImageHistoryEntry[];
  /** The images of the delivered revision, as they are written. */
  written(): readonly Subject[];
  /** A pass at this revision begins; gives its images, with the platforms that tags must have images for. */
  begin(revision: string): Promise<readonly Subject[]>;
  /** Asks for all image repositories or for these, and decides about all images. */
  ask(revision: string, subjects: readonly Subject[], repositories: ReadonlySet<string> | undefined): Promise<void>;
  /** Decides about all images by what is known; nobody is asked. */
  recall(revision: string, subjects: readonly Subject[]): Promise<void>;
  /** Takes up what a list of tags says of images that no policy may change; nothing is released by it. */
  listed(repository: string): Promise<void>;
  /** What is decided about images of a revision: what people see, unless that was decided at another one. */
  at(revision: string, concerned: readonly Subject[]): Promise<readonly Decided[]>;
}

/** What decisions are made by. */
export interface DecisionParts {
  readonly env: Environment;
  readonly scanner: Scanner;
  readonly platforms: NodePlatforms;
  readonly past: Past;
  readonly gate: Pick<WindowGate, 'hold'>;
  readonly news: Pick<News, 'tell'>;
  readonly signal: AbortSignal;
}

/** The decisions of an environment, none of them made yet. */
export function createDecisions({ env, scanner, platforms, past, gate, news, signal }: DecisionParts): Decisions {
  const { memory, config } = env;
  let subjects: { of: unknown; list: readonly Subject[] } = { of: undefined, list: [] };
  let decided: readonly Decided[] = [];
  /** The revision that this was decided at. */
  let decidedAt: string | undefined;
  let entries: readonly ImageHistoryEntry[] = [];
  /** Repositories whose lists came in since the pass began, which may decide by older ones. */
  const listedMeanwhile = new Set<string>();

  /** Made once a delivery, so that policies keep what they found out about tags. */
  function written(): readonly Subject[] {
    if (subjects.of !== memory.wanted) {
      subjects = { of: memory.wanted, list: subjectsOf([...memory.wanted.values(), ...memory.places], memory.marked) };
    }
    return subjects.list;
  }

  function settled(): Promise<readonly Subject[]> {
    return platforms.settle(written(), memory.images, signal);
  }

  async function hold(revision: string, found: readonly Decided[]): Promise<void> {
    decided = gate.hold(awaitApproval(found, memory.images, config.gitReadonly));
    decidedAt = revision;
    for (const name of listedMeanwhile) await listed(name);
  }

  /** Beside those that are named, what is not known is asked for: new images, and tags that a new policy has to read. */
  async function decideAnew(
    all: readonly Subject[],
    repositories: ReadonlySet<string> | undefined,
  ): Promise<readonly Decided[]> {
    if (repositories === undefined) return scanner.decideAll(all, entries, signal);
    const known = new Map((await scanner.decideKnown(all, entries)).map((one) => [one.subject, one]));
    const isAsked = (subject: Subject): boolean =>
      repositories.has(subject.image.canonicalName) || isUnknown(known.get(subject));
    for (const one of await scanner.decideAll(all.filter(isAsked), entries, signal)) known.set(one.subject, one);
    return all.flatMap((subject) => known.get(subject) ?? []);
  }

  async function listed(name: string): Promise<void> {
    listedMeanwhile.add(name);
    const concerned = decided.flatMap(({ subject }) =>
      subject.image.canonicalName === name && !isFollowed(subject) ? [subject] : [],
    );
    const anew = new Map((await scanner.decideKnown(concerned, entries)).map((one) => [one.subject, one]));
    decided = decided.map((one) => anew.get(one.subject) ?? one);
    news.tell([...anew.values()], new Set());
  }

  return {
    all: () => decided,
    entries: () => entries,
    written,
    async begin(revision) {
      listedMeanwhile.clear();
      const all = await settled();
      entries = all.some(({ automated }) => automated) ? await past.read(revision, signal) : [];
      return all;
    },
    async ask(revision, all, repositories) {
      const found = await decideAnew(all, repositories);
      // Before anything is released by the platforms of nodes, these are looked at once more.
      const isOutdated = await platforms.isOutdated(found, signal);
      await hold(revision, isOutdated ? await decideAnew(await settled(), repositories) : found);
    },
    async recall(revision, all) {
      await hold(revision, await scanner.decideKnown(all, entries));
    },
    listed,
    async at(revision, concerned) {
      const isOf = (subject: Subject) => (one: Decided) =>
        one.subject.place.container === subject.place.container &&
        isDeepStrictEqual(one.subject.manifest, subject.manifest);
      if (revision === decidedAt && concerned.every((subject) => decided.some(isOf(subject)))) return decided;
      return scanner.decideKnown(concerned, await past.read(revision, signal));
    },
  };
}

/** Whether too little is known of an image for its decision to be the last word. */
export function isUnknown(decided: Decided | undefined): boolean {
  if (decided?.scannedAt === undefined) return true;
  const { decision } = decided;
  if (decision.needsMetadata.length > 0 || decision.needsSignature !== undefined) return true;
  return (decision.state === 'not-verified' || decision.state === 'held') && isUncertain(decided);
}

/** Of which proposed changes it is not known that they are not wanted: too little is known of the image, or of just that tag. */
export function undecidedOf(
  decided: readonly Decided[],
): (change: Pick<ChangeTrailer, 'workload' | 'container' | 'to'>) => boolean {
  return ({ workload, container, to }) =>
    decided.some((one) => {
      const { place } = one.subject;
      if (place.workload !== workload || place.container !== container || !isFollowed(one.subject)) return false;
      return isUnknown(one) || one.decision.unsure?.includes(to) === true;
    });
}

/** Whether signatures could not be checked just now, so that what is chosen may change without anybody's doing. */
function isUncertain({ signatures }: Decided): boolean {
  return signatures !== undefined && [...signatures.values()].some((one) => one.state !== 'verified' && one.passing);
}
