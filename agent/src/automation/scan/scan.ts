import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Problem, Tag } from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import type { ImageRepository, Registry, Scan } from '../../registry/types.ts';
import type { Decision } from '../choice/decision.ts';
import type { Question } from '../choice/question.ts';
import type { ImageHistoryEntry } from '../past/history.ts';
import type { PastChange } from '../past/holds.ts';
import type { Subject } from '../subjects.ts';
import { createCredentials, withHint } from './credentials.ts';
import { decide, type Knowledge } from './decide.ts';
import type { KeptTags } from './kept-tags.ts';
import { createPace, type Pace } from './pace.ts';
import { hostOf, isFollowed } from './scan-schedule.ts';
import type { SignatureGate } from './signed.ts';

/** Milliseconds that all images wait for the slowest registry; what it says after that is taken up as soon as it does. */
const PATIENCE = 5_000;

/** Images that are decided about before others may use the process. */
const AT_ONCE = 10;

/** A subject with what was decided about it. */
export interface Decided {
  readonly subject: Subject;
  readonly decision: Decision;
  /** Tags refused after a person went back, each with the change that it was left by. */
  readonly held: ReadonlyMap<string, PastChange>;
  /** The tags that the registry listed, with what was known of them. */
  readonly tags: KeptTags;
  /** Tags that were asked about and could not be described. */
  readonly unreadable: ReadonlySet<string>;
  /** How digests stood with the signatures that are required; absent = none is. */
  readonly signatures?: Question['signatures'];
  /** When it was decided. */
  readonly decidedAt: Date;
  readonly scannedAt: string | undefined;
  readonly problem: Problem | undefined;
}

/** Asks registries and decides. */
export interface Scanner {
  /**
   * Scans the image repositories of what a policy may change, each once, and decides about every subject. Never rejects but
   * by the signal; one registry stops nothing that needs another.
   */
  decideAll(
    subjects: readonly Subject[],
    history: readonly ImageHistoryEntry[],
    signal: AbortSignal,
  ): Promise<Decided[]>;
  /** Decides by what is known, without asking anybody. */
  decideKnown(subjects: readonly Subject[], history: readonly ImageHistoryEntry[]): Promise<Decided[]>;
  /** Asks these the next time, however lately or often in vain they were asked. */
  hasten: Pace['hasten'];
}

/** What a scanner is told of, and what tells it. */
export interface ScannerLinks {
  /** Called when a registry that was not waited for has answered. */
  readonly onLate?: () => void;
  /** What is known of a repository that is not asked; default what the registry side says. */
  readonly known?: Registry['known'];
  /** Milliseconds between two passes, by which it is told how long a registry that fails is left alone; default 0: not at all. */
  readonly interval?: number;
  /** What is required of signatures; default nothing. */
  readonly signed?: SignatureGate | undefined;
}

/** The scanner of an environment. */
export function createScanner(
  { target, now }: Pick<Environment, 'target' | 'now'>,
  registry: Registry,
  { onLate = () => undefined, known: told = registry.known, interval = 0, signed }: ScannerLinks = {},
): Scanner {
  const late = new Set<string>();
  const pace = createPace(interval);
  /** Why credentials could not be read when a repository was asked the last time. */
  const hints = new Map<string, string>();
  /** What was decided about subjects that no policy may change; a subject lives as long as its revision. */
  const settled = new WeakMap<Subject, Decided>();

  function known(name: string): Scan | undefined {
    const hint = hints.get(name);
    if (hint === undefined) return told(name);
    const scan = registry.known(name);
    return scan && withHint(scan, hint);
  }

  async function decideKnown(subjects: readonly Subject[], history: readonly ImageHistoryEntry[]): Promise<Decided[]> {
    const decided: Decided[] = [];
    for (const [index, subject] of subjects.entries()) {
      // Others get their turn: choosing among a million tags takes seconds.
      if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
      const scan = known(subject.image.canonicalName);
      decided.push(await decide(subject, knowledgeOf(scan), { registry, history, now: now(), signed }));
    }
    return decided;
  }

  /** Subjects of a repository that nothing is released from: decided anew only when another list is known. */
  async function decideListed(
    name: string,
    subjects: readonly Subject[],
    history: readonly ImageHistoryEntry[],
  ): Promise<Decided[]> {
    const scan = known(name);
    const before = subjects.flatMap((subject) => settled.get(subject) ?? []);
    const isSame = ({ scannedAt, problem }: Decided) =>
      scannedAt === scan?.scannedAt && problem?.message === scan?.problem?.message;
    if (before.length === subjects.length && before.every(isSame)) return before;
    const decided = await decideKnown(subjects, history);
    for (const one of decided) settled.set(one.subject, one);
    return decided;
  }

  /** Subjects of one image repository, one after the other: what was read for the first is known to the next. */
  async function ask(
    name: string,
    subjects: readonly Subject[],
    history: readonly ImageHistoryEntry[],
    credentials: ReturnType<typeof createCredentials>,
    sharers: number,
    signal: AbortSignal,
  ): Promise<Decided[]> {
    const asking = subjects.filter(isFollowed);
    if (asking.length === 0) return decideListed(name, subjects, history);
    const began = now().getTime();
    if (!pace.isDue(name, began)) return decideKnown(subjects, history);
    const { texts, failed } = await credentials.of(asking);
    const repository: ImageRepository = { name, credentials: texts };
    if (failed === undefined) hints.delete(name);
    else hints.set(name, failed.message);
    const found = await registry.scan(repository, signal);
    const { problem } = found;
    pace.scanned(name, { problem, spacing: registry.spacing?.(name), sharers }, began);
    const knowledge = knowledgeOf(withHint(found, failed?.message));
    const decided: Decided[] = [];
    for (const subject of subjects) {
      const asks = isFollowed(subject) ? { repository, signal } : {};
      decided.push(await decide(subject, knowledge, { registry, history, now: now(), signed, ...asks }));
    }
    return decided;
  }

  async function decideAll(
    subjects: readonly Subject[],
    history: readonly ImageHistoryEntry[],
    signal: AbortSignal,
  ): Promise<Decided[]> {
    const credentials = createCredentials(target, signal);
    const groups = Map.groupBy(subjects, ({ image }) => image.canonicalName);
    const hosts = Map.groupBy(groups.keys(), hostOf);
    const decided = await Promise.all(
      [...groups].map(async ([name, group]) => {
        if (late.has(name)) return decideKnown(group, history);
        const asked = ask(name, group, history, credentials, hosts.get(hostOf(name))?.length ?? 1, signal);
        const found = await within(PATIENCE, asked);
        if (found !== undefined) return found;
        late.add(name);
        const end = (): void => {
          late.delete(name);
          if (!signal.aborted) onLate();
        };
        asked.then(end, end);
        return decideKnown(group, history);
      }),
    );
    const bySubject = new Map(decided.flat().map((one) => [one.subject, one]));
    return subjects.flatMap((subject) => bySubject.get(subject) ?? []);
  }

  return { decideAll, decideKnown, hasten: pace.hasten };
}

/** What a scan knows: the tags that are there, not those that were. */
function knowledgeOf(scan: Scan | undefined): Knowledge {
  const tags = new Map<string, Tag>();
  for (const tag of scan?.tags ?? []) if (scan?.deleted?.has(tag.tag) !== true) tags.set(tag.tag, tag);
  const unknown = scan === undefined || (scan.problem !== undefined && tags.size === 0);
  return { tags: unknown ? undefined : tags, scannedAt: scan?.scannedAt, problem: scan?.problem };
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  const waiting = new AbortController();
  try {
    return await Promise.race([work, sleep(milliseconds, undefined, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
