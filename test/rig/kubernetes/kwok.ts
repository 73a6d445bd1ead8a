import { fileURLToPath } from 'node:url';
import { type RigProcess, startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';
import type { ApiClient } from './client.ts';

const STAGES = fileURLToPath(new URL('./stages.yaml', import.meta.url));

/** The annotation of a pod (template) by which a test asks for something other than "ready at once". */
export const BEHAVIOUR = 'rig.weaveflux.dev/behaviour';
/** With `dawdle`: how long until it is ready, a Go duration ("3s"); an hour without it. */
export const BEHAVIOUR_DELAY = 'rig.weaveflux.dev/delay';

/**
 * What pods do on the fake node: `fail` cannot pull its image (a Job's pod exits with 1), `crash` starts and dies
 * again and again, `dawdle` becomes ready only after the delay, `hang` (a Job's pod) runs and never completes. Whatever
 * its annotations, a pod whose image has a tag that ends with `-broken` never becomes ready.
 */
export type Behaviour = 'fail' | 'crash' | 'dawdle' | 'hang';

/** Starts kwok and its one node, `fake`; resolves when the node is ready. */
export async function startKwok(kubeconfig: string, client: ApiClient): Promise<RigProcess> {
  const process = await startProcess({
    name: 'kwok',
    command: await findTool('kwok'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--manage-all-nodes=true',
      `--config=${STAGES}`,
      '--node-lease-duration-seconds=120',
    ],
    grace: 0,
  });
  await client.apply({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'fake', labels: { 'kubernetes.io/hostname': 'fake', 'kubernetes.io/os': 'linux' } },
  });
  await process.ready({ what: 'node fake to be ready', deadline: 60_000 }, async () => {
    const node = await client.get('/api/v1/nodes/fake');
    const conditions: { type: string; status: string }[] = node.status?.conditions ?? [];
    return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  });
  return process;
}
