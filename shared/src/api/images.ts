import * as z from 'zod';
import { problemSchema } from '../problems.ts';

/** What is known of one tag of an image repository. */
export const tagSchema = z.object({
  tag: z.string(),
  /** When the image was built (RFC 3339), where known. */
  created: z.string().optional(),
  /** When the tag was pushed (RFC 3339), where the registry tells. */
  pushed: z.string().optional(),
  digest: z.string().optional(),
});
export type Tag = z.infer<typeof tagSchema>;

/** Why a container's image is or is not changed. */
export const decisionStateSchema = z.enum([
  'current',
  'update',
  'held',
  'needs-release',
  'pinned',
  'ignored',
  'not-automated',
  'invalid-policy',
  'not-scanned',
  'no-match',
]);
export type DecisionState = z.infer<typeof decisionStateSchema>;

/** One container (or marked field) with an image, in `GET /api/v1/images`. */
export const imageStatusSchema = z.object({
  /** `objectKey` of the workload. */
  object: z.string(),
  name: z.string(),
  container: z.string(),
  file: z.string(),
  line: z.number().int(),
  /** The reference as written at HEAD. */
  image: z.string(),
  repository: z.string(),
  tag: z.string(),
  automated: z.boolean(),
  /** As written, with its prefix (`semver:~1.4`); absent where no policy is written. */
  policy: z.string().optional(),
  state: decisionStateSchema,
  /**
   * The tag the policy chooses, also when it is held back. Where nothing is automated it may be older than the file's; without
   * a policy it is the newest version like the file's, and absent where only created times could tell.
   */
  chosen: tagSchema.optional(),
  /** One sentence: why this state, and what resolves it. */
  reason: z.string(),
  /** Tags refused after a person went back. */
  held: z.array(z.string()),
  pin: z.object({ user: z.string().optional(), message: z.string().optional() }).optional(),
  /** Newest first as far as that is known, at most ten that the policy admits. */
  available: z.array(tagSchema),
  scannedAt: z.string().optional(),
  problem: problemSchema.optional(),
});
export type ImageStatus = z.infer<typeof imageStatusSchema>;
