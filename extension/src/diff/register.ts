import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { createContents } from './contents.ts';
import type { DiffCommand, DiffContext } from './context.ts';
import { followActiveFile } from './context-key.ts';
import { createVirtualDocuments } from './documents.ts';
import { followChanges } from './follow.ts';
import { showHistory } from './history.ts';
import { createPlans } from './plans.ts';
import { showDrift } from './show-drift.ts';
import { showPlanOfRevision, showPlanOfWorkingCopy } from './show-plan.ts';
import { diffWithApplied } from './with-applied.ts';
import { diffWithCluster } from './with-cluster.ts';

const COMMANDS: Readonly<Record<string, DiffCommand>> = {
  'weaveflux.diffWithCluster': diffWithCluster,
  'weaveflux.diffWithApplied': diffWithApplied,
  'weaveflux.planWorkingCopy': showPlanOfWorkingCopy,
  'weaveflux.planRevision': showPlanOfRevision,
  'weaveflux.showDrift': showDrift,
  'weaveflux.history': showHistory,
};

/** The diff editors: working copy and live, last applied, plans, drift; the history of a workload. */
export function registerDiffs(services: Services): vscode.Disposable {
  const { toasts, run } = services;
  const plans = createPlans(services);
  const contents = createContents(services, plans);
  const documents = createVirtualDocuments(contents);
  const context: DiffContext = { services, toasts, documents, plans, inBackground: (work) => void run(work) };
  const registered = Object.entries(COMMANDS).map(([id, command]) =>
    vscode.commands.registerCommand(id, (argument: unknown) => run(() => command(context, argument))),
  );
  return vscode.Disposable.from(
    documents,
    followChanges(services, documents, contents),
    followActiveFile(services),
    ...registered,
  );
}
