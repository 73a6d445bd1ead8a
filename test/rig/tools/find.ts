import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.ts';
import { install } from './cache.ts';
import { TOOLS, type Tool, type ToolName } from './catalog.ts';
import { createDownloader, type Downloader, type ReleaseBases } from './download.ts';

/** What a finder depends on; everything but the environment has a default. */
export interface FinderOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the releases are; a test gives a server of its own. */
  readonly bases?: ReleaseBases;
  /** Milliseconds without an answer after which a host counts as unreachable, for good; 3 000 unless told. */
  readonly patience?: number;
  /** Told what is being waited for, a line at a time. */
  readonly report?: (line: string) => void;
  readonly build?: typeof build;
}

/** Finds the program of a tool: an absolute path. Throws with what was tried when it cannot be had. */
export type FindTool = (name: ToolName) => Promise<string>;

/** Directories named by these variables are looked at first; the first is what Kubernetes' own test tools use. */
const VARIABLES = ['KUBEBUILDER_ASSETS', 'WEAVEFLUX_TOOLS'] as const;

/** Makes a finder. It remembers, as long as it lives, what it found and which hosts did not answer. */
export function createFinder(options: FinderOptions = {}): FindTool {
  const env = options.env ?? process.env;
  const report = options.report ?? ((line) => process.stderr.write(`${line}\n`));
  const downloader = createDownloader(options.bases, options.patience);
  const found = new Map<ToolName, Promise<string>>();
  return (name) => {
    const known = found.get(name);
    if (known) return known;
    const search = find(TOOLS[name], { env, report, downloader, build: options.build ?? build });
    found.set(name, search);
    search.catch(() => found.delete(name));
    return search;
  };
}

/** The finder of this process: environment, cache, release, build, whichever serves first. */
export const findTool: FindTool = createFinder();

const FETCHED: ReadonlySet<string> = new Set(['npm-zip', 'vscode', 'pypi']);

interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: (line: string) => void;
  readonly downloader: Downloader;
  readonly build: typeof build;
}

async function find(tool: Tool, context: Context): Promise<string> {
  const cache = cacheDirectory(context.env);
  const released = join(cache, `${tool.name}-${tool.version}`);
  const built = join(cache, tool.built);
  for (const directory of [...named(context.env), released, built]) {
    const program = join(directory, tool.name);
    if (await isProgram(program)) return program;
  }
  const downloaded = await download(tool, released, context);
  if (downloaded) return downloaded;
  await install(built, tool.name, context.report, async (into) => {
    const how = FETCHED.has(tool.recipe.kind) ? 'fetching its packages' : 'building it';
    context.report(`${tool.name} ${tool.version}: ${how}, ${tool.cost} the first time`);
    await context.build(tool, into, context.report);
  });
  return join(built, tool.name);
}

async function download(tool: Tool, directory: string, context: Context): Promise<string | undefined> {
  const { release } = tool;
  if (!release || process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  if (!context.downloader.mayAnswer(release)) return undefined;
  try {
    await install(directory, tool.name, context.report, (into) =>
      context.downloader.fetch(release, join(into, tool.name)),
    );
    context.report(`${tool.name} ${tool.version}: downloaded its release`);
    return join(directory, tool.name);
  } catch (error) {
    context.report(`${tool.name} ${tool.version}: no release (${error instanceof Error ? error.message : error})`);
    return undefined;
  }
}

function named(env: Context['env']): string[] {
  return VARIABLES.flatMap((name) => env[name] ?? []);
}

/** Where tools (or something else) are kept between runs, outside of any checkout. */
export function cacheDirectory(
  env: Readonly<Record<string, string | undefined>> = process.env,
  what: 'tools' | 'layers' = 'tools',
): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME ?? homedir(), '.cache'), 'weaveflux', what);
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
