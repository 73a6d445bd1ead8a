import {
  type ChangesRequest,
  type Event,
  type ImageExplanation,
  type ImageStatus,
  type Job,
  type Status,
  WeavefluxError,
} from '@weaveflux/shared';
import type { AgentService } from '../service.ts';

const REVISION = '4f0c2d1e9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d';

/** What a test may look at or decide from outside of a `MemoryService`. */
export interface MemoryControls {
  /** Every request that reached the service, with its name. */
  readonly calls: { readonly name: string; readonly request: unknown }[];
  notReady: string[];
  emit(event: Partial<Event>): Event;
  /** Ends a job that was left running. */
  finish(id: string, change: Partial<Job>): void;
}

/** An agent's service without an agent: fixed answers of every shape, for tests of what stands before it. */
export type MemoryService = AgentService & { readonly controls: MemoryControls };

/** Objects named `broken` fail, `slow` never answers, everything else is found. Jobs end at once unless `running`. */
export function createMemoryService(options: { running?: boolean; retained?: number } = {}): MemoryService {
  const events: Event[] = [];
  const listeners = new Set<(event: Event) => void>();
  const jobs = new Map<string, Job>();
  const byKey = new Map<string, Job>();
  const waiting = new Set<() => void>();
  const calls: MemoryControls['calls'] = [];
  const note = (name: string, request: unknown) => void calls.push({ name, request });
  const controls: MemoryControls = {
    calls,
    notReady: [],
    emit: (event) => {
      const made = exampleEvent(events.length + 1, event);
      events.push(made);
      for (const listener of listeners) listener(made);
      return made;
    },
    finish: (id, change) => {
      const job = jobs.get(id);
      if (job !== undefined) jobs.set(id, { ...job, ...change });
      for (const wake of waiting) wake();
    },
  };
  const start = (kind: Job['kind'], outcomes: Job['outcomes'], more: Partial<Job> = {}): Job => {
    const failed = outcomes.some((outcome) => outcome.result === 'failed');
    const state = options.running ? 'running' : failed ? 'failed' : 'succeeded';
    const job: Job = { id: `job-${jobs.size + 1}`, kind, state, outcomes, problems: [], ...more };
    jobs.set(job.id, job);
    return job;
  };
  return {
    controls,
    status: exampleStatus,
    images: () => exampleImages(),
    tags: async (query) => {
      note('tags', query);
      return exampleImages().flatMap(({ available }) => available);
    },
    explainImages: async (query) => {
      note('explainImages', query);
      if (query.workload.endsWith('absent')) throw new WeavefluxError('NOT_FOUND', `There is no ${query.workload}.`);
      return exampleImages().map((image) => exampleExplanation(image, query.limit));
    },
    events: {
      recent: () => events.slice(-(options.retained ?? 1000)),
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    sync: (request) => {
      note('sync', request);
      return start('sync', exampleOutcomes(request.confirmPrune), { revision: REVISION });
    },
    changes: (request, key) => {
      note('changes', { request, key });
      const known = key === undefined ? undefined : byKey.get(key);
      if (known !== undefined) return known;
      const job = start(
        'changes',
        changeOutcomes(request),
        request.dryRun ? { diff: DIFF } : { diff: DIFF, commit: COMMIT },
      );
      if (key !== undefined) byKey.set(key, job);
      return job;
    },
    job: (id) => jobs.get(id),
    waitForJob: async (id, deadline, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, deadline);
      signal.addEventListener('abort', () => resolve());
      waiting.add(resolve);
      if (jobs.get(id)?.state !== 'running') resolve();
      await promise;
      clearTimeout(timer);
      return jobs.get(id);
    },
    noticed: (notice) => {
      note('noticed', notice);
      return { images: notice.images.map(({ repository }) => `registry.example.com/${repository}`), git: notice.git };
    },
    object: (name) => {
      if (name.endsWith('slow')) return new Promise(() => undefined);
      if (name.endsWith('broken')) throw new Error('a stack with hunter2 in it');
      if (name.endsWith('absent')) throw new WeavefluxError('NOT_FOUND', `There is no object ${name}.`);
      return Promise.resolve({ key: name, name: 'shop:deployment/web', managed: true, differences: [] });
    },
    history: async (workload, limit) => {
      note('history', { workload, limit });
      return [
        {
          commit: COMMIT,
          object: 'apps/Deployment/shop/web',
          container: 'web',
          repository: 'registry.example.com/shop/web',
          from: '1.4.1',
          to: '1.4.2',
          policy: 'semver:~1.4',
          requestedBy: 'Ada <ada@example.com>',
        },
      ];
    },
    explain: async (subject) => ({ subject, lines: ['It is applied as written.', 'Its policy chooses 1.4.2.'] }),
    plan: async (request) => {
      note('plan', request);
      return { revision: REVISION, objects: [PLANNED], problems: [] };
    },
    suspend: async (request) => {
      note('suspend', request);
      return { reason: request.reason, by: request.requestedBy.name, since: '2026-05-04T10:00:00Z' };
    },
    resume: async (request) => note('resume', request),
    adopt: async (request) => note('adopt', request),
    identity: () => 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExample weaveflux',
    notReady: () => controls.notReady,
    metrics: () => 'weaveflux_info{version="0.1.0"} 1\n',
  };
}

const COMMIT = {
  revision: REVISION,
  subject: 'Release registry.example.com/shop/web:1.4.2',
  author: 'Weaveflux',
  time: '2026-05-04T09:58:00Z',
};

const DIFF = '--- a/web.yaml\n+++ b/web.yaml\n@@ -14,1 +14,1 @@\n-  image: web:1.4.1\n+  image: web:1.4.2\n';

const PLANNED = {
  key: 'apps/Deployment/shop/web',
  name: 'shop:deployment/web',
  action: 'configured' as const,
  file: 'shop/web.yaml',
  line: 1,
  differences: [{ path: '/spec/replicas', desired: '3', live: '2' }],
};

function exampleEvent(number: number, event: Partial<Event>): Event {
  return {
    id: `boot-${number}`,
    time: '2026-05-04T10:00:00Z',
    type: 'object-configured',
    environment: 'default',
    severity: 'info',
    message: `Event ${number}.`,
    ...event,
  };
}

function exampleStatus(): Status {
  return {
    environment: 'default',
    namespace: 'weaveflux',
    version: '0.1.0',
    startedAt: '2026-05-04T08:00:00Z',
    ready: true,
    readOnly: false,
    repository: {
      url: 'ssh://git@example.com/shop/environment.git',
      branch: 'main',
      paths: ['shop'],
      head: COMMIT,
      checkedAt: '2026-05-04T10:00:00Z',
    },
    sync: {
      state: 'failed',
      revision: REVISION,
      appliedRevision: REVISION,
      counts: { unchanged: 1, configured: 1, failed: 1 },
      problems: [
        {
          severity: 'error',
          code: 'REJECTED',
          message: 'The port 99999 is too large.',
          file: 'shop/queue.yaml',
          line: 7,
        },
      ],
      ignored: 2,
    },
    suspensions: [],
    objects: [
      {
        key: 'apps/Deployment/shop/web',
        name: 'shop:deployment/web',
        file: 'shop/web.yaml',
        line: 1,
        action: 'configured',
        health: { state: 'healthy', message: '', ready: 2, desired: 2 },
        images: { web: 'registry.example.com/shop/web:1.4.2' },
      },
      {
        key: '/Service/shop/queue',
        name: 'shop:service/queue',
        file: 'shop/queue.yaml',
        line: 1,
        action: 'failed',
        health: { state: 'missing', message: 'It is not there.' },
        problem: {
          severity: 'error',
          code: 'REJECTED',
          message: 'The port 99999 is too large.',
          file: 'shop/queue.yaml',
          line: 7,
        },
      },
      {
        key: '/ConfigMap/shop/settings',
        name: 'shop:configmap/settings',
        action: 'unchanged',
        health: { state: 'healthy', message: '' },
      },
    ],
  };
}

function exampleImages(): ImageStatus[] {
  return [
    {
      object: 'apps/Deployment/shop/web',
      name: 'shop:deployment/web',
      container: 'web',
      file: 'shop/web.yaml',
      line: 14,
      image: 'registry.example.com/shop/web:1.4.2',
      repository: 'registry.example.com/shop/web',
      tag: '1.4.2',
      automated: true,
      policy: 'semver:~1.4',
      state: 'current',
      chosen: { tag: '1.4.2', created: '2026-05-04T09:00:00Z' },
      reason: 'It is the newest that the policy admits.',
      held: [],
      available: [{ tag: '1.4.2', created: '2026-05-04T09:00:00Z' }, { tag: '1.4.1' }],
    },
  ];
}

function exampleExplanation(image: ImageStatus, limit: number): ImageExplanation {
  const hold = { tag: '1.4.3', from: '1.4.3', to: '1.4.2', by: 'Ada', time: '2026-05-04T08:00:00Z', commit: REVISION };
  const tags: ImageExplanation['tags'] = [
    { tag: '1.5.0', standing: 'not-admitted', reason: 'It is outside of semver:~1.4.' },
    {
      tag: '1.4.3',
      created: '2026-05-04T07:00:00Z',
      standing: 'held',
      reason: 'It is held because Ada went back.',
      hold,
    },
    { tag: '1.4.2', created: '2026-05-04T09:00:00Z', standing: 'current', reason: 'It is in the file.' },
  ];
  return {
    image,
    policyAt: { file: 'shop/web.yaml', line: 5 },
    pinnedBy: COMMIT,
    total: tags.length,
    tags: tags.slice(0, limit),
  };
}

function exampleOutcomes(confirmPrune: string | undefined): Job['outcomes'] {
  const web = {
    subject: 'apps/Deployment/shop/web',
    name: 'shop:deployment/web',
    result: 'configured' as const,
    message: '',
  };
  const queue = {
    subject: '/Service/shop/queue',
    name: 'shop:service/queue',
    result: 'failed' as const,
    message: 'The port 99999 is too large.',
    file: 'shop/queue.yaml',
    line: 7,
  };
  const old = { subject: '/Service/shop/old', name: 'shop:service/old', result: 'deleted' as const, message: '' };
  return confirmPrune === undefined ? [web, queue] : [web, old];
}

function changeOutcomes(request: ChangesRequest): Job['outcomes'] {
  return request.changes.map((change) => ({
    subject: `${change.kind} ${change.workload}`,
    name: change.workload,
    result: change.workload.endsWith('absent') ? 'failed' : 'configured',
    message: change.workload.endsWith('absent') ? `There is no workload ${change.workload}.` : `${change.kind} done`,
  }));
}
