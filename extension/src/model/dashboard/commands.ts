import * as z from 'zod/mini';

/** All that the page may ask for. What is not in this list is refused by the host. */
export const DASHBOARD_COMMANDS = [
  'open',
  'sync',
  'suspend',
  'resume',
  'release',
  'releaseUpdates',
  'releaseHeld',
  'approve',
  'unpin',
  'confirmPrune',
  'diffWithCluster',
  'showDrift',
  'history',
  'explain',
  'reconnect',
  'chooseContext',
  'chooseEnvironment',
  'setToken',
  'showLog',
  'trust',
] as const;
export type DashboardCommand = (typeof DASHBOARD_COMMANDS)[number];

/** What a command of the page is about. The environment is the panel's: the page has no say in it. */
export const dashboardTargetSchema = z.strictObject({
  /** `objectKey`. */
  workload: z.optional(z.string()),
  container: z.optional(z.string()),
  tag: z.optional(z.string()),
  /** Path inside the repository. */
  file: z.optional(z.string()),
  /** 1-based. */
  line: z.optional(z.int().check(z.positive())),
  /** `Event.id`. */
  event: z.optional(z.string()),
  revision: z.optional(z.string()),
});

/** Something that a person may do from the page. */
export const actionSchema = z.strictObject({
  command: z.enum(DASHBOARD_COMMANDS),
  target: dashboardTargetSchema,
});
export type DashboardAction = z.infer<typeof actionSchema>;

/** The command of VS Code that does it. */
export function commandIdOf(command: DashboardCommand): string {
  return command === 'trust' ? 'workbench.trust.manage' : `weaveflux.${command}`;
}
