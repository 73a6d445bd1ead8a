import * as z from 'zod';
import { problemSchema } from '../problems.ts';
import { commitSchema } from './status.ts';

/** What is known of one tag of an image repository. */
export const tagSchema = z.object({
  tag: z.string(),
  /** When the image was built (RFC 3339), where known. */
  created: z.string().optional(),
  /** When the tag was pushed (RFC 3339), where the registry tells. */
  pushed: z.string().optional(),
  digest: z.string().optional(),
  /** `os/architecture` with or without `/variant`; empty = it was read and does not say; absent = not read. */
  platforms: z.array(z.string()).readonly().optional(),
});
export type Tag = z.infer<typeof tagSchema>;

/** Why a container's image is or is not changed. */
export const decisionStateSchema = z.enum([
  'current',
  'update',
  'held',
  /** It waits for a window of `.weaveflux.yaml`. */
  'outside-window',
  /** It waits for a person to approve it. */
  'needs-approval',
  /** What the policy chooses is not signed as `.weaveflux.yaml` requires. */
  'not-verified',
  'needs-release',
  'pinned',
  'ignored',
  'not-automated',
  'invalid-policy',
  'not-scanned',
  'no-match',
]);
export type DecisionState = z.infer<typeof decisionStateSchema>;

/** A tag that is refused since a person, or the agent, went back from it, and the change by which it was left. */
export const holdSchema = z.object({
  tag: z.string(),
  from: z.string(),
  to: z.string(),
  /** Who asked for the change, else the commit's author. */
  by: z.string().optional(),
  /** RFC 3339. */
  time: z.string().optional(),
  /** The revision of the commit. */
  commit: z.string(),
  /** Why the agent went back by itself: what the workload's health said; absent where a person went back. */
  failure: z.string().optional(),
});
export type Hold = z.infer<typeof holdSchema>;

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
  /** Of what waits for a window: when it need not any more (RFC 3339), as far as that is known. */
  until: z.string().optional(),
  /** Tags refused after a person went back. */
  held: z.array(z.string()),
  /** The same tags with who went back, when and by which commit; absent where none is held. */
  holds: z.array(holdSchema).optional(),
  /** Where the chosen tag waits for a person to merge it; absent where the agent commits it by itself. */
  proposed: z
    .object({
      branch: z.string(),
      /** The tip of that branch. */
      commit: z.string(),
      /** The pull or merge request. */
      url: z.string().optional(),
    })
    .optional(),
  pin: z.object({ user: z.string().optional(), message: z.string().optional() }).optional(),
  /** Newest first as far as that is known, at most ten that the policy admits. */
  available: z.array(tagSchema),
  scannedAt: z.string().optional(),
  problem: problemSchema.optional(),
});
export type ImageStatus = z.infer<typeof imageStatusSchema>;

/** How one tag stands in the choice of a container's image. */
export const tagStandingSchema = z.enum([
  /** The tag that is written next, or would be if nothing kept it. */
  'chosen',
  /** The tag in the file. */
  'current',
  /** Older than the tag in the file. */
  'older',
  /** Older than the tag that is chosen. */
  'superseded',
  'not-admitted',
  /** A signature, an attestation or the like. */
  'artifact',
  'held',
  'too-young',
  /** It has no image for the platform that is asked for, or that could not be found out. */
  'wrong-platform',
  /** No signature of it was found, where one is required. */
  'unsigned',
  /** Its signatures are not those that are required, or could not be checked. */
  'not-verified',
  /** When it was created, or whether it is signed, is not read yet. */
  'unread',
  /** When it was created cannot be known. */
  'undated',
  /** The registry no longer lists it. */
  'deleted',
  /** The registry does not list it, and it is not known from before; only where it is asked for by name. */
  'not-listed',
  /** Nothing is chosen as things are. */
  'undecided',
]);
export type TagStanding = z.infer<typeof tagStandingSchema>;

/** Why one tag was or was not chosen. */
export const tagExplanationSchema = tagSchema.extend({
  standing: tagStandingSchema,
  /** One sentence. */
  reason: z.string(),
  /** Of `too-young`: when it is old enough (RFC 3339). */
  until: z.string().optional(),
  /** When it was noticed that the registry no longer lists it (RFC 3339). */
  deletedAt: z.string().optional(),
  /** Of `held`. */
  hold: holdSchema.optional(),
});
export type TagExplanation = z.infer<typeof tagExplanationSchema>;

/** One container in `GET /api/v1/images/explain?workload=`: its decision, and how each tag stands in it. */
export const imageExplanationSchema = z.object({
  image: imageStatusSchema,
  /** Where the policy is written; absent where none is. */
  policyAt: z.object({ file: z.string(), line: z.number().int() }).optional(),
  /** The commit by which it was pinned, its author who asked for that; absent where it is not, or that is not found. */
  pinnedBy: commitSchema.optional(),
  /** The tags that are known, as far as they were asked for: how many there are of `tags` without the limit. */
  total: z.number().int(),
  /** Newest first as far as that can be told. */
  tags: z.array(tagExplanationSchema),
});
export type ImageExplanation = z.infer<typeof imageExplanationSchema>;

/** What `GET /api/v1/images/explain` takes: a workload's name as people write it, and which of its containers and tags are meant. */
export const explainImagesQuerySchema = z.object({
  workload: z.string().min(1),
  container: z.string().min(1).optional(),
  /** This tag alone, also where the registry does not list it. */
  tag: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
});
/** Of which image repository tags are wanted, by its canonical name, and how many. */
export const tagsQuerySchema = z.object({
  repository: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type TagsQuery = z.infer<typeof tagsQuerySchema>;

export type ExplainImagesQuery = z.infer<typeof explainImagesQuerySchema>;
