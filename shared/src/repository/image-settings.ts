import * as z from 'zod';

/** How image updates are written back. */
export interface ImageSettings {
  /** Where they are written; absent = to the branch that is delivered. */
  readonly write?: { readonly branch: string } | undefined;
}

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
  })
  .strict();
