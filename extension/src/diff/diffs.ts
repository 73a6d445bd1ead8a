import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { createContents } from './contents.ts';
import type { DiffCommand, DiffContext } from './context.ts';
import { createVirtualDocuments } from './documents.ts';
import { followChanges } from './follow.ts';
import { showHistory } from './history.ts';
import { createPlans } from './plans.ts';
import type { DiffCommandName } from './register.ts';
import { showDrift } from './show-drift.ts';
import { showPlanOfRevision, showPlanOfWorkingCopy } from './show-plan.ts';
import { diffWithApplied } from './with-applied.ts';
import { diffWithCluster } from './with-cluster.ts';

const WORK: Readonly<Record<DiffCommandName, DiffCommand>> = {
  diffWithCluster,
  diffWithApplied,
  planWorkingCopy: showPlanOfWorkingCopy,
  planRevision: showPlanOfRevision,
  showDrift,
  history: showHistory,
};

/** What the diff editors show, and the commands that open them. */
export interface Diffs extends vscode.Disposable {
  /** The text of one of our virtual documents. Never rejects: what is wrong stands in the text. */
  text(uri: vscode.Uri): Promise<string>;
  /** Errors: a sentence to show. */
  run(command: DiffCommandName, argument: unknown): Promise<void>;
}

/** Makes them. `changed` hears of documents whose texts are others. */
export function createDiffs(services: Services, changed: (uri: vscode.Uri) => void): Diffs {
  const { toasts, run } = services;
  const plans = createPlans(services);
  const contents = createContents(services, plans);
  const documents = createVirtualDocuments(contents, changed);
  const context: DiffContext = { services, toasts, documents, plans, inBackground: (work) => void run(work) };
  const following = followChanges(services, documents, contents);
  return {
    text: documents.text,
    run: (command, argument) => WORK[command](context, argument),
    dispose: () => vscode.Disposable.from(documents, following).dispose(),
  };
}
