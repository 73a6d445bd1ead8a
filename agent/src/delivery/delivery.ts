import { isRetryable, type Problem, toProblem, type WeavefluxError } from '@weaveflux/shared';
import type { Head } from '../git/repository.ts';
import { DELIVERY_BACKOFF, retryDelay } from '../plan/backoff.ts';
import { RenderCache } from '../render/cache.ts';
import { createLoader, loadRevision } from '../render/load.ts';
import { createAlarms } from './alarms.ts';
import { sawCluster } from './cluster.ts';
import { type DeliverySteps, deliver } from './deliver.ts';
import { type Environment, short } from './environment.ts';
import { createGuard } from './guard.ts';
import { createLoop, type Loop } from './loop.ts';
import { noteRewritten } from './rewritten.ts';

/** The alarm at which a window opens that a revision waits for. */
const OPENING = 'opening';

/** The first flow, running: Git to cluster, and the guard over what was delivered. */
export interface Delivery {
  readonly loop: Loop;
  /** Reads any revision, for a plan or an edit. */
  readonly load: DeliverySteps['load'];
  /** A suspension has ended: what was held back is delivered, and what differs is compared again. */
  resumed(): void;
  stop(deadline: number): Promise<void>;
}

/** A delivery that is not started yet. */
export function createDelivery(
  env: Environment,
  options: { readonly signal: AbortSignal; onLooked(): void; onDelivered(): void },
): Delivery {
  const { repository, target, config } = env;
  const guard = createGuard(env, { signal: options.signal, again: () => loop.again() });
  const openings = createAlarms(env.now, () => loop.again());
  const cache = new RenderCache();
  const loader = createLoader(repository, config.gitPaths, cache);
  const steps: DeliverySteps = {
    load: loader.load,
    watch: () => target.watch(kindsOf(env), guard.handlers),
    overtaken: guard.recheck,
  };
  const loop = createLoop(
    {
      look: repository.look.bind(repository),
      async onHead(head) {
        await sawHead(env, head);
        options.onLooked();
      },
      onLookFailed: (error) => lookFailed(env, error),
      async deliver(work, signal) {
        const report = await deliver(env, steps, work, signal);
        sawCluster(env, undefined);
        const until = env.memory.sync.waits?.until;
        if (until === undefined) openings.clear(OPENING);
        else openings.set(OPENING, until);
        guard.afterDelivery();
        options.onDelivered();
        return report;
      },
      onDeliverFailed: (error) => deliverFailed(env, error),
    },
    {
      poll: config.gitPollInterval,
      sync: config.syncInterval,
      retry: (attempt) => retryDelay(attempt, DELIVERY_BACKOFF, env.random),
    },
    env.now,
  );

  return {
    loop,
    load: (revision, signal) => loadRevision({ repository, revision, paths: config.gitPaths, cache, signal }),
    resumed() {
      loop.again();
      guard.recheckDrifted();
    },
    async stop(deadline) {
      openings.stop();
      await loop.stop(deadline);
      await guard.stop();
    },
  };
}

function kindsOf(env: Environment): { group: string; kind: string; apiVersion: string }[] {
  const kinds = new Map<string, { group: string; kind: string; apiVersion: string }>();
  for (const { id, apiVersion } of env.memory.inventory.values()) {
    kinds.set(`${id.group}/${id.kind}`, { group: id.group, kind: id.kind, apiVersion });
  }
  return [...kinds.values()];
}

async function sawHead(env: Environment, head: Head): Promise<void> {
  const { repository } = env.memory;
  // First, so that it is not lost with what fails below: the next look no longer sees it.
  noteRewritten(env, head);
  const news = repository.head?.revision !== head.revision;
  if (news) {
    repository.headSeenAt = repository.head === undefined ? undefined : env.now().getTime();
    repository.head = await env.repository.commit(head.revision, AbortSignal.timeout(env.config.gitTimeout));
  }
  if (repository.problem !== undefined) {
    env.emit({ type: 'git-recovered', severity: 'info', message: 'The repository can be read again.' });
  }
  repository.problem = undefined;
  repository.checkedAt = env.now().toISOString();
  if (!news || repository.head === undefined) return;
  const { revision, subject, author } = repository.head;
  const message = `${short(revision)} by ${author}: ${subject}`;
  env.emit({ type: 'revision-fetched', severity: 'info', revision, message });
}

function lookFailed(env: Environment, error: WeavefluxError): void {
  const { repository } = env.memory;
  const before = repository.problem === undefined ? [] : [repository.problem];
  const news = isNews(error, before);
  repository.problem = toProblem(error);
  if (news) env.emit({ type: 'git-unreachable', severity: 'error', message: error.message });
}

function deliverFailed(env: Environment, error: WeavefluxError): void {
  const { sync } = env.memory;
  const news = isNews(error, sync.problems);
  sync.state = 'failed';
  sync.finishedAt = undefined;
  sync.problems = [toProblem(error)];
  if (!news) return;
  const revision = sync.revision === undefined ? {} : { revision: sync.revision };
  env.emit({ type: 'sync-failed', severity: 'error', ...revision, message: error.message });
}

/** Whether it is none of the known problems: an outage has as many wordings as requests that run into it. */
function isNews(error: WeavefluxError, known: readonly Problem[]): boolean {
  return !known.some(({ code, message }) => code === error.code && (isRetryable(code) || message === error.message));
}
