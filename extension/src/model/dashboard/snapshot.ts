import * as z from 'zod/mini';
import { UPDATE_KINDS } from '../agent/updates.ts';
import { actionSchema } from './commands.ts';

/** Milliseconds since the epoch. */
const time = () => z.number();
const count = () => z.int().check(z.nonnegative());

const commitSchema = z.strictObject({
  revision: z.string(),
  /** Absent where only the revision is known. */
  subject: z.optional(z.string()),
  author: z.optional(z.string()),
  time: z.optional(time()),
});
export type SnapshotCommit = z.infer<typeof commitSchema>;

/** How a workload runs, worst first. */
export const SERVICE_STATES = ['failed', 'missing', 'progressing', 'unknown', 'suspended', 'healthy'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

const serviceSchema = z.strictObject({
  /** `objectKey`. */
  key: z.string(),
  name: z.string(),
  /** Empty for no namespace. */
  namespace: z.string(),
  kind: z.string(),
  state: z.enum(SERVICE_STATES),
  /** Why, in one sentence; empty when there is nothing to say. */
  message: z.string(),
  ready: z.optional(count()),
  desired: z.optional(count()),
  /** Tag, or the first digits of the digest where no tag is written. */
  images: z.array(z.strictObject({ container: z.string(), tag: z.string() })),
  update: z.optional(z.strictObject({ container: z.string(), tag: z.string() })),
  pinned: z.optional(z.strictObject({ by: z.optional(z.string()), reason: z.optional(z.string()) })),
  drift: z.optional(
    z.strictObject({
      mode: z.enum(['correcting', 'reported', 'ignored', 'contested']),
      fields: count(),
      /** Field managers, as Kubernetes names them. */
      managers: z.array(z.string()),
    }),
  ),
  /** Why the agent leaves this workload alone. */
  suspended: z.optional(z.string()),
  /** Opens its line. */
  open: z.optional(actionSchema),
});
export type Service = z.infer<typeof serviceSchema>;

export const standingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('healthy'), total: count() }),
  z.strictObject({ kind: z.literal('pending') }),
  z.strictObject({
    kind: z.literal('progressing'),
    /** Objects, where all services are healthy and others are waited for. */
    of: z.enum(['services', 'objects']),
    ready: count(),
    total: count(),
  }),
  /** `more`: how many reasons there are besides. */
  z.strictObject({ kind: z.literal('failing'), reason: z.string(), more: count() }),
  z.strictObject({ kind: z.literal('suspended'), by: z.string(), reason: z.string(), until: z.optional(time()) }),
]);
export type Standing = z.infer<typeof standingSchema>;

const updateSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(UPDATE_KINDS),
  name: z.string(),
  container: z.string(),
  from: z.string(),
  to: z.string(),
  /** When the newer image was built. */
  built: z.optional(time()),
  policy: z.optional(z.string()),
  reason: z.string(),
  actions: z.array(actionSchema),
});
export type Update = z.infer<typeof updateSchema>;

export const ATTENTION_KINDS = [
  'repository',
  'failed',
  'missing',
  'contested',
  'drift',
  'prune',
  'policy',
  'problem',
] as const;

const attentionSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(ATTENTION_KINDS),
  severity: z.enum(['error', 'warning']),
  title: z.string(),
  text: z.string(),
  actions: z.array(actionSchema),
});
export type Attention = z.infer<typeof attentionSchema>;

export const LANES = ['releases', 'interference', 'failures'] as const;
export type Lane = (typeof LANES)[number];

const timelineItemSchema = z.strictObject({
  id: z.string(),
  lane: z.enum(LANES),
  tone: z.enum(['info', 'good', 'warning', 'bad']),
  from: time(),
  /** When it was over; absent for a moment, and for what still goes on. */
  to: z.optional(time()),
  ongoing: z.boolean(),
  title: z.string(),
  lines: z.array(z.string()),
  by: z.optional(z.string()),
  action: z.optional(actionSchema),
});
export type TimelineItem = z.infer<typeof timelineItemSchema>;

/** How the environment stood; `unknown` where nobody can tell. */
export const STRIP_STATES = ['healthy', 'progressing', 'failing', 'suspended', 'unreachable', 'unknown'] as const;

const stripSegmentSchema = z.strictObject({ from: time(), to: time(), state: z.enum(STRIP_STATES) });
export type StripSegment = z.infer<typeof stripSegmentSchema>;

const timelineSchema = z.strictObject({
  /** Since when events are known; absent = no event is. */
  knownSince: z.optional(time()),
  /** Newest first. */
  items: z.array(timelineItemSchema),
  /** Oldest first, without gaps, from `knownSince` to now. */
  strip: z.array(stripSegmentSchema),
});
export type Timeline = z.infer<typeof timelineSchema>;

const arrivalSchema = z.strictObject({
  revision: z.string(),
  cause: z.enum(['image', 'commit']),
  title: z.string(),
  /** When the agent first saw the image or the commit. */
  from: time(),
  /** Milliseconds until the environment was healthy with it. */
  took: z.number(),
  /** Whether it failed on the way. */
  failed: z.boolean(),
});
export type Arrival = z.infer<typeof arrivalSchema>;

const timesSchema = z.strictObject({
  /** Oldest first, at most twenty. */
  arrivals: z.array(arrivalSchema),
  /** Milliseconds, of these; absent where they are too few to say. */
  median: z.optional(z.number()),
  /** One that is on its way. */
  underway: z.optional(z.strictObject({ title: z.string(), from: time() })),
});
export type Times = z.infer<typeof timesSchema>;

const rightsSchema = z.strictObject({
  mayAct: z.boolean(),
  /** Whether a release needs the right to act; else it is an edit of the file. */
  releaseActs: z.boolean(),
  /** Why not; absent where they may. */
  reason: z.optional(z.string()),
});

const environmentSchema = z.strictObject({
  version: z.string(),
  readOnly: z.boolean(),
  applied: z.optional(commitSchema),
  /** The newest commit, where it is not the applied one. */
  waiting: z.optional(commitSchema),
  checked: z.optional(time()),
  standing: standingSchema,
  suspended: z.boolean(),
  rights: rightsSchema,
  /** Worst first. */
  services: z.array(serviceSchema),
  attention: z.array(attentionSchema),
  updates: z.array(updateSchema),
  timeline: timelineSchema,
  times: timesSchema,
});
export type EnvironmentSnapshot = z.infer<typeof environmentSchema>;

export const CONNECTION_KINDS = [
  'connecting',
  'connected',
  'lost',
  'restricted',
  'no-kubeconfig',
  'not-found',
  'no-permission',
  'ambiguous',
  'closed',
] as const;

/** All that the page shows. Times are milliseconds since the epoch. */
export const snapshotSchema = z.strictObject({
  name: z.string(),
  branch: z.optional(z.string()),
  agent: z.optional(z.string()),
  connection: z.strictObject({
    kind: z.enum(CONNECTION_KINDS),
    /** One sentence, where there is more to say than the kind. */
    message: z.string(),
    actions: z.array(actionSchema),
  }),
  /** What is known, or was last; absent = nothing yet. */
  environment: z.optional(environmentSchema),
});
export type DashboardSnapshot = z.infer<typeof snapshotSchema>;
