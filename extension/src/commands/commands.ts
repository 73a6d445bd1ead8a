import { explainCommand } from './agent/explain.ts';
import { resumeCommand, suspendCommand } from './agent/suspend.ts';
import { confirmPruneCommand, syncCommand } from './agent/sync.ts';
import type { Command } from './context.ts';
import { automateCommand, deautomateCommand, setPolicyCommand } from './policies/automation.ts';
import { pinCommand, unpinCommand } from './policies/pins.ts';
import { promoteCommand } from './promote/promote.ts';
import type { CommandName } from './register.ts';
import { approveCommand } from './release/approve.ts';
import { openRequestCommand } from './release/open-request.ts';
import { releaseCommand, releaseHeldCommand } from './release/release.ts';
import { releaseUpdatesCommand } from './release/release-updates.ts';
import { rollbackCommand } from './release/rollback.ts';

/** What the commands do. */
export const WORK: Readonly<Record<CommandName, Command>> = {
  release: releaseCommand,
  releaseHeld: releaseHeldCommand,
  releaseUpdates: releaseUpdatesCommand,
  approve: approveCommand,
  openRequest: openRequestCommand,
  rollback: rollbackCommand,
  pin: pinCommand,
  unpin: unpinCommand,
  automate: automateCommand,
  deautomate: deautomateCommand,
  setPolicy: setPolicyCommand,
  promote: promoteCommand,
  sync: syncCommand,
  confirmPrune: confirmPruneCommand,
  suspend: suspendCommand,
  resume: resumeCommand,
  explain: explainCommand,
};
