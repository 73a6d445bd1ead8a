import * as vscode from 'vscode';
import { commandIdOf, type DashboardAction } from '../model/dashboard/commands.ts';

/** Does what the page asks for, on the environment of its panel and no other. What fails, the commands say themselves. */
export async function act(
  { command, target }: DashboardAction,
  environment: string,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const id = commandIdOf(command);
  try {
    await vscode.commands.executeCommand(id, ...(command === 'trust' ? [] : [{ ...target, environment }]));
  } catch (error) {
    log.error(`The dashboard could not run ${id}:`, error instanceof Error ? error : String(error));
  }
}
