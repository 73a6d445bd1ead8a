import * as vscode from 'vscode';
import { activityRows } from '../model/views/activity.ts';
import { type ActivityFilter, isFiltering, NO_FILTER, sayFilter } from '../model/views/activity-filter.ts';
import type { Calendar } from '../model/views/calendar.ts';
import type { Services } from '../services.ts';
import { pickActivityFilter } from './activity-filter-picker.ts';
import { createLiveView } from './live-view.ts';

/** Milliseconds: so often what is "5 min ago" becomes another. */
const MINUTE = 60_000;
/** Context key for the menus: a filter leaves something out. */
const IS_FILTERED = 'weaveflux.activityFiltered';

/** The view Activity: what happened, the newest first, and the commands that filter it. */
export function registerActivityView({ environments }: Services, calendar: Calendar): vscode.Disposable {
  let filter: ActivityFilter = NO_FILTER;
  let ticks: NodeJS.Timeout | undefined;

  const live = createLiveView({
    id: 'weaveflux.activity',
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
  function say(): void {
    const events = environments.all.flatMap(({ state }) => state.events);
    const isKnown = environments.all.some(({ state }) => state.status !== undefined);
    live.view.description = sayFilter(filter);
    live.view.message = sayEmpty(events.length, isKnown);
  }

  function sayEmpty(count: number, isKnown: boolean): string {
    if (!isKnown) return '';
    if (count === 0) return vscode.l10n.t('Nothing has happened since the agent started.');
    return live.isEmpty() ? vscode.l10n.t('No event passes the filter.') : '';
  }

  function use(next: ActivityFilter): void {
    filter = next;
    void vscode.commands.executeCommand('setContext', IS_FILTERED, isFiltering(filter));
    live.changed();
  }

  function tickWhileSeen(): void {
    clearInterval(ticks);
    ticks = live.view.visible ? setInterval(live.changed, MINUTE) : undefined;
  }

  return vscode.Disposable.from(
    live,
    live.view.onDidChangeVisibility(({ visible }) => {
      tickWhileSeen();
      if (visible) live.changed();
    }),
    { dispose: () => clearInterval(ticks) },
    vscode.commands.registerCommand('weaveflux.filterActivity', async () => {
      const chosen = await pickActivityFilter(filter);
      if (chosen !== undefined) use(chosen);
    }),
    vscode.commands.registerCommand('weaveflux.clearActivityFilter', () => use(NO_FILTER)),
  );
}
