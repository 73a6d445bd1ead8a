import * as z from 'zod';
import { type SignatureRuleSetting, signatureRuleSchema } from './signature-rules.ts';

/** `batch`: all in one commit; `group`: one a group of workloads, and one for each that is in none; `workload`: one for each. */
export type CommitSplit = 'batch' | 'group' | 'workload';

/** How image updates are chosen and written back. */
export interface ImageSettings {
  /** Where they are written; absent = to the branch that is delivered. */
  readonly write?: { readonly branch: string } | undefined;
  /** How what is to be released at a time is divided into commits; absent = `batch`. */
  readonly commit?: CommitSplit | undefined;
  /** For which platforms tags must have images where no annotation says it; absent = `any`. */
  readonly platforms?: 'nodes' | 'any' | undefined;
  /** Subject and text of commits, with placeholders; absent = ours. */
  readonly message?: string | undefined;
  /** Who must have signed which images; absent = nobody. */
  readonly verify?: readonly SignatureRuleSetting[] | undefined;
  /** What is committed only when a person approves it, beside what annotations say. */
  readonly approval?: readonly ApprovalRule[] | undefined;
}

/** Workloads whose releases a person approves. */
export interface ApprovalRule {
  /** Globs of their names, such as `shop:deployment/*`; absent = all. */
  readonly workloads?: readonly string[] | undefined;
  /** Where it is written, from 1; absent = that is not known. */
  readonly line?: number | undefined;
}

/** What may stand between double braces in a message; nothing else may. */
export const MESSAGE_PLACEHOLDERS = ['summary', 'image', 'from', 'to', 'workload', 'policy', 'group'] as const;
export type MessagePlaceholder = (typeof MESSAGE_PLACEHOLDERS)[number];

const KNOWN = MESSAGE_PLACEHOLDERS.map((name) => `{{${name}}}`);

const BRANCH = /^(?!.*(?:\.\.|\/\/|\/\.|\.\/|\.lock(?:\/|$)))[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,198}[A-Za-z0-9_-])?$/;

/** What `.weaveflux.yaml` may say below `images`. */
export const imageSettingsSchema = z
  .object({
    write: z
      .object({
        branch: z
          .string()
          .regex(BRANCH, 'it takes the name of a branch, such as weaveflux/images')
          .describe("A branch of the agent's own, with one commit on top of the environment's branch."),
      })
      .strict()
      .optional()
      .describe('Where image updates are written; without it to the branch that is delivered.'),
    commit: z
      .enum(['batch', 'group', 'workload'])
      .optional()
      .describe(
        'Whether all that is released at a time is one commit (batch), or each group of workloads (annotation weaveflux.dev/group), or each workload has its own.',
      ),
    platforms: z
      .enum(['nodes', 'any'])
      .optional()
      .describe(
        'Whether tags must have an image for each platform of the nodes that the pods may run on (nodes); without it, any.',
      ),
    message: z
      .string()
      .max(2_000)
      .refine(hasSubject, 'its first line is the subject, and must not be empty')
      .refine(hasKnownPlaceholders, `it takes the placeholders ${KNOWN.join(' ')} and no others`)
      .refine((text) => !/^\s*weaveflux-/im.test(text), 'no line may begin with "Weaveflux-"')
      .optional()
      .describe(`Subject and text of the commits. Placeholders: ${KNOWN.join(' ')}.`),
    verify: z
      .array(signatureRuleSchema)
      .max(50)
      .optional()
      .describe(
        'Who must have signed which images; the agent chooses no others. Where several fit an image, each must be met.',
      ),
    approval: z
      .array(
        z
          .object({
            workloads: z
              .array(z.string().min(1).max(500))
              .min(1)
              .max(200)
              .optional()
              .describe('Of which workloads, such as shop:deployment/*; without it, of all.'),
          })
          .strict(),
      )
      .max(50)
      .optional()
      .describe('Of which workloads releases are committed only when a person approves them.'),
  })
  .strict();

function hasSubject(text: string): boolean {
  return text.split('\n', 1)[0]?.trim() !== '';
}

function hasKnownPlaceholders(text: string): boolean {
  const rest = KNOWN.reduce((left, placeholder) => left.replaceAll(placeholder, ' '), text);
  return !/\{\{|\}\}/.test(rest);
}
