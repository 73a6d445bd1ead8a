// Which test files there are, and which components each of them starts.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { COMPONENTS } from './components.mjs';

const PLACES = ['shared', 'agent', 'extension', 'test'].map((room) => `${room}/**/*.test.ts`);
/** What was made or fetched, and what VS Code runs: `test/scenarios/editor-host.test.ts` has it do so. */
const NO_SUITES = /(^|\/)(node_modules|dist)$|^extension\/test$/;
const IMPORT = /from '(\.{1,2}\/[^']+)'/g;

/**
 * The suites that the arguments ask for: `{file, components, unit}`, files relative to the root. Without arguments
 * all; `unit` = the quick ones that need no component, `rig`, `scenarios`, else every file whose path has the
 * argument in it.
 */
export function findSuites(args) {
  const files = globSync(PLACES, { cwd: ROOT, exclude: (path) => NO_SUITES.test(path) });
  const suites = files.sort().map(suiteOf);
  return args.length === 0 ? suites : suites.filter((suite) => args.some((arg) => isAsked(suite, arg)));
}

function suiteOf(file) {
  const components = componentsOf(file);
  return { file, components, unit: components.length === 0 && !file.startsWith('test/scenarios/') };
}

function isAsked({ file, unit }, arg) {
  if (arg === 'unit') return unit;
  if (arg === 'rig' || arg === 'scenarios') return file.startsWith(`test/${arg}/`);
  return file.includes(arg);
}

/** A component is needed where its start function is named, in the file or in what it imports outside of the rig. */
function componentsOf(file) {
  const texts = [...closure(join(ROOT, file), new Set())].map((path) => readFileSync(path, 'utf8'));
  return Object.keys(COMPONENTS).filter((name) => texts.some((text) => COMPONENTS[name].pattern.test(text)));
}

function closure(path, seen) {
  if (seen.has(path) || !existsSync(path)) return seen;
  seen.add(path);
  for (const [, target] of readFileSync(path, 'utf8').matchAll(IMPORT)) {
    const next = resolve(dirname(path), target);
    const room = relative(ROOT, next);
    if (room.startsWith('test/') && !room.startsWith('test/rig/')) closure(next, seen);
  }
  return seen;
}
