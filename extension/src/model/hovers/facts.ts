import type { AgentState } from '../agent/state.ts';

/** What hovers are made of beside the file. */
export interface HoverFacts {
  /** `Environment.id`, for links. */
  readonly environment: string | undefined;
  /** Absent where no repository holds the file. */
  readonly state: AgentState | undefined;
  readonly now: Date;
}

/** Why nothing more is known than the file says, in one line; '' where an agent is connected. */
export function agentLine(state: AgentState | undefined): string {
  if (state === undefined) return 'Tags are not known: no repository with an agent holds this file.';
  const { connection } = state;
  switch (connection.kind) {
    case 'connected':
      return '';
    case 'idle':
    case 'searching':
      return 'Tags are not known yet: the agent is looked for.';
    case 'restricted':
      return 'Tags are not known: in Restricted Mode no agent is asked.';
    case 'ambiguous':
      return `Tags are not known: several agents keep this repository (${connection.names.join(', ')}); choose one.`;
    case 'lost':
      return `The agent cannot be reached, this is the last that is known: ${connection.message}`;
    default:
      return `Tags are not known: ${connection.message}`;
  }
}
