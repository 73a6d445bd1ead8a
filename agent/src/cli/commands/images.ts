import type { Commit, Hold, ImageStatus, Status } from '@weaveflux/shared';
import { Command } from 'commander';
import { type CliCommand, outputOption, type Runner, type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import type { Row } from '../table.ts';
import { ago, type Cell, short, stateCell } from '../text.ts';
import { type ExplainOptions, explainImages } from './explain-images.ts';
import { pinCommits, pinKey, pinnedSince } from './pins.ts';

interface Options extends Partial<ExplainOptions> {
  readonly workload?: string;
}

export function imagesCommand(run: Runner): CliCommand {
  const command = new Command('images')
    .alias('list-images')
    .description('show every image, what its policy chooses, and why it is or is not changed')
    .option('-w, --workload <workload>', 'only of workloads whose name ends like this')
    .option('-l, --tags <count>', 'list up to so many tags that the policy admits, newest first')
    .option('-e, --explain <workload>', 'say of each tag of this workload, newest first, why it was or was not chosen')
    .option('-c, --container <container>', 'with --explain: only of this container')
    .option('-t, --tag <tag>', 'with --explain: only of this tag')
    .option('-a, --all', 'with --explain: every tag, also on a terminal, where else the 20 newest are shown')
    .addOption(outputOption())
    .action(run<Options>((session) => listOrExplain(session)));
  return { command, example: 'weaveflux images --workload shop:deployment/web --tags 5' };
}

export function workloadsCommand(run: Runner): CliCommand {
  const command = new Command('list-workloads')
    .description('show every workload with its images, how it stands and what governs its tags')
    .option('-n, --namespace <namespace>', 'only of this namespace')
    .addOption(outputOption())
    .action(run<{ namespace?: string }>(listWorkloads));
  return { command, example: 'weaveflux list-workloads --namespace shop' };
}

async function listOrExplain(session: Session<Options>): Promise<number> {
  const { explain, container, tag, all, workload } = session.options;
  if (explain !== undefined && workload !== undefined)
    throw usage('--explain names the workload already; leave --workload out.');
  if (explain !== undefined) return explainImages({ ...session, options: { ...session.options, explain } });
  if (container !== undefined || tag !== undefined || all !== undefined)
    throw usage('--container, --tag and --all say what --explain <workload> is about; name the workload.');
  return listImages(session);
}

async function listImages({ client, printer, options, context }: Session<Options>): Promise<number> {
  const agent = await client();
  const all = await agent.images(context.signal);
  const wanted = options.workload?.toLowerCase();
  const images = wanted === undefined ? all : all.filter(({ name }) => endsLike(name, wanted));
  const tags = Number(options.tags ?? 0);
  if (printer.json) {
    printer.value(images);
    return EXIT.ok;
  }
  const about = { tags, now: context.now(), pins: await pinCommits(agent, images, context.signal) };
  printer.table(['WORKLOAD', 'CONTAINER', 'TAG', 'POLICY', 'STATE'], images.flatMap(rows(about)));
  return EXIT.ok;
}

function endsLike(name: string, wanted: string): boolean {
  const shown = name.toLowerCase();
  return shown === wanted || shown.endsWith(`/${wanted}`) || shown.endsWith(`:${wanted}`);
}

/** States that say all by their name, unless something else is known to be there. */
const QUIET: ReadonlySet<ImageStatus['state']> = new Set(['current', 'not-automated', 'ignored']);

interface About {
  /** How many tags to list of each image. */
  readonly tags: number;
  readonly now: Date;
  /** By `pinKey`. */
  readonly pins: ReadonlyMap<string, Commit>;
}

/** A line, the reason below it where there is one to read, then the tags to choose from. */
function rows({ tags, now, pins }: About): (image: ImageStatus) => Row[] {
  return (image) => {
    const pin = pins.get(pinKey(image));
    const { name, container, repository, tag, policy = '', state, chosen } = image;
    const next = chosen === undefined || chosen.tag === tag ? '' : `, chosen: ${chosen.tag}`;
    const isQuiet = QUIET.has(state) && (state !== 'not-automated' || next === '');
    const says = isQuiet ? [] : [[{ text: `${repository}${next}: ${image.reason}`, color: 'dim' } as const]];
    return [
      [name, container, tag, image.automated ? policy : policy && `${policy} (not automated)`, stateCell(state)],
      ...says,
      ...(pin === undefined ? [] : [[{ text: `pinned ${pinnedSince(pin, now)}`, color: 'dim' } as const]]),
      ...(image.holds ?? []).map((hold) => [{ text: heldSince(hold, now), color: 'dim' } as const]),
      ...image.available.slice(0, tags).map((known) => ['', '', known.tag, ago(known.created, now), '']),
    ];
  };
}

function heldSince({ tag, by = 'a person', from, to, time, commit }: Hold, now: Date): string {
  const age = ago(time, now);
  return `${tag} is held since ${by} went back from ${from} to ${to}${age === '' ? '' : ` ${age} ago`} (${short(commit)})`;
}

async function listWorkloads({ client, printer, options, context }: Session<{ namespace?: string }>): Promise<number> {
  const agent = await client();
  const [status, images] = await Promise.all([agent.status(context.signal), agent.images(context.signal)]);
  const prefix = options.namespace === undefined ? '' : `${options.namespace}:`;
  const workloads = status.objects.filter((object) => object.images !== undefined && object.name.startsWith(prefix));
  if (printer.json) printer.value(workloads);
  else printer.table(['WORKLOAD', 'CONTAINER', 'IMAGE', 'HEALTH', 'POLICY'], workloads.flatMap(workloadRows(images)));
  return EXIT.ok;
}

function workloadRows(images: readonly ImageStatus[]): (workload: Status['objects'][number]) => Cell[][] {
  return (workload) =>
    Object.entries(workload.images ?? {}).map(([container, reference], index) => {
      const image = images.find((candidate) => candidate.object === workload.key && candidate.container === container);
      const words = [
        image?.automated ? 'automated' : '',
        image?.pin === undefined ? '' : 'pinned',
        image?.policy ?? '',
      ];
      const name = index === 0 ? workload.name : '';
      return [name, container, reference, stateCell(workload.health.state), words.filter(Boolean).join(' ')];
    });
}
