// What every entry script does first. Plain JavaScript that Node 18 runs too: the machine's own Node is used only
// to get the project's.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The project's Node, from the devDependency `node`. */
export const NODE = join(ROOT, 'node_modules/node/bin/node');

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/** In the started process: when the one that started it is gone, however it went, end as if asked to. */
const END_WITH_PARENT = `process.on('disconnect',()=>process.kill(process.pid,'SIGTERM'));process.channel?.unref();`;

/** Installs the dependencies when those of package-lock.json are not what is installed, and the project's Node. */
export async function ensureReady() {
  if (!isInstalled()) {
    say('installing the dependencies (npm ci)');
    // A lock file made where a mirror lacks packages of other platforms is not complete for `npm ci`; what it does
    // hold is installed as it says all the same, and it is left as it is.
    if (!(await npm(['ci', ...QUIET]))) await must(['install', '--no-save', ...QUIET]);
  }
  if (existsSync(NODE)) return;
  say('getting the project’s Node (npm rebuild node)');
  await must(['rebuild', 'node']);
  if (!existsSync(NODE))
    fail('The project’s Node is missing and could not be fetched: run "npm ci" and read what it says.');
}

/**
 * Runs the project's Node with these arguments in the root of the checkout; resolves with its exit code. It gets
 * our input and output, and the signals that end us.
 */
export function runOnProjectNode(args) {
  const preload = `--import=data:text/javascript,${encodeURIComponent(END_WITH_PARENT)}`;
  const child = spawn(NODE, [preload, ...args], { cwd: ROOT, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // Ctrl-C reaches the child by the terminal: we only wait for what it makes of it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** Compares what npm noted of its last install with the lock file; optional packages are the platform's business. */
function isInstalled() {
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const installed = readPackages(join(ROOT, 'node_modules/.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.optional && !entry.devOptional)
    .every(([path, entry]) => installed[path] !== undefined && installed[path].version === entry.version);
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return {};
  }
}

async function must(args) {
  if (!(await npm(args))) fail(`npm ${args.join(' ')} failed; what it says stands above.`);
}

/** Runs npm, the one that runs us if there is one; resolves to whether it went well. */
function npm(args) {
  const script = process.env.npm_execpath;
  const [command, first] = script ? [process.execPath, [script]] : ['npm', []];
  const child = spawn(command, [...first, ...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => {
    child.once('error', (error) => fail(`npm could not be started: ${error.message}`));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function say(line) {
  console.error(`weaveflux: ${line}`);
}

function fail(line) {
  say(line);
  process.exit(1);
}
