import type { Flag } from './flag.ts';
import { AGENT_FLAGS } from './flags/agent.ts';
import { DELIVERY_FLAGS } from './flags/delivery.ts';
import { GIT_FLAGS } from './flags/git.ts';
import { IMAGE_FLAGS } from './flags/images.ts';
import { KUBERNETES_FLAGS } from './flags/kubernetes.ts';

/** Every flag of the agent, by name. Parsing, `WEAVEFLUX_*`, the config file, `--help` and the reference come from it. */
export const FLAGS = {
  ...GIT_FLAGS,
  ...DELIVERY_FLAGS,
  ...IMAGE_FLAGS,
  ...KUBERNETES_FLAGS,
  ...AGENT_FLAGS,
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof FLAGS;

/** Flags that have a short form. */
export const SHORT: Readonly<Record<string, FlagName>> = { l: 'listen' };
