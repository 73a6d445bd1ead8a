import * as l10n from '@vscode/l10n';
import { asWeavefluxError, type ImageStatus, type Status, WeavefluxError } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import { type Part, partsOf } from '../../model/agent/event-parts.ts';
import type { AgentState } from '../../model/agent/state.ts';
import { withEvents } from '../../model/agent/transitions.ts';
import type { AgentLink } from './places.ts';
import { createRefresher } from './refresher.ts';

/** What following an agent needs of whoever wants to know. */
export interface Follower {
  readonly state: () => AgentState;
  /** Takes parts of the state. */
  readonly tell: (parts: Partial<AgentState>) => void;
  /** Whether the agent is still the repository's; else it is left. */
  readonly isOurs: (status: Status) => boolean;
  /** Whether somebody may be looking. */
  readonly isWatched: () => boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

const ALL: readonly Part[] = ['status', 'images'];
const IMAGES: readonly Part[] = ['images'];
/** Milliseconds until it is read again though no event came: replicas, health and what registries list change without one. */
const UNSETTLED = 2_000;
const LONGEST_UNSETTLED = 15_000;
const SETTLED = 60_000;
/**
 * So often the images are read after an event about them: once at once, then with the status. The agent decides about them
 * anew a moment after what it tells of, and does not tell where it finds nothing newer.
 */
const IMAGE_LOOKS = 4;
/** Milliseconds after which an answer is not waited for: a connection can be dead without a word. */
const PATIENCE = 20_000;
/** Milliseconds until it is tried again, where reading fails though the events flow. */
const AFTER_FAILURE = 2_000;

/**
 * Follows an agent: reads what it knows, then what its events say is another, over lost connections. Returns when the agent
 * may be found elsewhere or the signal is aborted. Errors: where the agent refuses.
 */
export async function followAgent(
  link: AgentLink,
  client: ApiClient,
  follower: Follower,
  ending: AbortSignal,
): Promise<void> {
  const { state, tell } = follower;
  const stop = new AbortController();
  const signal = AbortSignal.any([ending, stop.signal]);
  /** There while the agent is lost. */
  let away: AbortController | undefined;
  let pause = UNSETTLED;
  let imageLooks = 0;
  /** What could not be read. */
  let owed: ReadonlySet<Part> = new Set();

  async function read(touched: ReadonlySet<Part>): Promise<void> {
    const parts = new Set([...touched, ...owed]);
    try {
      const found = await readParts(client, parts, signal);
      const { status, images, imagesProblem } = found;
      if (signal.aborted) return;
      owed = new Set(imagesProblem === undefined ? [] : IMAGES);
      if (images !== undefined) imageLooks = Math.max(0, imageLooks - 1);
      if (status !== undefined && !follower.isOurs(status)) return stop.abort(turnedAway(status));
      const before = state();
      tell({ connection: { kind: 'connected' }, ...found });
      pause = state() === before ? Math.min(pause * 1.5, LONGEST_UNSETTLED) : UNSETTLED;
      const settled = isSettled(state().status);
      const isComplete =
        imagesProblem === undefined && imageLooks === 0 && (pause === LONGEST_UNSETTLED || areLookedUp(state().images));
      const isQuiet = !follower.isWatched() || (settled && isComplete);
      refresher.touchLater(settled || imageLooks > 0 ? ALL : ['status'], isQuiet ? SETTLED : pause);
    } catch (error) {
      owed = parts;
      if (!signal.aborted) failed(asWeavefluxError(error));
    }
  }

  function failed(error: WeavefluxError): void {
    if (isRefusal(error)) stop.abort(error);
    // Of a lost stream the reason is known already, and it is tried again with the stream.
    if (signal.aborted || away !== undefined) return;
    tell({ connection: { kind: 'lost', message: error.message } });
    refresher.touchLater(['status'], AFTER_FAILURE);
  }

  function opened(): void {
    const wasAway = away !== undefined;
    away?.abort();
    away = undefined;
    if (wasAway) refresher.touch(ALL);
  }

  function lost({ message }: WeavefluxError): void {
    tell({ connection: { kind: 'lost', message } });
    if (away !== undefined) return;
    const looking = new AbortController();
    away = looking;
    const until = AbortSignal.any([signal, looking.signal]);
    void link.moved(until).then(
      () => until.aborted || stop.abort(),
      (error: unknown) => until.aborted || stop.abort(asWeavefluxError(error)),
    );
  }

  const refresher = createRefresher(read, follower.now);
  try {
    for await (const item of client.events({ signal, onOpen: opened, onLost: lost })) {
      if (item.kind === 'event') {
        tell({ events: withEvents(state().events, [item.event]) });
        const parts = partsOf(item.event);
        if (parts.includes('images')) [imageLooks, pause] = [IMAGE_LOOKS, UNSETTLED];
        refresher.touch(parts);
      } else {
        refresher.touch(ALL);
        tell({ events: withEvents(state().events, await client.recentEvents(signal)) });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.abort();
    refresher.stop();
  }
  const reason: unknown = stop.signal.reason;
  if (!ending.aborted && reason instanceof WeavefluxError) throw reason;
}

/** Reads parts of what an agent knows. Images alone that cannot be read are no error: the status tells that the agent is there. */
async function readParts(
  client: ApiClient,
  parts: ReadonlySet<Part>,
  signal: AbortSignal,
): Promise<Partial<Pick<AgentState, 'status' | 'images' | 'imagesProblem'>>> {
  const readStatus = () => within(PATIENCE, signal, (either) => client.status(either));
  const [status, images] = await Promise.all([
    parts.has('status') ? readStatus() : undefined,
    parts.has('images')
      ? within(PATIENCE, signal, (either) => client.images(either)).catch(asWeavefluxError)
      : undefined,
  ]);
  if (!(images instanceof WeavefluxError))
    return {
      ...(status === undefined ? {} : { status }),
      ...(images === undefined ? {} : { images, imagesProblem: undefined }),
    };
  if (isRefusal(images)) throw images;
  return { status: status ?? (await readStatus()), imagesProblem: images.message };
}

async function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const patience = AbortSignal.timeout(milliseconds);
  try {
    return await ask(AbortSignal.any([signal, patience]));
  } catch (error) {
    throw patience.aborted ? tooLate() : asWeavefluxError(error);
  }
}

function tooLate(): WeavefluxError {
  return new WeavefluxError('TIMEOUT', l10n.t('The agent did not answer within {0} s.', PATIENCE / 1000));
}

function turnedAway({ environment, repository }: Status): WeavefluxError {
  const message = l10n.t(
    'The agent of environment {0} follows another repository or branch now ({1}).',
    environment,
    repository.branch,
  );
  return new WeavefluxError('NOT_FOUND', message);
}

function isRefusal({ code }: WeavefluxError): boolean {
  return code === 'UNAUTHORIZED' || code === 'FORBIDDEN';
}

/** Whether the agent knows the images, and has asked the registry of each that it ever asks. */
function areLookedUp(images: readonly ImageStatus[]): boolean {
  const isLookedUp = ({ scannedAt, problem, state }: ImageStatus): boolean =>
    scannedAt !== undefined || problem !== undefined || state === 'ignored';
  return images.length > 0 && images.every(isLookedUp);
}

/** Whether nothing is under way that changes without an event. */
function isSettled(status: Status | undefined): boolean {
  if (status === undefined || status.sync.state !== 'healthy') return false;
  return status.objects.every(({ health, drift }) => drift === undefined && health.state !== 'progressing');
}
