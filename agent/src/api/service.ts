import type {
  AdoptRequest,
  ChangesRequest,
  Event,
  ExplainImagesQuery,
  Explanation,
  HistoryEntry,
  ImageExplanation,
  ImageStatus,
  Job,
  ObjectDetail,
  PlanRequest,
  PlanResponse,
  ResumeRequest,
  Status,
  SuspendRequest,
  Suspension,
  SyncRequest,
  Tag,
  TagsQuery,
} from '@weaveflux/shared';

import type { Looked } from './hooks/hooks.ts';
import type { Notice } from './hooks/notices.ts';

/** What the API offers, without HTTP. Rejections are WeavefluxErrors; the server maps their codes to HTTP. */
export interface AgentService {
  status(): Status;
  images(): readonly ImageStatus[];
  /** One a container. Errors: NOT_FOUND where no workload, or several, or no image of it is meant. */
  tags(query: TagsQuery, signal: AbortSignal): Promise<readonly Tag[]>;
  explainImages(query: ExplainImagesQuery, signal: AbortSignal): Promise<readonly ImageExplanation[]>;
  /** The last 1,000 events, oldest first, and a way to hear of new ones; returns the unsubscribe. */
  events: EventSource;
  sync(request: SyncRequest): Job;
  /** With the same idempotency key within an hour: the first job again. */
  changes(request: ChangesRequest, idempotencyKey: string | undefined): Job;
  job(id: string): Job | undefined;
  /** Resolves when the job has ended or the deadline (milliseconds) is over, whichever is first. */
  waitForJob(id: string, deadline: number, signal: AbortSignal): Promise<Job | undefined>;
  object(name: string, signal: AbortSignal): Promise<ObjectDetail>;
  history(workload: string | undefined, limit: number, signal: AbortSignal): Promise<readonly HistoryEntry[]>;
  explain(subject: string, signal: AbortSignal): Promise<Explanation>;
  plan(request: PlanRequest, signal: AbortSignal): Promise<PlanResponse>;
  suspend(request: SuspendRequest, signal: AbortSignal): Promise<Suspension>;
  resume(request: ResumeRequest, signal: AbortSignal): Promise<void>;
  adopt(request: AdoptRequest, signal: AbortSignal): Promise<void>;
  /** The public half of the git key as it is now, OpenSSH format; `undefined` where https is used. Errors: GIT_AUTH, GIT_UNREACHABLE. */
  identity(): Promise<string | undefined> | string | undefined;
  /** Looks up what somebody says has changed, soon; gives what of it the environment has. */
  noticed(notice: Notice): Looked;
  /** Why the agent is not ready; empty = ready. */
  notReady(): readonly string[];
  /** Metrics in the Prometheus text format 0.0.4. */
  metrics(): string;
}

export interface EventSource {
  recent(): readonly Event[];
  subscribe(listener: (event: Event) => void): () => void;
}
