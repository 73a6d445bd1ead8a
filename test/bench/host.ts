import type { Benchmark, Figure } from './benchmark.ts';
import { coldLenses, type FirstView, firstView, type LensRound, warmLenses } from './host-rounds.ts';
import { startHostWorld } from './host-world.ts';
import { median, millis, spread } from './numbers.ts';

/** Goals: milliseconds, and bytes. */
const START = 50;
const FIRST = 50;
const KEYSTROKE = 20;
const HEARD = 50;
const SHOWN = 1000;
const MEMORY = 60 * 2 ** 20;

export const host: Benchmark = {
  name: 'host',
  title: 'The extension inside VS Code’s extension host',
  how: 'VS Code (code-server and Chromium) has a repository of 2,000 files open, whose agent answers from memory, over loopback, with 2,000 objects and 200 images. Every figure is of fresh extension hosts that have nothing else to do. The start is VS Code’s own count (“Developer: Startup Performance”): reading and running the bundle, and the call of `activate`. The provider of code lenses is called inside the host in the event that a document was opened or changed, so before anything else could have read the text. An event of the agent is followed from its emission to the provider’s event, and to the frame in which the page shows the new text. Memory is that of the host’s process just before the start, and when the Environments view and the lenses of a small file are there and the host is at rest. Which files are read, by whichever process, is told by their times of access.',
  async run(say, { rounds = 5 }) {
    await using world = await startHostWorld();
    const views: FirstView[] = [];
    const cold: number[] = [];
    const used: number[] = [];
    const warm: LensRound[] = [];
    for (let round = 1; round <= rounds; round++) {
      const view = await firstView(world);
      const first = await coldLenses(world);
      const lenses = await warmLenses(world);
      say(
        `round ${round}: start ${view.load} + ${view.call} ms, first view ${megabytes(view.resident)}, lenses ${[first.opened, lenses.opened, median(lenses.typed)].map(millis).join(', ')}, event ${millis(median(lenses.heard))}, ${millis(median(lenses.shown))}`,
      );
      views.push(view);
      cold.push(first.opened);
      used.push(view.used - first.used);
      warm.push(lenses);
    }
    return {
      figures: [...viewFigures(views, used), ...lensFigures(cold, warm)],
      notes: [
        'A host that has just read 2,000 objects and made their rows has let V8’s young generation grow by 32 MB, which V8 gives back late; loading what speaks with agents takes some more for the compiler. What is in use says what stays.',
        'An editor shares two cores here with its server, the browser, the agent and the benchmark, and where others use the machine too all times are upper bounds.',
      ],
    };
  },
};

function viewFigures(views: readonly FirstView[], used: readonly number[]): Figure[] {
  const read = new Set(views.flatMap((view) => view.read));
  return [
    timed(
      'start: the bundle and `activate`',
      views.map(({ load, call }) => load + call),
      START,
    ),
    timed(
      'of it the bundle',
      views.map(({ load }) => load),
    ),
    timed(
      'processor time that the host had for the start',
      views.map(({ processor }) => processor),
    ),
    grown(
      'resident memory more after the first view',
      views.map(({ resident }) => resident),
      MEMORY,
    ),
    grown('of it in use, after collections of garbage', used),
    {
      what: 'files read but the one that is shown',
      measured: read.size === 0 ? '0 of 1,999' : `${read.size}: ${[...read].slice(0, 3).join(', ')}`,
      goal: '0',
      met: read.size === 0,
    },
  ];
}

function lensFigures(cold: readonly number[], warm: readonly LensRound[]): Figure[] {
  return [
    timed('lenses of a large file, where nothing is compiled', cold),
    timed(
      'lenses of a large file that is opened',
      warm.map(({ opened }) => opened),
      FIRST,
    ),
    timed(
      'after a keystroke in a tag',
      warm.flatMap(({ typed }) => typed),
      KEYSTROKE,
    ),
    timed(
      'from an event of the agent to the provider’s event',
      warm.flatMap(({ heard }) => heard),
      HEARD,
    ),
    timed(
      'from an event of the agent to the screen',
      warm.flatMap(({ shown }) => shown),
      SHOWN,
    ),
  ];
}

function timed(what: string, values: readonly number[], most?: number): Figure {
  const goal =
    most === undefined ? {} : { goal: `< ${most === SHOWN ? '1 s' : `${most} ms`}`, met: median(values) < most };
  return { what, measured: spread(values, millis), ...goal };
}

function grown(what: string, values: readonly number[], most?: number): Figure {
  const goal = most === undefined ? {} : { goal: `< ${megabytes(most)}`, met: median(values) < most };
  return { what, measured: spread(values, megabytes), ...goal };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
