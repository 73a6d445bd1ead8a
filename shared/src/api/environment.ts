import * as z from 'zod';
import { ENVIRONMENT_GROUP, ENVIRONMENT_KIND, ENVIRONMENT_VERSION } from './environment-names.ts';
import { syncStateSchema } from './status.ts';

/** The annotation that asks for a sync; each new value asks once. */
export const RECONCILE_ANNOTATION = 'reconcile.weaveflux.dev/requestedAt';

/** The conditions of an Environment. `Ready`: the head is applied and healthy; `Suspended`: nothing is delivered or corrected. */
export const ENVIRONMENT_CONDITIONS = ['Ready', 'Reconciling', 'Stalled', 'Suspended'] as const;
export type EnvironmentConditionType = (typeof ENVIRONMENT_CONDITIONS)[number];

/** How many problems and suspensions the status shows at most; the agent's API has all of them. */
export const ENVIRONMENT_LIST_LIMIT = 20;

const time = () => z.string().meta({ format: 'date-time' });
const count = () => z.int32().min(0);

/** One condition in the form that `kubectl wait` reads. */
export const environmentConditionSchema = z.object({
  type: z.string().min(1).max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z.int().min(0).optional(),
  lastTransitionTime: time(),
  reason: z.string().min(1).max(1024).describe('One word in CamelCase.'),
  message: z.string().max(32_768).describe('One sentence for people.'),
});
export type EnvironmentCondition = z.infer<typeof environmentConditionSchema>;

/** The wish to leave the environment alone. */
export const environmentSuspendSchema = z
  .object({
    reason: z.string().min(1).max(500).describe('Why; shown wherever the environment is shown.'),
    until: time().optional().describe('When it ends by itself; without it, when this field is removed.'),
    requestedBy: z.string().max(400).optional().describe('Who asked, as they name themselves.'),
  })
  .describe('While it is there, nothing is applied, pruned or corrected; status goes on.');
export type EnvironmentSuspend = z.infer<typeof environmentSuspendSchema>;

export const environmentSpecSchema = z.object({ suspend: environmentSuspendSchema.optional() });
export type EnvironmentSpec = z.infer<typeof environmentSpecSchema>;

const problem = z.object({
  code: z.string().describe("As in the agent's API, such as FORBIDDEN."),
  message: z.string().describe('One sentence: what happened, where, what to do.'),
  object: z.string().optional().describe('The object, as namespace:kind/name.'),
  file: z.string().optional().describe('Path inside the repository.'),
  line: z.int32().min(1).optional(),
});

const suspension = z.object({
  reason: z.string(),
  by: z.string(),
  since: time(),
  until: time().optional(),
  object: z
    .string()
    .optional()
    .describe('The workload, as namespace:kind/name; absent where it is the whole environment.'),
});

const pruneWaiting = z.object({
  revision: z.string().describe('What `weaveflux sync --confirm-prune` takes.'),
  reason: z.string(),
  count: count().describe('How many objects would be deleted.'),
});

const objects = z.object({
  total: count(),
  healthy: count(),
  progressing: count(),
  failed: count(),
  drifted: count().describe('Objects that differ from the repository.'),
});

export const environmentStatusSchema = z
  .object({
    observedGeneration: z.int().min(0).optional(),
    conditions: z
      .array(environmentConditionSchema)
      .optional()
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
    lastHandledReconcileAt: z
      .string()
      .optional()
      .describe(`The value of ${RECONCILE_ANNOTATION} that was acted on last.`),
    url: z.string().optional().describe('The repository, without credentials.'),
    branch: z.string().optional(),
    headRevision: z.string().optional().describe('The newest commit of the branch that the agent has seen.'),
    appliedRevision: z.string().optional().describe('The last commit of which everything was applied.'),
    healthyRevision: z.string().optional().describe('The last commit that became healthy.'),
    shortRevision: z.string().optional().describe('The first seven digits of the applied commit, for tables.'),
    syncState: syncStateSchema.optional().describe('How far the head is.'),
    objects: objects.optional().describe('The managed objects, counted.'),
    problems: z
      .array(problem)
      .max(ENVIRONMENT_LIST_LIMIT)
      .optional()
      .describe("The first problems; the agent's API has all."),
    suspensions: z.array(suspension).max(ENVIRONMENT_LIST_LIMIT).optional(),
    pruneWaiting: pruneWaiting.optional().describe('A prune that waits for a person.'),
    deployKey: z.string().optional().describe("The public half of the agent's ssh key."),
    version: z.string().optional().describe("The agent's."),
    holder: z.string().optional().describe('The pod that works.'),
  })
  .describe('Written by the agent.');
export type EnvironmentStatus = z.infer<typeof environmentStatusSchema>;

/** The object `environments.weaveflux.dev`, named as its environment, in the agent's namespace. */
export const environmentSchema = z.object({
  apiVersion: z.literal(`${ENVIRONMENT_GROUP}/${ENVIRONMENT_VERSION}`),
  kind: z.literal(ENVIRONMENT_KIND),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    generation: z.int().optional(),
    resourceVersion: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: environmentSpecSchema.nullish(),
  status: environmentStatusSchema.optional(),
});
export type EnvironmentResource = z.infer<typeof environmentSchema>;
