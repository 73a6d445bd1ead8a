import * as z from 'zod';

/** A window as `.weaveflux.yaml` states it. Whether its times can be understood is not checked here. */
export const windowSchema = z
  .object({
    name: z.string().min(1).max(60).optional().describe('What people read; without one, its cron expression.'),
    allow: z
      .string()
      .max(200)
      .optional()
      .describe(
        'When the window opens, as a cron expression of five fields: what it is about happens only while such a window is open.',
      ),
    deny: z
      .string()
      .max(200)
      .optional()
      .describe(
        'When the window opens, as a cron expression of five fields: what it is about does not happen while it is open.',
      ),
    for: z.string().max(50).describe('How long it stays open, such as 8h or 30m, in time that passes.'),
    timeZone: z.string().max(60).default('UTC').describe('Whose clock the expression is about, such as Europe/Berlin.'),
    applies: z
      .array(z.enum(['commits', 'deploys']))
      .min(1)
      .default(['commits'])
      .describe('What it is about: commits of images by the agent itself, deliveries of new revisions, or both.'),
    workloads: z
      .array(z.string().min(1).max(500))
      .min(1)
      .max(200)
      .optional()
      .describe('Of which workloads, such as shop:deployment/*; without it, of all. Not for deploys.'),
  })
  .strict()
  .refine(({ allow, deny }) => (allow === undefined) !== (deny === undefined), {
    message: 'a window has either allow or deny',
  })
  .refine(({ applies, workloads }) => workloads === undefined || !applies.includes('deploys'), {
    message: 'a window of deploys is about the whole environment, so it names no workloads',
  });

/** A window with the line at which it is written, from 1. */
export interface WindowSetting extends z.infer<typeof windowSchema> {
  readonly line: number;
}
