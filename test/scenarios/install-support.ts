import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type JsonObject, manifestsOf, objectKey, parseFile } from '@weaveflux/shared';
import { findTool } from '../rig/index.ts';

const execute = promisify(execFile);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const DEPLOY = `${ROOT}deploy`;
export const ONE_FILE = `${DEPLOY}/weaveflux-deployment.yaml`;
export const OVERLAYS = ['namespaced', 'no-secrets', 'readonly', 'ha', 'persistent', 'nodes', 'cluster-admin'] as const;
export type Overlay = (typeof OVERLAYS)[number];
/** What stands for the repository in the one file. */
const EXAMPLE_URL = 'git@github.com:you/environment.git';

/** What a program said. */
export interface Said {
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end; throws with its stderr where it fails. */
export async function run(program: string, args: readonly string[], input?: string): Promise<Said> {
  const running = execute(program, args, { cwd: ROOT, maxBuffer: 16 * 1024 * 1024, timeout: 120_000 });
  if (input !== undefined) running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return { out: stdout, err: stderr };
}

/** `weaveflux …` as a person types it. */
export async function weaveflux(...args: string[]): Promise<Said> {
  return run(process.execPath, [`${ROOT}agent/bin/weaveflux.mjs`, ...args]);
}

const printed = new Map<string, Promise<string>>();

/** `weaveflux install` with an overlay, run once a test file; `namespaced` is for namespace `default`, as in the kustomization. */
export function install(overlay: Overlay | undefined, ...more: string[]): Promise<string> {
  const variant = overlay === undefined ? [] : [`--overlay=${overlay}`];
  const allowed = overlay === 'namespaced' ? ['--allow-namespace=default'] : [];
  const args = ['install', ...variant, ...allowed, ...more];
  const said = printed.get(args.join(' ')) ?? weaveflux(...args).then(({ out }) => out);
  printed.set(args.join(' '), said);
  return said;
}

/** `kubectl kustomize` of the base or an overlay. */
export async function kustomize(overlay: Overlay | undefined): Promise<string> {
  const folder = overlay === undefined ? 'base' : `overlays/${overlay}`;
  return (await run(await findTool('kubectl'), ['kustomize', `${DEPLOY}/kustomize/${folder}`])).out;
}

/** `helm template` of the chart, in namespace `weaveflux` for the one file's repository. */
export async function helmTemplate(...values: string[]): Promise<string> {
  const set = [`gitUrl=${EXAMPLE_URL}`, ...values].flatMap((value) => ['--set', value]);
  return (await run(await findTool('helm'), ['template', 'weaveflux', `${DEPLOY}/chart`, '-n', 'weaveflux', ...set]))
    .out;
}

/** The chart's value of an overlay: `no-secrets` is `noSecrets=true`. */
export function chartValue(overlay: Overlay): string {
  return `${overlay.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}=true`;
}

/** The objects of a YAML text, by key and in the order of their keys. */
export function objectsOf(yaml: string): Record<string, JsonObject> {
  const { manifests, problems } = manifestsOf(parseFile('objects.yaml', yaml));
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  const entries = manifests.map(({ id, value }) => [objectKey(id), value] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
