import type { Workbench, WorkbenchOptions } from './types.ts';

/** Starts VS Code's workbench on these folders. Resolves when it is drawn and its extension host runs. */
export async function startWorkbench(_options: WorkbenchOptions): Promise<Workbench> {
  throw new Error('not made yet');
}
