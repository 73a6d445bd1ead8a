import * as z from 'zod';
import { problemSchema } from '../problems.ts';

/** What was done with one object in a delivery. */
export const actionSchema = z.enum(['created', 'configured', 'unchanged', 'deleted', 'skipped', 'failed']);
export type Action = z.infer<typeof actionSchema>;

/** `healthy`: as its kind means it; `progressing`: may still become so; `failed`: will not by itself; `missing`: not there. */
export const healthStateSchema = z.enum(['healthy', 'progressing', 'failed', 'suspended', 'missing', 'unknown']);
export type HealthState = z.infer<typeof healthStateSchema>;

export const healthSchema = z.object({
  state: healthStateSchema,
  /** Why, in one sentence; empty when there is nothing to say. */
  message: z.string(),
  /** Of a workload: ready and wanted replicas. */
  ready: z.number().int().optional(),
  desired: z.number().int().optional(),
});
export type Health = z.infer<typeof healthSchema>;

/** One field that differs between the repository and the cluster. Secret values are masked before they get here. */
export const differenceSchema = z.object({
  /** JSON Pointer (RFC 6901) inside the object. */
  path: z.string(),
  /** As text: JSON of the value, cut to 200 characters; absent where the field is absent. */
  desired: z.string().optional(),
  live: z.string().optional(),
  /** Field manager that owns the live value, and since when (RFC 3339), as Kubernetes tells it. */
  manager: z.string().optional(),
  time: z.string().optional(),
});
export type Difference = z.infer<typeof differenceSchema>;

/** How one managed object stands. */
export const objectStatusSchema = z.object({
  /** `objectKey`. */
  key: z.string(),
  /** `displayName`: `namespace:kind/name`. */
  name: z.string(),
  file: z.string().optional(),
  line: z.number().int().optional(),
  /** Outcome of the last delivery that touched it. */
  action: actionSchema,
  health: healthSchema,
  /** Present while it differs from the repository and is not (yet) corrected. */
  drift: z
    .object({
      mode: z.enum(['correcting', 'reported', 'ignored', 'contested']),
      differences: z.array(differenceSchema),
    })
    .optional(),
  problem: problemSchema.optional(),
  /** Of workloads: container name to image as written in the repository. */
  images: z.record(z.string(), z.string()).optional(),
});
export type ObjectStatus = z.infer<typeof objectStatusSchema>;

export const suspensionSchema = z.object({
  reason: z.string(),
  by: z.string(),
  /** RFC 3339. */
  since: z.string(),
  /** RFC 3339; absent = until resumed. */
  until: z.string().optional(),
  /** `objectKey` of the workload; absent = the whole environment. */
  object: z.string().optional(),
});
export type Suspension = z.infer<typeof suspensionSchema>;

/** A window of `.weaveflux.yaml`, in which images may or may not be committed automatically, or revisions delivered. */
export const windowStatusSchema = z.object({
  /** Its name, else its cron expression. */
  name: z.string(),
  kind: z.enum(['allow', 'deny']),
  /** Whether it is open now; a window that cannot be understood is told of by a problem, and keeps closed what it is about. */
  active: z.boolean(),
  /** When it closes, or opens next (RFC 3339); absent where that never happens or cannot be understood. */
  until: z.string().optional(),
  timeZone: z.string(),
  applies: z.array(z.enum(['commits', 'deploys'])),
  /** Globs of names of workloads; absent = all. */
  workloads: z.array(z.string()).optional(),
  /** In `.weaveflux.yaml`. */
  line: z.number().int(),
});
export type WindowStatus = z.infer<typeof windowStatusSchema>;

/** A prune that stopped at a brake. */
export const pruneWaitSchema = z.object({
  /** The revision that `weaveflux sync --confirm-prune` takes. */
  revision: z.string(),
  reason: z.string(),
  /** `objectKey`s that would be deleted. */
  objects: z.array(z.string()),
  /** False where the reason must go first and no confirmation helps. */
  confirmable: z.boolean().optional(),
});
export type PruneWait = z.infer<typeof pruneWaitSchema>;

/** `pending`: not begun; `applying`; `applied`: all sent, health awaited; `healthy`; `failed`: with problems or unhealthy objects. */
export const syncStateSchema = z.enum(['pending', 'applying', 'applied', 'healthy', 'failed']);
export type SyncState = z.infer<typeof syncStateSchema>;

export const commitSchema = z.object({
  revision: z.string(),
  subject: z.string(),
  author: z.string(),
  /** RFC 3339. */
  time: z.string(),
});
export type Commit = z.infer<typeof commitSchema>;

/** `GET /api/v1/status`. */
export const statusSchema = z.object({
  environment: z.string(),
  /** The agent's namespace; empty outside a cluster. */
  namespace: z.string(),
  version: z.string(),
  startedAt: z.string(),
  ready: z.boolean(),
  readOnly: z.boolean(),
  repository: z.object({
    /** Without credentials. */
    url: z.string(),
    branch: z.string(),
    paths: z.array(z.string()),
    head: commitSchema.optional(),
    /** Time of the last look that worked. */
    checkedAt: z.string().optional(),
    problem: problemSchema.optional(),
    /** The public half of the git key, OpenSSH format, while the repository lets nobody in by it. */
    deployKey: z.string().optional(),
  }),
  sync: z.object({
    state: syncStateSchema,
    /** The revision this state is about. */
    revision: z.string().optional(),
    /** The last revision of which everything was applied. */
    appliedRevision: z.string().optional(),
    /** The last revision that became healthy. */
    healthyRevision: z.string().optional(),
    startedAt: z.string().optional(),
    finishedAt: z.string().optional(),
    /** Objects by action in the last delivery. */
    counts: z.partialRecord(actionSchema, z.number().int()),
    problems: z.array(problemSchema),
    /** Why the revision is not delivered yet, where a window of `.weaveflux.yaml` keeps it. */
    waits: z
      .object({
        /** One sentence without its full stop. */
        reason: z.string(),
        /** RFC 3339; absent = it does not end by itself. */
        until: z.string().optional(),
      })
      .optional(),
    /** Documents that are no manifests, files and folders passed over. */
    ignored: z.number().int(),
  }),
  suspensions: z.array(suspensionSchema),
  /** Absent where none is stated. */
  windows: z.array(windowStatusSchema).optional(),
  prune: pruneWaitSchema.optional(),
  objects: z.array(objectStatusSchema),
});
export type Status = z.infer<typeof statusSchema>;
