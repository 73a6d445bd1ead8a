import {
  type Difference,
  displayName,
  type ImageStatus,
  type ObjectStatus,
  parseObjectKey,
  type Status,
  type WindowStatus,
  wallTime,
} from '@weaveflux/shared';
import { Command } from 'commander';
import { type CliCommand, outputOption, type Runner, type Session } from '../command.ts';
import { EXIT } from '../context.ts';
import type { Printer } from '../print.ts';
import { ago, type Cell, placed, short, stateCell } from '../text.ts';

interface Options {
  all?: boolean;
}

export function statusCommand(run: Runner): CliCommand {
  const command = new Command('status')
    .description('show how the environment stands: workloads, and every object that is not as it should be')
    .option('-a, --all', 'show every object')
    .addOption(outputOption())
    .action(run<Options>(showStatus));
  return { command, example: 'weaveflux status --all' };
}

async function showStatus({ client, printer, options, context }: Session<Options>): Promise<number> {
  const agent = await client();
  if (printer.json) {
    printer.value(await agent.status(context.signal));
    return EXIT.ok;
  }
  const [status, images] = await Promise.all([agent.status(context.signal), agent.images(context.signal)]);
  printStatus(status, images, options.all ?? false, printer, context.now());
  return EXIT.ok;
}

function printStatus(status: Status, images: readonly ImageStatus[], all: boolean, printer: Printer, now: Date): void {
  printer.rows([...summary(status, now), ...sayApprovals(images)]);
  for (const problem of status.sync.problems) printer.problem(problem);
  const shown = all ? status.objects : status.objects.filter((object) => isWorkload(object) || !isFine(object));
  const rest = status.objects.length - shown.length;
  if (status.objects.length > 0) printer.line('');
  if (shown.length > 0) printer.table(['OBJECT', 'HEALTH', 'READY', 'LAST', 'NOTE'], shown.map(row));
  if (rest > 0) printer.line(`${rest} more ${rest === 1 ? 'object is' : 'objects are'} as written (--all shows them).`);
}

function summary(status: Status, now: Date): [string, string][] {
  const { repository, sync } = status;
  const lines: [string, string][] = [
    ['Environment', `${status.environment} (agent ${status.version}${flags(status)})`],
    ['Repository', `${repository.url} ${repository.branch} ${repository.paths.join(', ')}`.trim()],
  ];
  const { head } = repository;
  if (head !== undefined) {
    lines.push(['Head', `${short(head.revision)} ${head.subject} (${head.author}, ${ago(head.time, now)} ago)`]);
  }
  if (repository.problem !== undefined) lines.push(['Git', repository.problem.message]);
  if (repository.deployKey !== undefined) lines.push(['Deploy key', repository.deployKey]);
  const revision = sync.revision === undefined ? '' : ` at ${short(sync.revision)}`;
  lines.push(['Sync', `${sync.state}${revision}${counts(status)}`]);
  if (sync.waits !== undefined) lines.push(['', `${sync.waits.reason}; weaveflux sync delivers it at once`]);
  for (const { object, reason, by, until } of status.suspensions) {
    const end = until === undefined ? 'until resumed' : `until ${until}`;
    lines.push(['Suspended', `${nameOf(object)} by ${by}, ${end}: ${reason}`]);
  }
  for (const window of status.windows ?? []) lines.push(['Window', sayWindow(window)]);
  if (status.prune !== undefined) {
    const { objects, reason, revision: allowed, confirmable } = status.prune;
    lines.push(['Prune', `${objects.length === 1 ? 'one object waits' : `${objects.length} objects wait`}: ${reason}`]);
    if (confirmable !== false) lines.push(['', `to delete what waits: weaveflux sync --confirm-prune ${allowed}`]);
  }
  return lines;
}

/** What waits for a person to approve it, and the command that does. */
function sayApprovals(images: readonly ImageStatus[]): [string, string][] {
  const waiting = images.filter(({ state }) => state === 'needs-approval');
  const [first] = waiting;
  if (first === undefined) return [];
  const { name, container, tag, chosen } = first;
  const what =
    waiting.length === 1
      ? `${name} ${container} ${tag} -> ${chosen?.tag} waits: weaveflux approve ${name}`
      : `${waiting.length} images wait: weaveflux images shows them, weaveflux approve --all has all of them committed`;
  return [['Approval', what]];
}

const KEPT = { commits: 'images from being committed', deploys: 'revisions from being delivered' } as const;

/** What a window means now, and when that changes. */
function sayWindow({ name, kind, active, until, timeZone, applies, workloads }: WindowStatus): string {
  const whose = workloads === undefined ? name : `${name} (${workloads.join(', ')})`;
  const time = until === undefined ? undefined : wallTime(new Date(until), timeZone);
  const keeps = applies.map((what) => KEPT[what]).join(' and ');
  if (active) return `${whose} ${kind === 'deny' ? `keeps ${keeps}` : 'is open'} until ${time}`;
  if (time === undefined) return `${whose} has no time at which it opens`;
  return kind === 'deny' ? `${whose} begins at ${time}` : `${whose} is closed until ${time}`;
}

function nameOf(key: string | undefined): string {
  const id = key === undefined ? undefined : parseObjectKey(key);
  return id === undefined ? (key ?? 'everything') : displayName(id);
}

function flags(status: Status): string {
  return `${status.ready ? '' : ', not ready'}${status.readOnly ? ', read-only' : ''}`;
}

function counts({ sync, objects }: Status): string {
  const parts = Object.entries(sync.counts).map(([action, count]) => `${count} ${action}`);
  const ignored = sync.ignored === 0 ? [] : [`${sync.ignored} files or documents passed over`];
  return `: ${[`${objects.length} objects`, ...parts, ...ignored].join(', ')}`;
}

function isWorkload(object: ObjectStatus): boolean {
  return object.images !== undefined;
}

function isFine({ health, drift, problem }: ObjectStatus): boolean {
  return (health.state === 'healthy' || health.state === 'unknown') && drift === undefined && problem === undefined;
}

function row(object: ObjectStatus): Cell[] {
  const { health, drift, problem } = object;
  const ready = health.desired === undefined ? '' : `${health.ready ?? 0}/${health.desired}`;
  const differs = drift === undefined ? '' : `${drift.mode}: ${drift.differences.map(fieldOf).join(', ')}`;
  const said = problem === undefined ? health.message : placed(problem.message, problem);
  return [
    object.name,
    stateCell(health.state),
    ready,
    stateCell(object.action),
    [said, differs].filter(Boolean).join('; '),
  ];
}

/** The field; of what differs as a whole, how: it is not there, or it is and should not be. */
function fieldOf({ path, live }: Difference): string {
  return path === '' ? (live ?? 'not there') : path;
}
