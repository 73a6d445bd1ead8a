import * as vscode from 'vscode';
import { createCalendar } from '../model/views/calendar.ts';
import type { Services } from '../services.ts';
import { registerActivityView } from './activity-view.ts';
import { registerEnvironmentsView } from './environments-view.ts';
import { registerOpen } from './open.ts';
import { registerUpdatesView } from './updates-view.ts';

/** The views Environments, Updates and Activity, and the command that opens what their rows are about. */
export function registerViews(services: Services): vscode.Disposable {
  const calendar = createCalendar(vscode.env.language);
  return vscode.Disposable.from(
    registerEnvironmentsView(services, calendar),
    registerUpdatesView(services, calendar),
    registerActivityView(services, calendar),
    registerOpen(services),
  );
}
