import { type Status, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import type { Services } from '../services.ts';

/** The environment of an address; it is connected. Errors: NOT_FOUND where its folder is no longer open. */
export function openEnvironment({ environments }: Services, id: string): Environment {
  const environment = environments.byId(id);
  if (environment === undefined)
    throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('The folder of this environment is no longer open.'));
  environment.need();
  return environment;
}

/** How the environment stands, by the agent's last word; it is asked where it has not told yet. Errors: a sentence to show. */
export async function statusOf(environment: Environment, signal?: AbortSignal): Promise<Status> {
  return environment.state.status ?? (await environment.client()).status(signal);
}
