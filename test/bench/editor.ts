import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { temporaryDirectory } from '../rig/index.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import type { LensTimes } from './editor-lenses.ts';
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
  how: 'The lenses of 200 Deployments with one image each, computed as the extension host does, without VS Code, by code that is bundled like the extension: in a fresh process, where nothing is compiled; then at once after each of 20 keystrokes; and after an event of an agent with 2,000 objects. The file holds the Deployments as documents, or as one List, all of which is read again at each keystroke.',
  async run(say, { rounds = 9 }) {
    const folder = temporaryDirectory('bench-editor');
    try {
      const module = await bundled(folder);
      const documents = await measure(module, 'documents', rounds, say);
      const list = await measure(module, 'list', rounds, say);
      return { figures: [...figures('documents', documents, true), ...figures('one List', list, false)] };
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

async function measure(
  module: string,
  shape: 'documents' | 'list',
  rounds: number,
  say: (line: string) => void,
): Promise<LensTimes[]> {
  const times: LensTimes[] = [];
  for (let round = 1; round <= rounds; round++) {
    const one = await inFreshProcess<string, LensTimes>(module, 'lensTimes', shape);
    say(`${shape}, round ${round}: ${millis(one.first)}, then ${one.typed.slice(0, 3).map(millis).join(', ')}`);
    times.push(one);
  }
  return times;
}

function figures(name: string, times: readonly LensTimes[], hasGoals: boolean): Figure[] {
  const figure = (what: string, values: readonly number[], most: number): Figure => ({
    what: `${name}: ${what}`,
    measured: spread(values, millis),
    ...(hasGoals ? { goal: `< ${most} ms`, met: median(values) < most } : {}),
  });
  const all = (pick: (one: LensTimes) => readonly number[]) => times.flatMap(pick);
  return [
    figure(
      'the first time',
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
