import { startWorkbench, type Workbench, type WorkbenchOptions } from '../rig/index.ts';
import type { EditorEnvironment, EditorWorld } from './editor-world.ts';

/** A workbench on an environment's working copy, as the environment's person has it. */
export function openEnvironments(
  world: EditorWorld,
  environments: readonly EditorEnvironment[],
  options: Omit<WorkbenchOptions, 'folders'>,
): Promise<Workbench> {
  const folders = environments.map(({ person }) => person.dir);
  return startWorkbench({ ...options, folders, env: { ...world.env, ...options.env } });
}
