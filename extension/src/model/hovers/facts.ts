import * as l10n from '@vscode/l10n';
import type { AgentState } from '../agent/state.ts';
import type { Ages } from '../changes/age.ts';

/** What hovers are made of beside the file. */
export interface HoverFacts {
  /** `Environment.id`, for links. */
  readonly environment: string | undefined;
  /** Absent where no repository holds the file. */
  readonly state: AgentState | undefined;
  readonly ages: Ages;
  /** Whether the mistakes of a line stand above what is told of it, as diagnostics do; then they are not told again. */
  readonly mistakesStand?: boolean;
}

/** Why nothing more is known than the file says, in one line; '' where an agent is connected. */
export function agentLine(state: AgentState | undefined): string {
  if (state === undefined) return l10n.t('Tags are not known: no repository with an agent holds this file.');
  const { connection } = state;
  switch (connection.kind) {
    case 'connected':
      return '';
    case 'idle':
    case 'searching':
      return l10n.t('Tags are not known yet: the agent is looked for.');
    case 'restricted':
      return l10n.t('Tags are not known: in Restricted Mode no agent is asked.');
    case 'ambiguous':
      return l10n.t(
        'Tags are not known: several agents keep this repository ({0}); choose one.',
        connection.names.join(', '),
      );
    case 'lost':
      return l10n.t('The agent cannot be reached, this is the last that is known: {0}', connection.message);
    default:
      return l10n.t('Tags are not known: {0}', connection.message);
  }
}
