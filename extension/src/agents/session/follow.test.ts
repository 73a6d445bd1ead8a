import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, ImageStatus } from '@weaveflux/shared';
import type { ApiClient, StreamItem } from '@weaveflux/shared/node';
import type { AgentState } from '../../model/agent/state.ts';
import { connected, imageStatus } from '../../model/testing/source.ts';
import { followAgent } from './follow.ts';
import type { AgentLink } from './places.ts';

const NEWER = imageStatus({ state: 'update', chosen: { tag: '1.5.0' }, scannedAt: '2030-01-01T00:00:00Z' });
const TAKEN: ImageStatus = { ...NEWER, state: 'current', image: 'r.io/web:1.5.0', tag: '1.5.0' };
const APPLIED: Event = {
  id: 'a-2',
  time: '2030-01-01T00:00:00Z',
  type: 'sync-applied',
  environment: 'shop',
  severity: 'info',
  message: 'Applied.',
};

test('what the agent decides about images a moment after an event is seen without another one', async () => {
  const ending = new AbortController();
  let state: AgentState = connected({ images: [NEWER] });
  let decides: readonly ImageStatus[] = [NEWER];
  const seen = Promise.withResolvers<void>();
  const client = {
    status: async () => state.status,
    images: async () => {
      const answer = decides;
      decides = [TAKEN];
      return answer;
    },
    async *events({ signal }: { signal: AbortSignal }): AsyncGenerator<StreamItem> {
      yield { kind: 'event', event: APPLIED };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  } as unknown as ApiClient;
  const follower = {
    state: () => state,
    tell(parts: Partial<AgentState>) {
      state = { ...state, ...parts };
      if (state.images[0]?.tag === '1.5.0') seen.resolve();
    },
    isOurs: () => true,
    isWatched: () => true,
    now: () => performance.now(),
  };
  const following = followAgent({} as AgentLink, client, follower, ending.signal);
  const late = setTimeout(() => seen.reject(new Error('the images were not read again within 10 s')), 10_000);
  await seen.promise;
  clearTimeout(late);
  ending.abort();
  await following;
  assert.equal(state.images[0]?.state, 'current');
});
