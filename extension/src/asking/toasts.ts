import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared/errors';
import * as vscode from 'vscode';

/** Messages to the person; a failure or warning that is still open is not shown again. */
export interface Toasts {
  /** One sentence, and the log. That somebody cancelled is no failure and is not told. */
  failed(error: unknown): void;
  /** Resolves with the action that was chosen; with `undefined` where the message was closed. */
  info(message: string, ...actions: readonly string[]): Promise<string | undefined>;
  warn(message: string, ...actions: readonly string[]): Promise<string | undefined>;
}

type Show = (message: string, ...actions: string[]) => Thenable<string | undefined>;

/** Toasts whose failures go to the log as well. */
export function createToasts(log: vscode.LogOutputChannel): Toasts {
  const open = new Set<string>();

  async function once(show: Show, message: string, actions: readonly string[]): Promise<string | undefined> {
    if (open.has(message)) return undefined;
    open.add(message);
    try {
      return await show(message, ...actions);
    } finally {
      open.delete(message);
    }
  }

  async function tell(error: unknown): Promise<void> {
    const { message } = asWeavefluxError(error);
    log.error(message);
    if (!(error instanceof WeavefluxError) && error instanceof Error && error.stack !== undefined)
      log.debug(error.stack);
    const showLog = vscode.l10n.t('Show Log');
    if ((await once(vscode.window.showErrorMessage, message, [showLog])) === showLog) log.show(true);
  }

  return {
    failed: (error) => {
      if (!isCancelled(error)) void tell(error);
    },
    info: async (message, ...actions) => vscode.window.showInformationMessage(message, ...actions),
    warn: (message, ...actions) => once(vscode.window.showWarningMessage, message, actions),
  };
}

/** Whether somebody cancelled. */
export function isCancelled(error: unknown): boolean {
  return error instanceof vscode.CancellationError || asWeavefluxError(error).code === 'CANCELLED';
}

/** A short word about what went well, where it disturbs nobody. */
export function sayInPassing(message: string): void {
  vscode.window.setStatusBarMessage(message, 5_000);
}
