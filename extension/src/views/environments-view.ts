import * as vscode from 'vscode';
import type { Calendar } from '../model/views/calendar.ts';
import { environmentRows, type KnownRows } from '../model/views/environments.ts';
import type { Services } from '../services.ts';
import { createGitFacts } from './git-facts.ts';
import { createLiveView, type LiveView } from './live-view.ts';
import type { OpenedView } from './opened-view.ts';

/** Fills the view Environments: how each stands, its workloads, its other objects, and what waits for a person. */
export function createEnvironmentsView(
  { environments, log }: Services,
  opened: OpenedView,
  calendar: Calendar,
): Pick<LiveView, 'tree' | 'dispose'> {
  const git = createGitFacts(log, () => performance.now());
  const known: KnownRows = new Map();
  const live = createLiveView({
    opened,
    environments,
    shows: ['connection', 'status', 'images', 'rights'],
    rows: () =>
      environmentRows(
        environments.all.map((environment) => {
          const { id, name, state } = environment;
          return { id, name, state, git: git.of(environment) };
        }),
        calendar,
        known,
      ),
    onDrawn: describe,
  });

  /** Of a single environment the level with its name is left out. */
  function describe(): void {
    const [only, ...others] = environments.all;
    opened.view.description = others.length === 0 ? (only?.state.agent ?? '') : '';
  }

  let repositories = watchRepositories();

  function watchRepositories(): vscode.Disposable {
    return vscode.Disposable.from(...environments.all.map(({ repository }) => repository.onDidChange(live.changed)));
  }

  const listening = vscode.Disposable.from(
    environments.onDidChange(() => {
      repositories.dispose();
      repositories = watchRepositories();
    }),
    git.onDidChange(live.changed),
    { dispose: () => repositories.dispose() },
    live,
    git,
  );
  return { tree: live.tree, dispose: () => listening.dispose() };
}
