import type { Environments } from '../agents/environments.ts';
import type { OpenSources } from './sources.ts';

/** Reads open documents on demand. */
export function createOpenSources(_environments: Environments): OpenSources {
  return { of: () => undefined, dispose: () => undefined };
}
