import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { explainCommand } from './agent/explain.ts';
import { resumeCommand, suspendCommand } from './agent/suspend.ts';
import { confirmPruneCommand, syncCommand } from './agent/sync.ts';
import type { Command, CommandContext } from './context.ts';
import { createVirtualTexts } from './editing/virtual-texts.ts';
import { automateCommand, deautomateCommand, setPolicyCommand } from './policies/automation.ts';
import { pinCommand, unpinCommand } from './policies/pins.ts';
import { promoteCommand } from './promote/promote.ts';
import { releaseCommand, releaseHeldCommand } from './release/release.ts';
import { releaseUpdatesCommand } from './release/release-updates.ts';
import { rollbackCommand } from './release/rollback.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  'weaveflux.release': releaseCommand,
  'weaveflux.releaseHeld': releaseHeldCommand,
  'weaveflux.releaseUpdates': releaseUpdatesCommand,
  'weaveflux.rollback': rollbackCommand,
  'weaveflux.pin': pinCommand,
  'weaveflux.unpin': unpinCommand,
  'weaveflux.automate': automateCommand,
  'weaveflux.deautomate': deautomateCommand,
  'weaveflux.setPolicy': setPolicyCommand,
  'weaveflux.promote': promoteCommand,
  'weaveflux.sync': syncCommand,
  'weaveflux.confirmPrune': confirmPruneCommand,
  'weaveflux.suspend': suspendCommand,
  'weaveflux.resume': resumeCommand,
  'weaveflux.explain': explainCommand,
};

/** The commands that change the repository or ask the agent to: release, pin, unpin, automate, policies, sync, suspend, promote. */
export function registerCommands(services: Services): vscode.Disposable {
  const { toasts, run } = services;
  const texts = createVirtualTexts();
  const context: CommandContext = { services, toasts, texts, inBackground: (work) => void run(work) };
  const registered = Object.entries(COMMANDS).map(([id, command]) =>
    vscode.commands.registerCommand(id, (...args: unknown[]) => run(() => command(context, ...args))),
  );
  return vscode.Disposable.from(texts, ...registered);
}
