import { randomUUID } from 'node:crypto';
import { type ImageReference, objectKey, type SyncRequest, WeavefluxError } from '@weaveflux/shared';
import type { AgentService } from '../api/service.ts';
import type { Automation } from '../automation/automation.ts';
import type { DeliverySteps } from '../delivery/deliver.ts';
import type { Environment } from '../delivery/environment.ts';
import type { Loop } from '../delivery/loop.ts';
import { type AgentFacts, statusOf } from '../delivery/status.ts';
import type { EventLog } from '../notify/event-log.ts';
import { createDeployKey } from './deploy-key.ts';
import { explain } from './explain.ts';
import { createJobs, type JobResult } from './jobs.ts';
import { objectDetail } from './objects.ts';
import { plan } from './plan.ts';
import type { Readiness } from './readiness.ts';
import { knownObjects, objectNamed, workloadKeyNamed } from './subjects.ts';
import type { Suspensions } from './suspend.ts';

/** What the service speaks for. */
export interface ServiceParts {
  readonly env: Environment;
  readonly facts: AgentFacts;
  readonly events: EventLog;
  readonly loop: Loop;
  readonly automation: Automation;
  readonly suspensions: Suspensions;
  readonly readiness: Readiness;
  readonly load: DeliverySteps['load'];
  readonly identity: AgentService['identity'];
  /** The deploy key that the status shows was read. */
  readonly onIdentity?: () => void;
}

/** The agent as the API and the command see it. */
export function createService(parts: ServiceParts): AgentService {
  const { env, loop, automation, suspensions, readiness } = parts;
  const jobs = createJobs({ newId: randomUUID, now: env.now });
  const { memory } = env;
  const withDeployKey = createDeployKey(parts.identity, parts.onIdentity);

  async function sync(request: SyncRequest): Promise<JobResult> {
    if (request.confirmPrune !== undefined && memory.prune?.revision !== request.confirmPrune) {
      const waiting = memory.prune === undefined ? 'No prune waits' : `The prune of ${memory.prune.revision} waits`;
      throw new WeavefluxError(
        'INVALID_REQUEST',
        `${waiting}, not one of ${request.confirmPrune}; see: weaveflux status`,
      );
    }
    const report = await loop.sync({ force: true, confirmPrune: request.confirmPrune });
    // What was pushed meanwhile is not in this report, so it must not pass for a success.
    const unread = memory.repository.problem === undefined ? [] : [memory.repository.problem];
    return { revision: report.revision, outcomes: [...report.outcomes], problems: [...unread, ...report.problems] };
  }

  return {
    status: () => {
      const isReady = readiness.reasons().length === 0;
      return withDeployKey(statusOf(memory, parts.facts, env.repository.branch, isReady, env.now()));
    },
    images: () => automation.images(),
    async explainImages({ workload, ...wanted }, signal) {
      return automation.explain({ ...wanted, object: workloadKeyNamed(workload, memory) }, signal);
    },
    tags: ({ repository, limit }, signal) => automation.tags(repository, limit, signal),
    events: parts.events,
    sync: (request) => jobs.start('sync', undefined, () => sync(request)),
    changes: (request, key) => jobs.start('changes', key, () => automation.change(request)),
    job: jobs.get,
    waitForJob: jobs.wait,
    object: (name, signal) => objectDetail(env, name, signal),
    history: (workload, limit, signal) => {
      const key = workload === undefined ? undefined : workloadKeyNamed(workload, memory);
      return automation.history(key, limit, signal);
    },
    async explain(subject) {
      const explanation = explain(subject, memory, automation.images());
      if (explanation.lines.length > 0) return explanation;
      throw new WeavefluxError(
        'NOT_FOUND',
        `Neither an object nor an image of this environment is called "${subject}".`,
      );
    },
    plan: (request, signal) => plan(env, parts.load, request, signal),
    suspend: suspensions.suspend,
    resume: suspensions.resume,
    async adopt(request, signal) {
      const id = objectNamed(request.object, knownObjects(memory));
      const key = objectKey(id);
      const apiVersion = memory.wanted.get(key)?.object.manifest.apiVersion ?? memory.inventory.get(key)?.apiVersion;
      if (apiVersion === undefined)
        throw new WeavefluxError('NOT_FOUND', `${request.object} is not in the repository.`);
      await env.target.adopt(id, apiVersion, signal);
      env.emit({
        type: 'adopted',
        severity: 'info',
        object: key,
        message: `${request.object} is adopted for ${parts.facts.environment}.`,
      });
      loop.again();
    },
    identity: parts.identity,
    noticed({ images, git }) {
      // Nothing waits for it: what it finds is in the status.
      if (git) void loop.lookNow();
      const isMeant = (image: ImageReference): boolean =>
        images.some(
          ({ registry, repository }) =>
            repository === image.repository && (registry === undefined || registry === image.registry),
        );
      return { images: automation.noticed(isMeant), git };
    },
    notReady: readiness.reasons,
    metrics: () => {
      readiness.measure();
      env.metrics.jobsRunning.set({}, jobs.running());
      return env.metrics.print();
    },
  };
}
