import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import type { Target } from '../model/target.ts';
import type { BasicServices } from '../services.ts';
import { pickOne } from './ask.ts';

/** The environment that a command is about, as far as that can be told without asking. */
export function environmentFor(
  { environments }: Pick<BasicServices, 'environments'>,
  target: Target,
): Environment | undefined {
  if (target.environment !== undefined) return environments.byId(target.environment);
  const active = vscode.window.activeTextEditor?.document.uri;
  const [only, ...others] = environments.all;
  return (active && environments.of(active)) ?? (others.length === 0 ? only : undefined);
}

/** The same, asked for where several are open. Errors: NOT_FOUND where none is. */
export async function chooseEnvironment(
  services: Pick<BasicServices, 'environments'>,
  target: Target,
  title: string,
): Promise<Environment> {
  const { all } = services.environments;
  const environment = environmentFor(services, target) ?? (all.length === 0 ? undefined : await pick(all, title));
  if (environment === undefined) throw new WeavefluxError('NOT_FOUND', noEnvironment());
  environment.need();
  return environment;
}

/** The sentence for where no environment is open. */
export function noEnvironment(): string {
  return vscode.l10n.t('No environment is open here; open a folder that is in a Git repository.');
}

/** How an environment is described in lists: how it stands with its agent. */
export function describeEnvironment({ state }: Environment): string {
  const { connection, agent } = state;
  if (connection.kind === 'connected') return agent ?? '';
  if ('message' in connection) return connection.message;
  return vscode.l10n.t('no agent connected');
}

/** Waits until it is known whether there is an agent, and what it says, but not for long: milliseconds. */
export async function untilLooked(environment: Environment, signal: AbortSignal, deadline = 5_000): Promise<void> {
  const isLooking = () => {
    const { connection, status } = environment.state;
    return ['idle', 'searching'].includes(connection.kind) || (connection.kind === 'connected' && status === undefined);
  };
  environment.need();
  if (!isLooking()) return;
  await new Promise<void>((resolve) => {
    const listening = environment.onDidChange(() => {
      if (!isLooking()) end();
    });
    const timer = setTimeout(end, deadline);
    signal.addEventListener('abort', end);
    function end(): void {
      listening.dispose();
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
  signal.throwIfAborted();
}

async function pick(all: readonly Environment[], title: string): Promise<Environment> {
  const items = all.map((environment) => ({
    label: environment.name,
    description: describeEnvironment(environment),
    environment,
  }));
  return (await pickOne(items, { title, placeHolder: vscode.l10n.t('Choose an environment') })).environment;
}
