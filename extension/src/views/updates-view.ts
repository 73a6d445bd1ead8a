import * as vscode from 'vscode';
import type { Calendar } from '../model/views/calendar.ts';
import { countUpdates, updateRows } from '../model/views/updates.ts';
import type { Services } from '../services.ts';
import { createLiveView, type LiveView } from './live-view.ts';
import type { OpenedView } from './opened-view.ts';

/** Fills the view Updates: the images with something newer, and how many there are. */
export function createUpdatesView(
  { environments }: Services,
  opened: OpenedView,
  calendar: Calendar,
): Pick<LiveView, 'tree' | 'dispose'> {
  const { view } = opened;
  const live = createLiveView({
    opened,
    environments,
    shows: ['connection', 'images'],
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
  function say(isEmpty: () => boolean): void {
    const isKnown = environments.all.some(({ state }) => state.status !== undefined);
    const nothing = vscode.l10n.t('No image has anything newer that its policy admits.');
    view.message = sayUnread(environments) ?? (isKnown && isEmpty() ? nothing : '');
  }

  /** Also of a view that is not seen: that is what a badge is for. */
  function badge(): void {
    const value = count();
    view.badge = value === 0 ? undefined : { value, tooltip: sayCount(value) };
  }

  badge();
  const listening = vscode.Disposable.from(
    live,
    environments.onDidChange(badge),
    environments.onDidChangeState(({ change }) => {
      if (change.has('images')) badge();
    }),
  );
  return { tree: live.tree, dispose: () => listening.dispose() };
}

/** Where the images of an environment cannot be read, the rows are the last known, or missing. */
function sayUnread({ all }: Services['environments']): string | undefined {
  const unread = all.flatMap(({ name, state: { imagesProblem } }) =>
    imagesProblem === undefined ? [] : vscode.l10n.t('Images of {0} could not be read: {1}', name, imagesProblem),
  );
  return unread.length === 0 ? undefined : unread.join('\n');
}

function sayCount(count: number): string {
  return count === 1 ? vscode.l10n.t('One image can be released') : vscode.l10n.t('{0} images can be released', count);
}
