import * as l10n from '@vscode/l10n';
import type { AgentMatch, AgentOffer, OpenRepository } from './match-repository.ts';
import type { Connection } from './state.ts';

/** Where agents are looked for, in this order: on this machine, at the addresses of the settings, in a cluster. */
export type PlaceKind = 'machine' | 'address' | 'cluster';

/** Why a place, or an agent there, could not be asked. */
export interface Obstacle {
  readonly place: PlaceKind;
  readonly connection: Extract<Connection, { readonly message: string }>;
  /** Set where it is an agent, which may be the one that is looked for. */
  readonly isAgent?: true;
}

/** What all places that were looked at came to. */
export interface Findings<Offer> {
  readonly match: AgentMatch<Offer>;
  readonly obstacles: readonly Obstacle[];
  /** In words: `on this machine`, `in namespace weaveflux of context kind-dev`. */
  readonly looked: readonly string[];
}

/** The agent to connect to, or how the extension stands without one. */
export type Conclusion<Offer> = { readonly agent: Offer } | { readonly connection: Connection };

/** The less, the more an obstacle says about what to do, and the earlier it is told. */
function weightOf({ connection }: Obstacle): number {
  if ('needsToken' in connection) return 0;
  return ['no-permission', 'lost', 'not-found', 'no-kubeconfig'].indexOf(connection.kind) + 1;
}

/** Whether a place need not be looked at any more: an agent fits, and what was chosen is not further on. */
export function isSettled(
  match: AgentMatch<AgentOffer>,
  chosen: string | undefined,
  done: readonly PlaceKind[],
): boolean {
  if (match.kind === 'one' && match.agent.id === chosen) return true;
  const isAhead = chosen !== undefined && !done.includes(placeOf(chosen));
  return match.kind !== 'none' && !isAhead;
}

/** The place that an agent's id speaks of. */
export function placeOf(id: string): PlaceKind {
  return id.startsWith('machine:') ? 'machine' : id.startsWith('address:') ? 'address' : 'cluster';
}

/** What to make of all findings: what was chosen goes before what just fits. */
export function conclusionOf<Offer extends AgentOffer>(
  repository: OpenRepository,
  findings: Findings<Offer>,
  chosen: string | undefined,
): Conclusion<Offer> {
  const { match, obstacles } = findings;
  if (match.kind === 'one' && match.agent.id === chosen) return match;
  const missed = chosen === undefined ? undefined : obstacles.find(({ place }) => place === placeOf(chosen));
  if (missed !== undefined) return missed;
  if (match.kind === 'one') return match;
  if (match.kind === 'several')
    return { connection: { kind: 'ambiguous', names: match.agents.map(({ name }) => name) } };
  const [worst] = [...obstacles].sort((a, b) => weightOf(a) - weightOf(b));
  if (worst?.isAgent !== true && match.elsewhere.length > 0)
    return notFound(otherBranches(repository, match.elsewhere));
  return worst ?? notFound(nowhere(repository, findings.looked));
}

function notFound(message: string): { readonly connection: Connection } {
  return { connection: { kind: 'not-found', message } };
}

function otherBranches({ branch }: OpenRepository, elsewhere: readonly AgentOffer[]): string {
  const here =
    branch === undefined ? l10n.t('No branch is checked out') : l10n.t('No agent follows branch {0}', branch);
  const there = elsewhere.map(({ name, repository }) => l10n.t('{0} follows {1}', name, repository.branch)).join(', ');
  return l10n.t('{0}; {1}. Check that out, or choose the environment.', here, there);
}

function nowhere({ remotes, branch }: OpenRepository, looked: readonly string[]): string {
  if (remotes.length === 0)
    return l10n.t(
      'This repository has no remote by which its agent could be found; add the one that the agent follows.',
    );
  const where = looked.join(', ');
  return branch === undefined
    ? l10n.t('No agent of this repository was found {0}.', where)
    : l10n.t('No agent of this repository and branch {0} was found {1}.', branch, where);
}
