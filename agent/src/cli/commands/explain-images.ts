import type { ImageExplanation, TagExplanation } from '@weaveflux/shared';
import { type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import type { Printer } from '../print.ts';
import { ago, type Cell, type Color, colorOf, place, plain } from '../text.ts';
import { pinnedSince } from './pins.ts';

/** What `weaveflux images --explain` takes beside the workload. */
export interface ExplainOptions {
  readonly explain: string;
  readonly container?: string;
  readonly tag?: string;
  readonly tags?: string;
  readonly all?: boolean;
}

/** Tags that fit on a terminal together with what stands above them. */
const ON_A_TERMINAL = 20;
/** The most that the agent tells at once. */
const MOST = 10_000;

/** Tells of each image of a workload why each tag was or was not chosen. */
export async function explainImages({ client, printer, options, context }: Session<ExplainOptions>): Promise<number> {
  const { explain: workload, container, tag } = options;
  const limit = limitOf(options, printer.json || context.stdout.isTTY !== true);
  const images = await (await client()).explainImages({ workload, container, tag, limit }, context.signal);
  if (printer.json) printer.value(images);
  else for (const [index, image] of images.entries()) printOne(printer, image, index > 0, context.now());
  return EXIT.ok;
}

function limitOf({ tags, all }: ExplainOptions, isForScripts: boolean): number {
  if (tags === undefined) return all === true || isForScripts ? MOST : ON_A_TERMINAL;
  const limit = Number(tags);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw usage(`--tags got "${tags}"; with --explain it takes a number from 1 to ${MOST}.`);
}

function printOne(printer: Printer, explanation: ImageExplanation, isNext: boolean, now: Date): void {
  const { image, tags, total } = explanation;
  if (isNext) printer.line('');
  printer.line(`${plain(`${image.name} ${image.container}`)}  ${printer.paint(image.state, colorOf(image.state))}`);
  printer.rows(about(explanation, now).map(([title, text]) => [{ text: title, color: 'dim' }, text]));
  if (image.problem !== undefined) printer.problem(image.problem);
  printer.line('');
  printer.table(
    ['TAG', 'CREATED', 'STANDING', 'WHY'],
    tags.map((tag) => row(tag, now)),
  );
  const left = total - tags.length;
  if (left > 0) printer.line(`… and ${left} more${total > MOST ? '' : '; --all shows them'}`);
}

function about({ image, policyAt, pinnedBy }: ImageExplanation, now: Date): [string, Cell][] {
  const where = policyAt === undefined ? '' : ` (${place(policyAt)})`;
  const age = ago(image.scannedAt, now);
  return [
    ['Image', `${image.image} (${place(image)})`],
    ['Why', image.reason],
    ['Policy', `${image.policy ?? (where === '' ? 'none is written' : 'not understood')}${where}`],
    ...(pinnedBy === undefined
      ? []
      : [['Pinned', pinnedSince(pinnedBy, now, pinnedBy.subject)] satisfies [string, Cell]]),
    ['Scanned', age === '' ? 'not yet' : `${age} ago`],
  ];
}

function row(tag: TagExplanation, now: Date): Cell[] {
  return [tag.tag, ago(tag.created ?? tag.pushed, now), { text: tag.standing, color: colorFor(tag) }, tag.reason];
}

function colorFor({ standing }: TagExplanation): Color | undefined {
  if (standing === 'chosen' || standing === 'held' || standing === 'too-young') return 'yellow';
  return standing === 'current' ? 'green' : 'dim';
}
