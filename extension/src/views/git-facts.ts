import { asWeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import type { GitFacts } from '../model/views/scene.ts';

/** Milliseconds after which is asked again for what this clone could not tell: it may have fetched meanwhile. */
const ASK_AGAIN = 30_000;
/** Subjects of so many commits are remembered for each environment. */
const SUBJECTS = 50;

/** How far commits are from each other: told at once as far as it is known, asked of Git once for each pair. */
export interface GitFactsSource extends vscode.Disposable {
  of(environment: Environment): GitFacts;
  /** What was asked for has become known. */
  readonly onDidChange: vscode.Event<void>;
}

interface Known {
  /** The commits that the distances are between. */
  readonly key: string;
  readonly askedAt: number;
  readonly distances: Pick<GitFacts, 'behind' | 'workingAhead' | 'workingBehind'>;
}

/** Knows nothing yet. `now` counts milliseconds. */
export function createGitFacts(log: vscode.LogOutputChannel, now: () => number): GitFactsSource {
  const changed = new vscode.EventEmitter<void>();
  const known = new Map<string, Known>();
  const subjects = new Map<string, Map<string, string>>();

  function of(environment: Environment): GitFacts {
    const { id, repository } = environment;
    const { branch, head } = repository;
    learnSubject(environment);
    const key = commitsOf(environment).join(' ');
    const before = known.get(id);
    if (before?.key !== key || (isIncomplete(before) && now() - before.askedAt > ASK_AGAIN)) ask(environment, key);
    return { branch, head, ...known.get(id)?.distances, subjects: subjectsOf(id) };
  }

  function ask(environment: Environment, key: string): void {
    const { id } = environment;
    known.set(id, { key, askedAt: now(), distances: {} });
    read(environment).then(
      (distances) => {
        const asked = known.get(id);
        if (asked?.key !== key) return;
        known.set(id, { ...asked, distances });
        changed.fire();
      },
      // Only a number is missing then; the view says what it knows without it.
      (error: unknown) => log.debug(`Commits cannot be counted: ${asWeavefluxError(error).message}`),
    );
  }

  async function read(environment: Environment): Promise<Known['distances']> {
    const { repository } = environment;
    const [applied, agent, working] = commitsOf(environment);
    const between = async (from = '', to = ''): Promise<number | undefined> =>
      from === '' || to === '' ? undefined : from === to ? 0 : repository.commitsBetween(from, to);
    const [behind, workingBehind, workingAhead] = await Promise.all([
      between(applied, agent),
      between(working, agent),
      between(agent, working),
      learnFromGit(environment),
    ]);
    return { behind, workingBehind, workingAhead };
  }

  /** The agent tells the subject of its newest commit only. */
  function learnSubject({ id, state }: Environment): void {
    const head = state.status?.repository.head;
    if (head !== undefined) remember(id, head.revision, head.subject);
  }

  async function learnFromGit({ id, state, repository }: Environment): Promise<void> {
    const applied = state.status?.sync.appliedRevision;
    if (applied === undefined || subjectsOf(id).has(applied)) return;
    const commit = (await repository.revisions()).find(
      ({ kind, revision }) => kind === 'commit' && revision === applied,
    );
    if (commit !== undefined) remember(id, applied, commit.name);
  }

  function subjectsOf(id: string): Map<string, string> {
    const all = subjects.get(id) ?? new Map<string, string>();
    subjects.set(id, all);
    return all;
  }

  function remember(id: string, revision: string, subject: string): void {
    const all = subjectsOf(id);
    all.delete(revision);
    all.set(revision, subject);
    for (const oldest of all.keys()) {
      if (all.size <= SUBJECTS) return;
      all.delete(oldest);
    }
  }

  return { of, onDidChange: changed.event, dispose: () => changed.dispose() };
}

/** What runs, what the agent has seen, and what is checked out. */
function commitsOf({ state, repository }: Environment): readonly [applied: string, agent: string, working: string] {
  const { status } = state;
  return [status?.sync.appliedRevision ?? '', status?.repository.head?.revision ?? '', repository.head ?? ''];
}

function isIncomplete({ distances, key }: Known): boolean {
  return key !== '  ' && (distances.behind === undefined || distances.workingBehind === undefined);
}
