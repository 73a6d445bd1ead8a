import type { HostTestOptions, HostTestResult } from './types.ts';

/** Runs a suite inside the extension host. Throws when VS Code cannot be started or the tests hang. */
export async function runHostTests(_options: HostTestOptions): Promise<HostTestResult> {
  throw new Error('not made yet');
}
