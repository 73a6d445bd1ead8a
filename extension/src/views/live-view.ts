import * as vscode from 'vscode';
import type { Environments } from '../agents/environments.ts';
import type { StateChange } from '../model/agent/state.ts';
import { coalesced } from '../model/timing/coalesce.ts';
import type { Row } from '../model/views/row.ts';
import type { RowNode } from '../model/views/tree-state.ts';
import { TIMERS } from '../timers.ts';
import type { OpenedView } from './opened-view.ts';
import { createRowTree } from './row-tree.ts';

/** Milliseconds: what changes faster is drawn together. */
const PAUSE = 200;

/** A part of an environment's state. */
type Part = StateChange extends ReadonlySet<infer T> ? T : never;

/** A view of what the environments are like. */
export interface LiveViewOptions {
  readonly opened: OpenedView;
  readonly environments: Environments;
  /** The rows as they are now. */
  rows(): readonly Row[];
  /** What of an environment's state the rows show. */
  readonly shows: readonly Part[];
  /** Called after rows were made while the view is seen, and when it comes in sight. */
  onDrawn?(isEmpty: () => boolean): void;
}

/** A view that is drawn when it is seen, and makes nothing while it is not. */
export interface LiveView extends vscode.Disposable {
  /** What answers VS Code. */
  readonly tree: vscode.TreeDataProvider<RowNode>;
  /** The rows may be others. */
  changed(): void;
}

/** Fills a view. Its environments are connected when somebody first looks at it. */
export function createLiveView(options: LiveViewOptions): LiveView {
  const { environments, rows, shows, onDrawn } = options;
  const { view, changed } = options.opened;
  const tree = createRowTree(rows, changed);
  let isDue = false;

  const drawing = coalesced(draw, PAUSE, TIMERS);

  function draw(): void {
    isDue = !view.visible;
    if (isDue) return;
    tree.update();
    onDrawn?.(tree.isEmpty);
  }

  function need(): void {
    for (const environment of environments.all) environment.need();
  }

  function seen(): void {
    if (!view.visible) return;
    need();
    if (isDue) drawing.ask();
    else onDrawn?.(tree.isEmpty);
  }

  const subscriptions = [
    view.onDidChangeVisibility(seen),
    environments.onDidChange(() => {
      if (view.visible) need();
      drawing.ask();
    }),
    environments.onDidChangeState(({ change }) => {
      if (shows.some((part) => change.has(part))) drawing.ask();
    }),
  ];

  // Where somebody looks already, VS Code does not say so again.
  seen();
  return {
    tree,
    changed: () => drawing.ask(),
    dispose: () => vscode.Disposable.from(...subscriptions, drawing).dispose(),
  };
}
