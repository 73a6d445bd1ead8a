import type { NodeOptions, RigNode } from './types.ts';

/** Starts a Kubernetes with a real node; needs root on Debian. One at a time on a machine: a second call waits. */
export async function startNode(_options: NodeOptions = {}): Promise<RigNode> {
  throw new Error('not yet');
}
