import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment } from '../delivery/environment.ts';
import { createMemory } from '../delivery/memory.ts';
import { createArrivals } from './arrivals.ts';
import type { Proposal } from './write/proposals.ts';

const WEB = 'apps/Deployment/shop/web';

/** A world in which one workload is as the repository says, body `old`, and healthy. */
function world() {
  const memory = createMemory();
  const observed: number[] = [];
  let now = 0;
  const metrics = { imageToHealthy: { observe: (_: object, seconds: number) => void observed.push(seconds) } };
  const env = { memory, metrics, now: () => new Date(now) } as unknown as Environment;
  const live = (state: string) => memory.live.set(WEB, { key: WEB, health: { state, message: '' } } as never);
  const want = (hash: string) => {
    memory.wanted = new Map([[WEB, { object: { key: WEB, hash }, policies: {} } as never]]);
  };
  want('old');
  memory.applied.set(WEB, { hash: 'old' });
  live('healthy');
  return {
    arrivals: createArrivals(env),
    observed,
    memory,
    live,
    want,
    at(seconds: number) {
      now = seconds * 1000;
    },
  };
}

function proposal(text: string): Proposal {
  return { change: { place: { object: WEB, container: 'app' }, text } } as unknown as Proposal;
}

test('an image is on its way from when it is chosen until its workload is healthy with it', () => {
  const { arrivals, observed, memory, live, want, at } = world();
  arrivals.chosen([proposal('app:2')]);
  at(3);
  arrivals.chosen([proposal('app:2')]);
  at(5);
  arrivals.released(proposal('app:2'));
  arrivals.look();
  assert.deepEqual(observed, [], 'what is healthy is the one before');
  want('new');
  arrivals.look();
  assert.deepEqual(observed, [], 'it is not applied yet');
  memory.applied.set(WEB, { hash: 'new' });
  live('progressing');
  at(9);
  arrivals.look();
  assert.deepEqual(observed, []);
  live('healthy');
  at(12);
  arrivals.look();
  arrivals.look();
  assert.deepEqual(observed, [12], 'from the first choice, once');
});

test('a tag that is overtaken, and a workload that is gone, are not measured', () => {
  const { arrivals, observed, memory, want, at } = world();
  arrivals.chosen([proposal('app:2')]);
  arrivals.released(proposal('app:2'));
  at(10);
  arrivals.chosen([proposal('app:3')]);
  arrivals.released(proposal('app:3'));
  want('new');
  memory.applied.set(WEB, { hash: 'new' });
  at(14);
  arrivals.look();
  assert.deepEqual(observed, [4], 'the newer one alone');

  arrivals.chosen([proposal('app:4')]);
  arrivals.released(proposal('app:4'));
  memory.wanted = new Map();
  arrivals.look();
  want('newest');
  memory.applied.set(WEB, { hash: 'newest' });
  arrivals.look();
  assert.deepEqual(observed, [4]);
});
