import { isSameRepository } from './git-url.ts';

/** An agent that was found, and what it keeps its environment equal to. */
export interface AgentOffer {
  /** Where it is and which, the same after a restart; no secret. */
  readonly id: string;
  /** How people know it: `default in namespace weaveflux of context kind-dev`. */
  readonly name: string;
  readonly environment: string;
  /** The branch is empty until the agent has learnt it. */
  readonly repository: { readonly url: string; readonly branch: string };
}

/** What of a repository on this machine an agent is looked for by. */
export interface OpenRepository {
  readonly remotes: readonly string[];
  /** Absent where HEAD is detached. */
  readonly branch: string | undefined;
}

/** Which agent keeps the environment of a repository. */
export type AgentMatch<Offer> =
  | { readonly kind: 'one'; readonly agent: Offer }
  | { readonly kind: 'several'; readonly agents: readonly Offer[] }
  /** `elsewhere`: those that follow other branches of the repository. */
  | { readonly kind: 'none'; readonly elsewhere: readonly Offer[] };

/**
 * Matches remote and branch. Where several fit, the one that was `chosen` (its id) before; it also counts where the branch
 * that is checked out has no agent, as on a branch on which one only works.
 */
export function matchRepository<Offer extends AgentOffer>(
  repository: OpenRepository,
  offers: readonly Offer[],
  chosen: string | undefined,
): AgentMatch<Offer> {
  const related = relatedAgents(repository, offers);
  const fitting = related.filter(({ repository: { branch } }) => branch === '' || branch === repository.branch);
  const [agent, ...others] = fitting;
  const candidates = agent === undefined ? related : fitting;
  const before = candidates.find(({ id }) => id === chosen);
  if (before !== undefined) return { kind: 'one', agent: before };
  if (agent === undefined) return { kind: 'none', elsewhere: related };
  return others.length === 0 ? { kind: 'one', agent } : { kind: 'several', agents: fitting };
}

/** The agents that follow a repository, on whatever branch. */
export function relatedAgents<Offer extends AgentOffer>(
  { remotes }: Pick<OpenRepository, 'remotes'>,
  offers: readonly Offer[],
): readonly Offer[] {
  return offers.filter(({ repository: { url } }) => remotes.some((remote) => isSameRepository(remote, url)));
}
