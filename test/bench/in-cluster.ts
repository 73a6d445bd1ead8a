import { type NodeWorld, startNodeWorld } from '../support/node-world.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { type Departure, type ReleaseTimes, releaseOnce, takeOver } from './in-cluster-changes.ts';
import { SERVICES, shopFiles } from './in-cluster-files.ts';
import { memoryOf, type PodMemory, processOf } from './in-cluster-pod.ts';
import {
  emptyCluster,
  type Idle,
  pullTime,
  quietFile,
  type StartTimes,
  scaleTo,
  settled,
  startTimes,
} from './in-cluster-starts.ts';
import { median, seconds, spread } from './numbers.ts';
import { filesOf, NAMESPACE_FILES } from './objects.ts';

const IMAGE_GOAL = 150;
const START_GOAL = 5_000;
const MEMORY_GOAL = 120;
const TAKEOVER_GOAL = 15_000;
const MANY = 200;

const NOTES = [
  'During a start all pods of the environment are started by the same kubelet on the same cores, which is what the slowest starts wait for; cluster addresses of Services are given by the API server one after the other. The process maps Node’s program (about half of its resident memory), which the working set counts only where the container was the first to read it.',
  'From these figures come the requests and limits of the manifests: 128Mi holds both idle agents, 50m is above what they use, and 512Mi is more than three times the most, for larger environments and for git with larger repositories.',
];

export const inCluster: Benchmark = {
  name: 'in-cluster',
  title: 'In a pod of a real node',
  how: `The rig’s node (containerd, kubelet, kube-proxy) runs the agent from its image, as deploy/weaveflux-deployment.yaml with repository, image and imagePullSecret edited. Its environment has ${SERVICES} services, a Deployment and a Service each, whose pods run on the same node. Starts are on a cluster without the environment, from the start of the agent’s process as /proc has it. Memory is that of the process (VmRSS) and, as the kubelet counts it, of the container with its cached files (working set), a minute after all is healthy, with the default intervals. An image is followed from the end of its push, with \`--automation-interval=2s\`: by default the wait for the next scan is up to a minute. A replica that is frozen cannot give its Lease back, as with a machine that is lost; one that is stopped can.`,
  onRequest: true,
  async run(say, { rounds = 5 }) {
    await using world = await startNodeWorld(shopFiles);
    await world.prepare();
    const starts = await measureStarts(world, rounds, say);
    const few = await settled(world);
    say(`${SERVICES} services: ${told(few.memory)}`);
    const releases = await measureReleases(world, rounds, say);
    const takeOvers = await measureTakeOvers(world, Math.ceil(rounds / 2), say);
    const many = await measureMany(world, say);
    return {
      figures: [
        ...imageFigures(world, await pullTime(world)),
        ...startFigures(starts),
        ...idleFigures(few, many),
        ...releaseFigures(releases),
        ...takeOverFigures(takeOvers),
      ],
      notes: NOTES,
    };
  },
};

type Say = Parameters<Benchmark['run']>[0];

async function measureStarts(world: NodeWorld, rounds: number, say: Say): Promise<StartTimes[]> {
  const all: StartTimes[] = [];
  for (let round = 1; round <= rounds; round++) {
    if (round === 1) await world.apply(await quietFile(world));
    else {
      await emptyCluster(world);
      await scaleTo(world, 1);
    }
    const times = await startTimes(world);
    all.push(times);
    say(`start ${round}: ready after ${Math.round(times.ready)} ms, applied after ${Math.round(times.applied)} ms`);
    await world.healthy();
  }
  return all;
}

async function measureReleases(world: NodeWorld, rounds: number, say: Say): Promise<ReleaseTimes[]> {
  await scaleTo(world, 0);
  await world.apply(await world.oneFile(['--log-format=json']));
  await world.readyPod();
  const all: ReleaseTimes[] = [];
  for (let round = 1; round <= rounds; round++) {
    const times = await releaseOnce(world, round);
    all.push(times);
    say(`image ${round}: committed ${times.committed} ms, running ${times.running} ms, healthy ${times.healthy} ms`);
  }
  return all;
}

async function measureTakeOvers(world: NodeWorld, rounds: number, say: Say): Promise<Record<Departure, number[]>> {
  await scaleTo(world, 0);
  await world.apply(await twoReplicas(world));
  const all: Record<Departure, number[]> = { stopped: [], frozen: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const how of ['stopped', 'frozen'] as const) {
      const took = await takeOver(world, how);
      all[how].push(took);
      say(`take-over ${round}, ${how}: ${took} ms`);
    }
  }
  return all;
}

/** What `weaveflux install --overlay ha` prints. */
async function twoReplicas({ command, repository, image, node }: NodeWorld): Promise<string> {
  const { code, stdout, stderr } = await command([
    'install',
    '--overlay=ha',
    `--git-url=${repository.url}`,
    `--image=${image.reference}`,
    '--image-pull-secret=registry',
    '--',
    `--registry-insecure-host=${node.registry.host}`,
  ]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

interface Many extends Idle {
  /** The most that the process and the container ever held, in MB. */
  readonly highest: number;
  readonly cgroup: number;
}

/** Memory with 1,000 objects more: at the end, and the most of a first sync and of a start with all in place. */
async function measureMany(world: NodeWorld, say: Say): Promise<Many> {
  await scaleTo(world, 0);
  await world.person.pull();
  await world.person.write({ ...NAMESPACE_FILES, ...filesOf(MANY) });
  await world.person.commitAndPush('Add 200 services');
  await world.apply(await quietFile(world));
  await world.healthy(undefined, 180_000);
  const first = memoryOf(processOf(await world.readyPod()));
  say(`first sync of 1,000: ${told(first)}`);
  await scaleTo(world, 0);
  await scaleTo(world, 1);
  const idle = await settled(world);
  say(`start with 1,000: ${told(idle.memory)}`);
  return {
    ...idle,
    highest: Math.max(first.residentHighest, idle.memory.residentHighest),
    cgroup: Math.max(first.highest, idle.memory.highest),
  };
}

function imageFigures({ image }: NodeWorld, pulled: string): Figure[] {
  const base = image.layers.filter(({ name }) => name === 'base');
  const rest = image.layers.filter(({ name }) => name !== 'base');
  const unpacked = sum(rest.map(({ uncompressed }) => uncompressed));
  const agent = image.layers.filter(({ name }) => name === 'agent');
  const size = (layers: typeof rest) =>
    `${megabytes(sum(layers.map(({ compressed }) => compressed)))} compressed, ${megabytes(sum(layers.map(({ uncompressed }) => uncompressed)))} unpacked`;
  return [
    {
      what: 'image beside its base: Node and agent',
      measured: size(rest),
      goal: `< ${IMAGE_GOAL} MB`,
      met: unpacked / 1e6 < IMAGE_GOAL,
    },
    { what: 'of it the agent', measured: size(agent) },
    { what: 'its base: Debian with git and ssh', measured: size(base) },
    { what: 'pull of the image, its layers new', measured: pulled },
  ];
}

function startFigures(starts: readonly StartTimes[]): Figure[] {
  const ready = starts.map((start) => start.ready);
  return [
    {
      what: 'start to ready',
      measured: spread(ready, seconds),
      goal: '≤ 5 s',
      met: median(ready) <= START_GOAL,
    },
    {
      what: `start to first sync applied (${SERVICES} services)`,
      measured: spread(
        starts.map(({ applied }) => applied),
        seconds,
      ),
    },
  ];
}

function idleFigures(few: Idle, many: Many): Figure[] {
  const goal = `< ${MEMORY_GOAL} MB`;
  const both = ({ resident, workingSet }: PodMemory) =>
    `${resident.toFixed(0)} MB (working set ${workingSet.toFixed(0)} MB)`;
  return [
    {
      what: `memory, ${SERVICES} services, idle`,
      measured: both(few.memory),
      goal,
      met: few.memory.resident < MEMORY_GOAL,
    },
    { what: 'memory, 1,000 objects more, idle', measured: both(many.memory) },
    {
      what: 'memory, 1,000 objects more, the most',
      measured: `${many.highest.toFixed(0)} MB (container with cached files ${many.cgroup.toFixed(0)} MB)`,
    },
    {
      what: `CPU, ${SERVICES} services and with 1,000 objects more, idle`,
      measured: `${few.millicores.toFixed(0)}m and ${many.millicores.toFixed(0)}m`,
    },
  ];
}

function releaseFigures(releases: readonly ReleaseTimes[]): Figure[] {
  const each = (of: (times: ReleaseTimes) => number) => spread(releases.map(of), seconds);
  return [
    { what: 'image pushed to commit', measured: each(({ committed }) => committed) },
    { what: 'image pushed to running pod', measured: each(({ running }) => running) },
    { what: 'image pushed to rollout healthy', measured: each(({ healthy }) => healthy) },
  ];
}

function takeOverFigures({ stopped, frozen }: Readonly<Record<Departure, readonly number[]>>): Figure[] {
  return [
    { what: 'take-over from a replica that is stopped', measured: spread(stopped, seconds) },
    {
      what: 'take-over from a replica that is frozen',
      measured: spread(frozen, seconds),
      goal: '≤ 15 s',
      met: Math.max(...frozen) <= TAKEOVER_GOAL,
    },
  ];
}

function told({ resident, residentHighest, workingSet, highest }: PodMemory): string {
  return `${[resident, residentHighest, workingSet, highest].map((value) => value.toFixed(0)).join(', ')} MB resident, at most, working set, at most`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
