import * as vscode from 'vscode';
import { activityRows } from '../model/views/activity.ts';
import { type ActivityFilter, isFiltering, NO_FILTER, sayFilter } from '../model/views/activity-filter.ts';
import type { Calendar } from '../model/views/calendar.ts';
import type { Services } from '../services.ts';
import { pickActivityFilter } from './activity-filter-picker.ts';
import { createLiveView, type LiveView } from './live-view.ts';
import type { OpenedView } from './opened-view.ts';

/** Milliseconds: so often what is "5 min ago" becomes another. */
const MINUTE = 60_000;
/** Context key for the menus: a filter leaves something out. */
const IS_FILTERED = 'weaveflux.activityFiltered';

/** The view Activity, and what its commands do. */
export interface ActivityView extends vscode.Disposable, Pick<LiveView, 'tree'> {
  /** Asks what to show. */
  filter(): Promise<void>;
  showAll(): void;
}

/** Fills the view Activity: what happened, the newest first. */
export function createActivityView({ environments }: Services, opened: OpenedView, calendar: Calendar): ActivityView {
  const { view } = opened;
  let filter: ActivityFilter = NO_FILTER;
  let ticks: NodeJS.Timeout | undefined;

  const live = createLiveView({
    opened,
    environments,
    shows: ['connection', 'events'],
    rows: () =>
      activityRows(
        environments.all.map(({ id, name, state }) => ({ id, name, events: state.events })),
        { filter, calendar, now: new Date() },
      ),
    onDrawn: say,
  });

  /** Why the view is empty, where that is no failure. */
  function say(isEmpty: () => boolean): void {
    const events = environments.all.flatMap(({ state }) => state.events);
    const isKnown = environments.all.some(({ state }) => state.status !== undefined);
    view.description = sayFilter(filter);
    view.message = sayEmpty(events.length, isKnown, isEmpty);
  }

  function sayEmpty(count: number, isKnown: boolean, isEmpty: () => boolean): string {
    if (!isKnown) return '';
    if (count === 0) return vscode.l10n.t('Nothing has happened since the agent started.');
    return isEmpty() ? vscode.l10n.t('No event passes the filter.') : '';
  }

  function use(next: ActivityFilter): void {
    filter = next;
    void vscode.commands.executeCommand('setContext', IS_FILTERED, isFiltering(filter));
    live.changed();
  }

  function tickWhileSeen(): void {
    clearInterval(ticks);
    ticks = view.visible ? setInterval(live.changed, MINUTE) : undefined;
  }

  const listening = vscode.Disposable.from(
    live,
    view.onDidChangeVisibility(({ visible }) => {
      tickWhileSeen();
      if (visible) live.changed();
    }),
    { dispose: () => clearInterval(ticks) },
  );
  tickWhileSeen();
  return {
    tree: live.tree,
    async filter() {
      const chosen = await pickActivityFilter(filter);
      if (chosen !== undefined) use(chosen);
    },
    showAll: () => use(NO_FILTER),
    dispose: () => listening.dispose(),
  };
}
