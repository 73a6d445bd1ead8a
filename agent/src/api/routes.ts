import {
  adoptRequestSchema,
  type Change,
  changesRequestSchema,
  explainImagesQuerySchema,
  explanationSchema,
  historyEntrySchema,
  identitySchema,
  imageExplanationSchema,
  imageStatusSchema,
  jobSchema,
  objectDetailSchema,
  parseDuration,
  planRequestSchema,
  planResponseSchema,
  resumeRequestSchema,
  statusSchema,
  suspendRequestSchema,
  suspensionSchema,
  syncRequestSchema,
  tagSchema,
  tagsQuerySchema,
  WeavefluxError,
} from '@weaveflux/shared';
import * as z from 'zod';
import type { Verb } from './authorizer.ts';
import { type Route, route } from './route.ts';

const MEBIBYTE = 1024 * 1024;

/** The longest that `GET /api/v1/jobs/{id}?wait=` holds an answer back. */
const LONGEST_WAIT = 60_000;

/** Who may only write policies must not get another tag written by the way. */
function verbsOf(change: Change): readonly Verb[] {
  if (change.kind === 'release' || change.kind === 'approve' || change.kind === 'rollback') return ['release'];
  const writesTag = change.kind === 'pin' ? change.tag !== undefined : change.kind === 'automate' && change.fromNow;
  return writesTag ? ['policy', 'release'] : ['policy'];
}

const waitSchema = z
  .string()
  .default('0s')
  .transform((text, context) => {
    try {
      return Math.min(Math.max(parseDuration(text), 0), LONGEST_WAIT);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : 'is no duration');
      return z.NEVER;
    }
  });

/** Everything the people's API answers, but for its events and its own description. */
export const ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/status',
    summary: 'How the environment stands: repository, revision, every managed object, what waits for a person.',
    verb: 'get',
    response: statusSchema,
    answer: ({ service }) => service.status(),
  }),
  route({
    method: 'GET',
    path: '/api/v1/images',
    summary: 'Every image of the repository, what its policy chooses and why it is or is not changed.',
    verb: 'get',
    response: z.array(imageStatusSchema),
    answer: ({ service }) => service.images(),
  }),
  route({
    method: 'GET',
    path: '/api/v1/images/explain',
    summary: 'Of each container of a workload, or one: why each tag was or was not chosen, newest first.',
    verb: 'get',
    query: explainImagesQuerySchema,
    response: z.array(imageExplanationSchema),
    answer: ({ service, query, signal }) => service.explainImages(query, signal),
  }),
  route({
    method: 'GET',
    path: '/api/v1/images/tags',
    summary:
      'The newest tags of an image repository, with digest and time; the registry is asked for what is not known.',
    verb: 'get',
    query: tagsQuerySchema,
    response: z.array(tagSchema),
    answer: ({ service, query, signal }) => service.tags(query, signal),
  }),
  route({
    method: 'POST',
    path: '/api/v1/sync',
    summary: 'Looks at the repository and applies it now; `confirmPrune` allows the prune listed for that revision.',
    verb: 'sync',
    body: syncRequestSchema,
    status: 202,
    response: jobSchema,
    answer: ({ service, body }) => service.sync(body),
  }),
  route({
    method: 'POST',
    path: '/api/v1/changes',
    summary:
      'Changes images and policies in the repository: release, approve, rollback, pin, unpin, automate, deautomate, policy.',
    verb: {
      words: 'release where a tag is written, policy for the rest',
      of: ({ changes }) => [...new Set(changes.flatMap(verbsOf))],
    },
    body: changesRequestSchema,
    idempotent: true,
    status: 202,
    response: jobSchema,
    answer: ({ service, body, idempotencyKey }) => service.changes(body, idempotencyKey),
  }),
  route({
    method: 'GET',
    path: '/api/v1/jobs/{id}',
    summary: 'A job: its outcomes, diff and commit. With `wait` (at most 60s) the answer comes when it has ended.',
    verb: 'get',
    query: z.object({ wait: waitSchema }),
    deadline: LONGEST_WAIT + 10_000,
    response: jobSchema,
    answer: async ({ service, name, query, signal }) =>
      found(query.wait > 0 ? await service.waitForJob(name, query.wait, signal) : service.job(name), name),
  }),
  route({
    method: 'GET',
    path: '/api/v1/objects/{key}',
    summary: 'An object, by key or name: as desired, as it is live, and the differences. Secret values are masked.',
    verb: 'get',
    response: objectDetailSchema,
    answer: ({ service, name, signal }) => service.object(name, signal),
  }),
  route({
    method: 'GET',
    path: '/api/v1/history',
    summary: 'The changes of images as read from the commits, newest first.',
    verb: 'get',
    query: z.object({
      workload: z.string().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(50),
    }),
    response: z.array(historyEntrySchema),
    answer: ({ service, query, signal }) => service.history(query.workload, query.limit, signal),
  }),
  route({
    method: 'GET',
    path: '/api/v1/explain',
    summary: 'Sentences that say why an object or an image is as it is.',
    verb: 'get',
    query: z.object({ subject: z.string().min(1) }),
    response: explanationSchema,
    answer: ({ service, query, signal }) => service.explain(query.subject, signal),
  }),
  route({
    method: 'POST',
    path: '/api/v1/plan',
    summary: 'What applying a revision, or the given documents, would change; nothing is changed.',
    verb: { words: 'get for a revision, plan for documents', of: (body) => ['documents' in body ? 'plan' : 'get'] },
    body: planRequestSchema,
    bodyLimit: 32 * MEBIBYTE,
    deadline: 5 * 60_000,
    response: planResponseSchema,
    answer: ({ service, body, signal }) => service.plan(body, signal),
  }),
  route({
    method: 'POST',
    path: '/api/v1/suspend',
    summary: 'Stops delivery and automation of the environment or one workload, with a reason and, if wanted, an end.',
    verb: 'suspend',
    body: suspendRequestSchema,
    response: suspensionSchema,
    answer: ({ service, body, signal }) => service.suspend(body, signal),
  }),
  route({
    method: 'POST',
    path: '/api/v1/resume',
    summary: 'Ends a suspension.',
    verb: 'suspend',
    body: resumeRequestSchema,
    answer: ({ service, body, signal }) => service.resume(body, signal),
  }),
  route({
    method: 'POST',
    path: '/api/v1/adopt',
    summary: "Makes an object that carries another environment's label this environment's.",
    verb: 'sync',
    body: adoptRequestSchema,
    answer: ({ service, body, signal }) => service.adopt(body, signal),
  }),
  route({
    method: 'GET',
    path: '/api/v1/identity',
    summary: 'The public half of the git key, to be entered as a deploy key; absent where https is used.',
    verb: 'get',
    response: identitySchema,
    answer: async ({ service }) => ({ publicKey: await service.identity() }),
  }),
];

function found<T>(job: T | undefined, id: string): T {
  if (job !== undefined) return job;
  throw new WeavefluxError('NOT_FOUND', `There is no job ${id}; jobs are kept for an hour and end with the agent.`);
}
