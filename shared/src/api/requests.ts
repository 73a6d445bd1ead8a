import * as z from 'zod';
import { problemSchema } from '../problems.ts';
import { actionSchema, commitSchema, differenceSchema } from './status.ts';

const workload = z.string().min(1);
const container = z.string().min(1);

/** One wish of a person about an image or its policy. A workload is named `namespace:kind/name` or by an unambiguous suffix. */
export const changeSchema = z.discriminatedUnion('kind', [
  /** Without `tag`: what the policy chooses. Without `container`: every container. `force` passes a pin, and a signature that is required. */
  z.object({
    kind: z.literal('release'),
    workload,
    container: container.optional(),
    tag: z.string().optional(),
    force: z.boolean().optional(),
  }),
  /**
   * Commits what waits for approval, and only if that is `tag` still, with `digest` where one is written; else the outcome says
   * what waits now. Without `container`: every container with which this tag waits, with a digest those that write it.
   */
  z.object({
    kind: z.literal('approve'),
    workload,
    container: container.optional(),
    tag: z.string().min(1),
    digest: z.string().min(1).optional(),
  }),
  /** The previous tag by the repository's history, or `to`. The tag left is held. */
  z.object({ kind: z.literal('rollback'), workload, container: container.optional(), to: z.string().optional() }),
  /** Without `container`: the whole workload. */
  z.object({
    kind: z.literal('pin'),
    workload,
    container: container.optional(),
    tag: z.string().optional(),
    reason: z.string().optional(),
  }),
  z.object({ kind: z.literal('unpin'), workload, container: container.optional() }),
  /** `fromNow`: take what the policy chooses, whatever its order. */
  z.object({ kind: z.literal('automate'), workload, fromNow: z.boolean().optional() }),
  z.object({ kind: z.literal('deautomate'), workload }),
  /** `policy` absent = remove it. */
  z.object({ kind: z.literal('policy'), workload, container, policy: z.string().optional() }),
]);
export type Change = z.infer<typeof changeSchema>;
export type ChangeKind = Change['kind'];

export const requestedBySchema = z.object({ name: z.string().min(1).max(200), email: z.string().max(200).optional() });
export type RequestedBy = z.infer<typeof requestedBySchema>;

/** `POST /api/v1/changes`. The header `Idempotency-Key` makes a retry return the first job. */
export const changesRequestSchema = z.object({
  baseRevision: z.string().optional(),
  requestedBy: requestedBySchema,
  message: z.string().max(2000).optional(),
  dryRun: z.boolean().optional(),
  changes: z.array(changeSchema).min(1).max(200),
});
export type ChangesRequest = z.infer<typeof changesRequestSchema>;

/** `POST /api/v1/sync`. */
export const syncRequestSchema = z.object({
  requestedBy: requestedBySchema.optional(),
  /** Allows exactly the prune that was listed for this revision. */
  confirmPrune: z.string().optional(),
});
export type SyncRequest = z.infer<typeof syncRequestSchema>;

export const suspendRequestSchema = z.object({
  requestedBy: requestedBySchema,
  reason: z.string().min(1).max(500),
  /** Go duration, `4h`; absent = until resumed. */
  for: z.string().optional(),
  workload: workload.optional(),
});
export type SuspendRequest = z.infer<typeof suspendRequestSchema>;

export const resumeRequestSchema = z.object({ requestedBy: requestedBySchema, workload: workload.optional() });
export type ResumeRequest = z.infer<typeof resumeRequestSchema>;

export const adoptRequestSchema = z.object({ requestedBy: requestedBySchema, object: z.string().min(1) });
export type AdoptRequest = z.infer<typeof adoptRequestSchema>;

/** `POST /api/v1/plan`: a revision of the repository, or documents as texts by file (a working copy's files under the paths). */
export const planRequestSchema = z.union([
  z.object({ revision: z.string().min(1) }),
  z.object({
    documents: z.record(z.string(), z.string()),
    /** Files of folders that must be rendered first: what they state is neither applied nor pruned. */
    withheld: z.record(z.string(), z.string()).optional(),
  }),
]);
export type PlanRequest = z.infer<typeof planRequestSchema>;

export const plannedObjectSchema = z.object({
  key: z.string(),
  name: z.string(),
  action: actionSchema,
  file: z.string().optional(),
  line: z.number().int().optional(),
  differences: z.array(differenceSchema),
  problem: problemSchema.optional(),
});
export type PlannedObject = z.infer<typeof plannedObjectSchema>;

export const planResponseSchema = z.object({
  revision: z.string().optional(),
  objects: z.array(plannedObjectSchema),
  problems: z.array(problemSchema),
});
export type PlanResponse = z.infer<typeof planResponseSchema>;

/** The outcome of one object or one change in a job. */
export const outcomeSchema = z.object({
  /** Of an object: its key. Of a change: `<kind> <workload> [container]`. */
  subject: z.string(),
  name: z.string(),
  result: z.union([actionSchema, z.literal('proposed')]),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().int().optional(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** `GET /api/v1/jobs/{id}`. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['sync', 'changes']),
  state: z.enum(['queued', 'running', 'succeeded', 'failed']),
  outcomes: z.array(outcomeSchema),
  problems: z.array(problemSchema),
  /** Of changes: the edits as a unified diff, and the commit once pushed. */
  diff: z.string().optional(),
  commit: commitSchema.optional(),
  revision: z.string().optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** `GET /api/v1/objects/{key}`; the values of a Secret are masked. */
export const objectDetailSchema = z.object({
  key: z.string(),
  name: z.string(),
  managed: z.boolean(),
  desired: z.unknown().optional(),
  live: z.unknown().optional(),
  differences: z.array(differenceSchema),
});
export type ObjectDetail = z.infer<typeof objectDetailSchema>;

/** One change of an image as read from the repository's commits, newest first in `GET /api/v1/history?workload=`. */
export const historyEntrySchema = z.object({
  commit: commitSchema,
  object: z.string(),
  container: z.string(),
  repository: z.string(),
  from: z.string(),
  to: z.string(),
  /** The digest that was written beside `from`. */
  fromDigest: z.string().optional(),
  policy: z.string().optional(),
  requestedBy: z.string().optional(),
  /** Who approved what the policy chose. */
  approvedBy: z.string().optional(),
  /** Why the agent went back by itself: what the workload's health said; absent where it did not. */
  rollback: z.string().optional(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** `GET /api/v1/explain?subject=<object or image>`: sentences that say why it is as it is. */
export const explanationSchema = z.object({ subject: z.string(), lines: z.array(z.string()) });
export type Explanation = z.infer<typeof explanationSchema>;

/** `GET /api/v1/identity`. */
export const identitySchema = z.object({
  /** The public half of the git key, OpenSSH format; absent where https is used. */
  publicKey: z.string().optional(),
});
export type Identity = z.infer<typeof identitySchema>;

/** The body of every answer that is an error. */
export const errorResponseSchema = z.object({ error: problemSchema });
