import type { AgentConfig } from '../../config/types.ts';
import type { Environment } from '../../delivery/environment.ts';
import type { Registry } from '../../registry/types.ts';
import type { Subject } from '../subjects.ts';
import { createCredentials, withHint } from './credentials.ts';
import { createSchedule, hostOf, type ScanSchedule } from './scan-schedule.ts';

/**
 * Lists the tags of image repositories in which no policy may change anything, for people to see what is newer. It works
 * beside the scans that policies wait for: nothing waits for it.
 */
export interface Lister {
  /** Starts to list what is due of these subjects' repositories: of one registry host one after the other, one request each. */
  list(subjects: readonly Subject[], signal: AbortSignal): void;
  /** Lists these at the next call of `list`, however lately they were listed. */
  hasten: ScanSchedule['hasten'];
  /** What is known of a repository, also why it could not be listed and its credentials not be read. */
  known: Registry['known'];
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** What a lister needs of its environment. */
export interface ListerEnvironment extends Pick<Environment, 'target' | 'now'> {
  readonly config: Pick<AgentConfig, 'unautomatedScanInterval'>;
}

/** A lister that has listed nothing; `onListed` is called with each repository that was listed, or could not be. */
export function createLister(
  { target, now, config }: ListerEnvironment,
  registry: Registry,
  onListed: (repository: string) => void,
): Lister {
  const schedule = createSchedule(config.unautomatedScanInterval);
  /** Why credentials could not be read, by repository. */
  const failures = new Map<string, string>();
  const waiting = new Set<string>();
  const running = new Set<Promise<void>>();

  async function listOne(
    name: string,
    subjects: readonly Subject[],
    credentials: ReturnType<typeof createCredentials>,
    signal: AbortSignal,
  ): Promise<void> {
    const { texts, failed } = await credentials.of(subjects.filter(({ ignored }) => !ignored));
    if (failed === undefined) failures.delete(name);
    else failures.set(name, failed.message);
    await registry.scan({ name, credentials: texts }, signal);
  }

  async function listInTurn(
    repositories: readonly (readonly [string, readonly Subject[]])[],
    credentials: ReturnType<typeof createCredentials>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const [name, subjects] of repositories) {
      // Aborted, there is nobody left to tell why.
      if (!signal.aborted) await listOne(name, subjects, credentials, signal).catch(() => undefined);
      waiting.delete(name);
      if (!signal.aborted) onListed(name);
    }
  }

  return {
    list(subjects, signal) {
      const repositories = Map.groupBy(subjects, ({ image }) => image.canonicalName);
      const due = schedule.due(repositories, now().getTime());
      const asked = [...repositories].filter(([name]) => due.has(name) && !waiting.has(name));
      for (const [name] of asked) waiting.add(name);
      const credentials = createCredentials(target, signal);
      for (const ofHost of Map.groupBy(asked, ([name]) => hostOf(name)).values()) {
        const work = listInTurn(ofHost, credentials, signal).finally(() => running.delete(work));
        running.add(work);
      }
    },
    hasten: schedule.hasten,
    known(name) {
      const scan = registry.known(name);
      return scan && withHint(scan, failures.get(name));
    },
    async idle() {
      await Promise.all(running);
    },
  };
}
