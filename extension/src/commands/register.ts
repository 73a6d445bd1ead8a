import * as vscode from 'vscode';
import type { StartServices } from '../services.ts';
import type { CommandContext } from './context.ts';
import { createReviews } from './editing/review.ts';
import { createVirtualTexts } from './editing/virtual-texts.ts';

/** What they do is loaded with the first that is called. */
const COMMANDS = [
  'release',
  'releaseHeld',
  'releaseUpdates',
  'approve',
  'openRequest',
  'rollback',
  'pin',
  'unpin',
  'automate',
  'deautomate',
  'setPolicy',
  'promote',
  'sync',
  'confirmPrune',
  'suspend',
  'resume',
  'explain',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** The commands that change the repository or ask the agent to: release, pin, unpin, automate, policies, sync, suspend, promote. */
export function registerCommands({ all, toasts, run }: StartServices): vscode.Disposable {
  const texts = createVirtualTexts();
  const inBackground: CommandContext['inBackground'] = (work) => void run(work);
  const reviews = createReviews({ texts, toasts, inBackground });

  async function runCommand(name: CommandName, args: readonly unknown[]): Promise<void> {
    const [{ WORK }, services] = await Promise.all([import('./commands.ts'), all()]);
    await WORK[name]({ services, toasts, texts, reviews, inBackground }, ...args);
  }

  const registered = COMMANDS.map((name) =>
    vscode.commands.registerCommand(`weaveflux.${name}`, (...args: unknown[]) => run(() => runCommand(name, args))),
  );
  return vscode.Disposable.from(texts, ...registered);
}
