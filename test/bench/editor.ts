import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { temporaryDirectory } from '../rig/index.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import type { LensCase, LensTimes } from './editor-lenses.ts';
import { inFreshProcess } from './fresh.ts';
import { median, millis, spread } from './numbers.ts';

const ENTRY = fileURLToPath(new URL('./editor-lenses.ts', import.meta.url));
/** Milliseconds. */
const FIRST = 50;
const KEYSTROKE = 20;
const EVENT = 50;

export const editor: Benchmark = {
  name: 'editor',
  title: 'Code lenses of a file of 5,000 lines with 200 images',
  how: 'The lenses of 200 Deployments with one image each, computed as the extension host does, without VS Code, by code that is bundled like the extension, in fresh processes: where nothing is compiled yet; where another file, of one Deployment, was read before; then at once after each of 20 keystrokes; and after an event of an agent with 2,000 objects. The file holds the Deployments as documents, or as one List, all of which is read again at each keystroke.',
  async run(say, { rounds = 9 }) {
    const folder = temporaryDirectory('bench-editor');
    try {
      const module = await bundled(folder);
      const times = { first: [], documents: [], list: [] } as Record<'first' | 'documents' | 'list', LensTimes[]>;
      for (let round = 1; round <= rounds; round++) {
        const cold = await measure(module, { shape: 'documents', warm: false });
        const documents = await measure(module, { shape: 'documents', warm: true });
        const list = await measure(module, { shape: 'list', warm: true });
        say(`round ${round}: ${[cold, documents, list].map(({ first }) => millis(first)).join(', ')}`);
        times.first.push(cold);
        times.documents.push(documents);
        times.list.push(list);
      }
      const first = {
        what: 'where nothing is compiled',
        measured: spread(
          times.first.map((one) => one.first),
          millis,
        ),
      };
      return {
        figures: [first, ...figures('', times.documents, true), ...figures('one List: ', times.list, false)],
        notes: [
          'The goal is that of an editor at work: what V8 compiles at first use costs some ten milliseconds more, once, whatever the file.',
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** What is measured as one file, made like the extension. */
async function bundled(folder: string): Promise<string> {
  const outfile = join(folder, 'lenses.cjs');
  await build({
    entryPoints: [ENTRY],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
  });
  return outfile;
}

function measure(module: string, about: LensCase): Promise<LensTimes> {
  return inFreshProcess(module, 'lensTimes', about);
}

function figures(name: string, times: readonly LensTimes[], hasGoals: boolean): Figure[] {
  const figure = (what: string, values: readonly number[], most: number): Figure => ({
    what: `${name}${what}`,
    measured: spread(values, millis),
    ...(hasGoals ? { goal: `< ${most} ms`, met: median(values) < most } : {}),
  });
  const all = (pick: (one: LensTimes) => readonly number[]) => times.flatMap(pick);
  return [
    figure(
      'of a file that is opened',
      times.map(({ first }) => first),
      FIRST,
    ),
    figure(
      'after a keystroke in a tag',
      all(({ typed }) => typed),
      KEYSTROKE,
    ),
    figure(
      'after one that leaves the YAML unreadable',
      all(({ broken }) => broken),
      KEYSTROKE,
    ),
    figure(
      'after a new line at the top',
      all(({ moved }) => moved),
      KEYSTROKE,
    ),
    figure(
      'after an event of the agent',
      all(({ event }) => event),
      EVENT,
    ),
  ];
}
