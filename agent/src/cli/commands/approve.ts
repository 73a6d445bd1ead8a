import {
  type Change,
  type ImageStatus,
  type ObjectId,
  objectKey,
  parseObjectKey,
  tryParseImage,
  WeavefluxError,
  workloadsMeant,
} from '@weaveflux/shared';
import { Command } from 'commander';
import { type ChangeOptions, changeOptions, given, submit } from '../changes.ts';
import { type CliCommand, type Runner, type Session, usage } from '../command.ts';

interface Options extends ChangeOptions {
  tag?: string;
  all?: boolean;
}

export function approveCommand(run: Runner): CliCommand {
  const command = new Command('approve')
    .description('have what waits for approval committed: exactly the tag that waits now, or the one given')
    .argument('[workload]', 'namespace:kind/name, or any unambiguous end of it')
    .option('-c, --container <container>', 'only this container')
    .option(
      '-t, --tag <tag>',
      'only if this is what waits; a tag whose digest is written is given with it: 1.4.2@sha256:…',
    )
    .option('-a, --all', 'everything that waits, of all workloads')
    .option('-m, --message <text>', 'why, for the commit');
  changeOptions(command, { local: false }).action(
    run<Options>(async (session, workload) =>
      submit(session, await approvals(session, workload), session.options.message),
    ),
  );
  return { command, example: 'weaveflux approve shop:deployment/web --tag 1.4.2' };
}

/** What a person approves; without a tag what waits now, by the agent's word. */
async function approvals(session: Session<Options>, workload: string | undefined): Promise<Change[]> {
  const { container, tag, all } = session.options;
  if (all) {
    if (workload !== undefined || container !== undefined || tag !== undefined)
      throw usage('--all means everything that waits; leave out the workload, --container and --tag.');
    const waiting = await waitingNow(session, (images) => images);
    if (waiting.length > 0) return waiting;
    throw new WeavefluxError('NOT_FOUND', 'Nothing waits for approval; weaveflux images tells how each image stands.');
  }
  if (workload === undefined) throw usage('name the workload whose release you approve, or say --all.');
  const change = { kind: 'approve', workload, ...given('container', container) } as const;
  if (tag !== undefined) return [{ ...change, ...seenIn(tag) }];
  const waiting = await waitingNow(session, (images) => {
    const meant = new Set(workloadsMeant(idsOf(images), workload).map(objectKey));
    return images.filter(
      (image) => meant.has(image.object) && (container === undefined || container === image.container),
    );
  });
  if (waiting.length === 0)
    throw new WeavefluxError('NOT_FOUND', `No image of ${workload} waits for approval; see: weaveflux images`);
  const workloads = [...new Set(waiting.map((one) => one.workload))];
  if (workloads.length > 1) throw usage(`"${workload}" may mean ${workloads.join(', ')}; say which.`);
  return waiting;
}

/** A tag, or a tag with its digest. */
function seenIn(text: string): { readonly tag: string; readonly digest?: string } {
  const { tag, digest } = tryParseImage(`image:${text}`) ?? {};
  if (tag === undefined || tag !== text.split('@')[0])
    throw usage(`--tag got "${text}"; it takes a tag, or a tag and its whole digest: 1.4.2@sha256:…`);
  return { tag, ...given('digest', digest) };
}

async function waitingNow(
  { client, context }: Session<Options>,
  among: (images: readonly ImageStatus[]) => readonly ImageStatus[],
) {
  const images = await (await client()).images(context.signal);
  return among(images).flatMap(({ state, chosen, name, container }) => {
    if (state !== 'needs-approval' || chosen === undefined) return [];
    return [
      { kind: 'approve', workload: name, container, tag: chosen.tag, ...given('digest', chosen.digest) } as const,
    ];
  });
}

function idsOf(images: readonly ImageStatus[]): ObjectId[] {
  const keys = new Set(images.map(({ object }) => object));
  return [...keys].flatMap((key) => parseObjectKey(key) ?? []);
}
