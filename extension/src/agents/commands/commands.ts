import { targetOf } from '../../model/target.ts';
import type { SettingsSource } from '../../services.ts';
import type { ManagedEnvironments } from '../create-environments.ts';
import type { AgentCommandName } from '../register.ts';
import { chooseContext } from './choose-context.ts';
import { chooseEnvironment } from './choose-environment.ts';
import { showConnection } from './connection.ts';
import { forgetToken, setToken } from './tokens.ts';

/** A command; its arguments are what rows, buttons and key bindings hand over. */
export type AgentCommand = (...args: readonly unknown[]) => unknown;

/** What the commands do that choose how agents are found and reached. */
export function agentCommands(
  environments: ManagedEnvironments,
  settings: SettingsSource,
): Readonly<Record<AgentCommandName, AgentCommand>> {
  function reconnect(argument: unknown): void {
    const { environment: id } = targetOf(argument);
    for (const environment of environments.all) {
      if (id !== undefined && environment.id !== id) continue;
      environment.need();
    }
    environments.reconnect(id);
  }

  return {
    chooseContext: (argument) => chooseContext(environments, argument),
    chooseEnvironment: (argument) => chooseEnvironment(environments, argument),
    showConnection: (argument) => showConnection(environments, argument),
    setToken: (first, second) => setToken(environments, settings, typeof first === 'string' ? first : second),
    forgetToken: () => forgetToken(environments),
    reconnect,
  };
}
