import type { Benchmark } from './benchmark.ts';
import { median, millis, quantile } from './numbers.ts';
import { filesOf, NAMESPACE_FILES, serviceObjects } from './objects.ts';
import { type Stage, startStage } from './stage.ts';
import { watchValues } from './watch-values.ts';

const SERVICES = 200;
const GOAL = 500;

export const interference: Benchmark = {
  name: 'interference',
  title: 'Interference with one object of 1,000',
  how: 'Another manager changes a field of one object after the other; measured from sending its change until a watch of the benchmark’s own shows the value of the repository again. ConfigMaps and Deployments in turn.',
  async run(say, { rounds = 30, profile }) {
    await using stage = await startStage({ profile });
    await using _following = await stage.follow({ ...NAMESPACE_FILES, ...filesOf(SERVICES) });
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await disturb(stage, round));
    say(times.map((time) => Math.round(time)).join(' '));
    const middle = median(times);
    return {
      figures: [
        { what: 'change to correction, median', measured: millis(middle), goal: `< ${GOAL} ms`, met: middle < GOAL },
        {
          what: `least, 90 of 100, most of ${times.length}`,
          measured: [Math.min(...times), quantile(times, 0.9), Math.max(...times)].map(millis).join(', '),
        },
      ],
    };
  },
};

/** Changes one object as kubectl-edit and gives the milliseconds until it is as the repository says. */
async function disturb({ cluster }: Stage, round: number): Promise<number> {
  const [configMap, , , deployment] = serviceObjects(round);
  const [object, field, wanted, patch] =
    round % 2 === 0
      ? ([configMap, ['data', 'LOG_LEVEL'], 'info', { data: { LOG_LEVEL: 'trace' } }] as const)
      : ([deployment, ['spec', 'replicas'], 0, { spec: { replicas: 1 } }] as const);
  if (object === undefined) throw new Error('a service has no such object');
  const path = await cluster.pathOf(object);
  await using watch = await watchValues(cluster, path, field);
  const began = performance.now();
  const changed = await cluster.patch(path, patch, 'kubectl-edit');
  const back = await watch.until(wanted, String(changed.metadata?.resourceVersion), 30_000);
  return back - began;
}
