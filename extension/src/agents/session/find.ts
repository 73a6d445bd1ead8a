import {
  type Conclusion,
  conclusionOf,
  isSettled,
  type Obstacle,
  type PlaceKind,
} from '../../model/agent/conclusion.ts';
import { matchRepository, type OpenRepository } from '../../model/agent/match-repository.ts';
import type { FoundAgent, Place } from './places.ts';

/** Looks for the agent of a repository at one place after the other, and no further than needed. Throws only when aborted. */
export async function findAgent(
  repository: OpenRepository,
  places: readonly Place[],
  chosen: string | undefined,
  signal: AbortSignal,
): Promise<Conclusion<FoundAgent>> {
  const agents: FoundAgent[] = [];
  const obstacles: Obstacle[] = [];
  const looked: string[] = [];
  const done: PlaceKind[] = [];
  let match = matchRepository(repository, agents, chosen);
  for (const place of places) {
    const found = await place.search(signal);
    agents.push(...found.agents);
    obstacles.push(...found.obstacles);
    if (found.looked !== undefined) looked.push(found.looked);
    done.push(place.kind);
    match = matchRepository(repository, agents, chosen);
    if (isSettled(match, chosen, done)) break;
  }
  return conclusionOf(repository, { match, obstacles, looked }, chosen);
}
