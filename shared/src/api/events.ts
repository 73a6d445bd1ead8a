import * as z from 'zod';

/** The closed set of what the agent tells. */
export const EVENT_TYPES = [
  'agent-started',
  'agent-stopped',
  'revision-fetched',
  'history-rewritten',
  'git-unreachable',
  'git-recovered',
  'cluster-unreachable',
  'cluster-recovered',
  'sync-waiting',
  'sync-started',
  'object-created',
  'object-configured',
  'object-deleted',
  'object-failed',
  'sync-applied',
  'sync-failed',
  'healthy',
  'unhealthy',
  'prune-waiting',
  'interference',
  'corrected',
  'contested',
  'drift-reported',
  'image-found',
  'image-held',
  'needs-release',
  'policy-invalid',
  'released',
  'release-failed',
  'rolled-back',
  'pinned',
  'unpinned',
  'policy-changed',
  'proposed',
  'registry-failed',
  'registry-recovered',
  'suspended',
  'resumed',
  'adopted',
  'warning',
] as const;

export const eventSchema = z.object({
  /** `<boot>-<n>`: the agent's start and a running number. */
  id: z.string(),
  /** RFC 3339. */
  time: z.string(),
  type: z.enum(EVENT_TYPES),
  environment: z.string(),
  revision: z.string().optional(),
  /** `objectKey`. */
  object: z.string().optional(),
  file: z.string().optional(),
  line: z.number().int().optional(),
  severity: z.enum(['info', 'warning', 'error']),
  /** One sentence for people. */
  message: z.string(),
});
export type Event = z.infer<typeof eventSchema>;
export type EventType = Event['type'];
