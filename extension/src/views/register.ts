import * as vscode from 'vscode';
import { type Lazy, lazily } from '../lazy.ts';
import type { LaterPart, StartServices } from '../services.ts';
import { openView } from './opened-view.ts';
import type { Views } from './views.ts';

/** The views Environments, Updates and Activity, and the command that opens what their rows are about. */
export function registerViews({ all, run }: StartServices): LaterPart {
  const views: Lazy<Views> = lazily(async () => {
    const [{ createViews }, services] = await Promise.all([import('./views.ts'), all()]);
    return createViews(services, { environments, updates, activity });
  });
  const environments = openView('weaveflux.environments', views, (it) => it.environments.tree);
  const updates = openView('weaveflux.updates', views, (it) => it.updates.tree, { canSelectMany: true });
  const activity = openView('weaveflux.activity', views, (it) => it.activity.tree);
  const registered = vscode.Disposable.from(
    views,
    environments,
    updates,
    activity,
    vscode.commands.registerCommand('weaveflux.filterActivity', () => views.use((it) => it.activity.filter())),
    vscode.commands.registerCommand('weaveflux.clearActivityFilter', () => views.use((it) => it.activity.showAll())),
    vscode.commands.registerCommand('weaveflux.open', (argument: unknown) =>
      run(() => views.use((it) => it.open(argument))),
    ),
  );
  return { load: views.load, dispose: () => registered.dispose() };
}
