import * as vscode from 'vscode';
import type { Calendar } from '../model/views/calendar.ts';
import { countUpdates, updateRows } from '../model/views/updates.ts';
import type { Services } from '../services.ts';
import { createLiveView } from './live-view.ts';

/** The view Updates: the images with something newer, and how many there are. */
export function registerUpdatesView({ environments }: Services, calendar: Calendar): vscode.Disposable {
  const live = createLiveView({
    id: 'weaveflux.updates',
    environments,
    shows: ['connection', 'images'],
    canSelectMany: true,
    rows: () =>
      updateRows(
        environments.all.map(({ id, name, state }) => ({ id, name, images: state.images })),
        calendar,
      ),
    onDrawn: say,
  });

  function count(): number {
    return environments.all.reduce((sum, { state }) => sum + countUpdates(state.images), 0);
  }

  /** An empty view of a connected agent is no failure. */
  function say(): void {
    const isKnown = environments.all.some(({ state }) => state.status !== undefined);
    live.view.message =
      isKnown && live.isEmpty() ? vscode.l10n.t('No image has anything newer that its policy admits.') : '';
  }

  /** Also of a view that is not seen: that is what a badge is for. */
  function badge(): void {
    const value = count();
    live.view.badge = value === 0 ? undefined : { value, tooltip: sayCount(value) };
  }

  badge();
  return vscode.Disposable.from(
    live,
    environments.onDidChange(badge),
    environments.onDidChangeState(({ change }) => {
      if (change.has('images')) badge();
    }),
  );
}

function sayCount(count: number): string {
  return count === 1 ? vscode.l10n.t('One image can be released') : vscode.l10n.t('{0} images can be released', count);
}
