import type { Environment } from '../delivery/environment.ts';
import { delivered } from '../delivery/memory.ts';
import type { Proposal } from './write/proposals.ts';

/** Measures how long an image takes from its tag being chosen to its workload with it being healthy. */
export interface Arrivals {
  /** All that policies ask for now; what is no longer asked for is forgotten. */
  chosen(proposals: readonly Proposal[]): void;
  /** It is committed: from now on its workload is waited for. */
  released(proposal: Proposal): void;
  /** The object (`objectKey`) went back, so that nothing arrives. */
  wentBack(object: string): void;
  /** Health may have changed. */
  look(): void;
}

/** A release whose workload is not yet healthy; `hash` is of the body that the workload had before. */
interface Awaited {
  readonly seenAt: number;
  readonly hash: string | undefined;
}

/** Arrivals of an environment, none under way. */
export function createArrivals({ memory, metrics, now }: Pick<Environment, 'memory' | 'metrics' | 'now'>): Arrivals {
  let seen = new Map<string, number>();
  const awaited = new Map<string, Awaited>();

  return {
    chosen(proposals) {
      seen = new Map(
        proposals.map((proposal) => [nameOf(proposal), seen.get(nameOf(proposal)) ?? now().getTime()] as const),
      );
    },
    released(proposal) {
      const { object } = proposal.change.place;
      const seenAt = seen.get(nameOf(proposal)) ?? now().getTime();
      awaited.set(object, { seenAt, hash: memory.wanted.get(object)?.object.hash });
    },
    wentBack: (object) => void awaited.delete(object),
    look() {
      for (const [object, { seenAt, hash }] of awaited) {
        if (!memory.wanted.has(object)) awaited.delete(object);
        const arrived = delivered(memory, object)?.object.hash;
        if (arrived === undefined || arrived === hash) continue;
        if (memory.live.get(object)?.health.state !== 'healthy') continue;
        awaited.delete(object);
        metrics.imageToHealthy.observe({}, (now().getTime() - seenAt) / 1000);
      }
    },
  };
}

function nameOf({ change: { place, text } }: Proposal): string {
  return `${place.object} ${place.container} ${text}`;
}
