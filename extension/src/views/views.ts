import * as vscode from 'vscode';
import { createCalendar } from '../model/views/calendar.ts';
import type { Services } from '../services.ts';
import { type ActivityView, createActivityView } from './activity-view.ts';
import { createEnvironmentsView } from './environments-view.ts';
import type { LiveView } from './live-view.ts';
import { openTarget } from './open.ts';
import type { OpenedView } from './opened-view.ts';
import { createUpdatesView } from './updates-view.ts';

/** The views, or what stands for each. */
export interface EachView<T> {
  readonly environments: T;
  readonly updates: T;
  readonly activity: T;
}

/** What fills the views, and what their commands do. */
export interface Views extends EachView<Pick<LiveView, 'tree'>>, vscode.Disposable {
  readonly activity: ActivityView;
  /** Opens what a row, a mark of the dashboard or a lens is about. Errors: a sentence to show. */
  open(argument: unknown): Promise<void>;
}

/** Fills the views. */
export function createViews(services: Services, opened: EachView<OpenedView>): Views {
  const calendar = createCalendar(vscode.env.language);
  const environments = createEnvironmentsView(services, opened.environments, calendar);
  const updates = createUpdatesView(services, opened.updates, calendar);
  const activity = createActivityView(services, opened.activity, calendar);
  return {
    environments,
    updates,
    activity,
    open: (argument) => openTarget(services, argument),
    dispose: () => vscode.Disposable.from(environments, updates, activity).dispose(),
  };
}
