import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImageStatus, WeavefluxError } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import { type AgentState, UNKNOWN_STATE } from '../../model/agent/state.ts';
import { imageOf, objectOf, statusWith } from '../../model/testing/environment.ts';
import { followAgent } from './follow.ts';
import type { AgentLink } from './places.ts';

const KEY = 'apps/Deployment/shop/web';
const DECIDED = imageOf(KEY, 'r.io/web:1.4.2', { state: 'not-automated' });
const LISTED: ImageStatus = { ...DECIDED, available: [{ tag: '1.5.0' }], scannedAt: '2026-01-01T00:00:00Z' };

test('what a registry lists arrives though no event tells of it', { timeout: 30_000 }, async () => {
  const told: (readonly ImageStatus[])[] = [[], [DECIDED], [LISTED]];
  const states = await follow(
    () => (told.length > 1 ? told.shift() : told[0]) ?? [],
    ({ images }) => images[0]?.scannedAt !== undefined,
  );
  assert.deepEqual(
    states.flatMap(({ images }) => images.map(({ available }) => available.length)),
    [0, 1],
  );
});

test('images that cannot be read leave the status as it is, and are read again', { timeout: 30_000 }, async () => {
  const failure = new WeavefluxError('INTERNAL', 'The agent answered 500.');
  const told: (readonly ImageStatus[] | WeavefluxError)[] = [[DECIDED], failure, failure, [LISTED]];
  const said: string[] = [];
  await follow(
    () => {
      const next = (told.length > 1 ? told.shift() : told[0]) ?? [];
      if (next instanceof WeavefluxError) throw next;
      return next;
    },
    ({ connection, status, images, imagesProblem }) => {
      const known = status === undefined ? 'nothing' : `${images.length} images`;
      const line = `${connection.kind}, ${known}${imagesProblem === undefined ? '' : `: ${imagesProblem}`}`;
      if (said.at(-1) !== line) said.push(line);
      return images[0]?.scannedAt !== undefined;
    },
  );
  assert.deepEqual(said, [
    'idle, nothing',
    'connected, 1 images',
    'connected, 1 images: The agent answered 500.',
    'connected, 1 images',
  ]);
});

/** Follows an agent whose environment is well until a state is as wanted; gives those whose images were others. */
async function follow(
  images: () => readonly ImageStatus[],
  isWanted: (state: AgentState) => boolean,
): Promise<AgentState[]> {
  const end = new AbortController();
  const states: AgentState[] = [];
  let state = UNKNOWN_STATE;
  const client = {
    status: async () => statusWith([objectOf(KEY)]),
    images: async () => images(),
    recentEvents: async () => [],
    async *events({ signal }: { readonly signal: AbortSignal }) {
      yield { kind: 'reset' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  } as unknown as ApiClient;
  const follower = {
    state: () => state,
    tell(parts: Partial<AgentState>) {
      if (parts.images !== undefined && parts.images !== state.images) states.push({ ...state, ...parts });
      state = { ...state, ...parts };
      if (isWanted(state)) end.abort();
    },
    isOurs: () => true,
    isWatched: () => true,
    now: () => performance.now(),
  };
  await followAgent({} as AgentLink, client, follower, end.signal);
  return states;
}
