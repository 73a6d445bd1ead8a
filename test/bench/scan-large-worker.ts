import { readFileSync } from 'node:fs';
import {
  createCollector,
  createRegistry,
  createScanner,
  subjectIn,
  workloadText,
} from '@weaveflux/agent/testing/scans';
import { residentMemory } from './processes.ts';

/** What to scan, as whom. */
export interface Job {
  readonly host: string;
  readonly names: readonly string[];
  readonly dockerConfig: string;
  readonly caFile: string;
  readonly dataDir: string;
}

interface Pass {
  readonly requests: number;
  readonly milliseconds: number;
}

/** What one process found and took. */
export interface Outcome {
  readonly cold: Pass;
  readonly warm: Pass;
  /** Milliseconds to choose a tag by policy for every image, from what is known. */
  readonly choosing: number;
  /** Of it the milliseconds that a processor worked, garbage collection beside it included. */
  readonly processor: number;
  readonly tags: number;
  readonly chosen: readonly string[];
  /** MB. */
  readonly memory: {
    /** Resident before the first scan. */
    readonly before: number;
    /** Resident when the last pass is over, and what it needed is given back. */
    readonly now: number;
    /** Resident at the most, in any pass. */
    readonly highest: number;
    /** Objects in use on the heap, before the first scan and after all of it. */
    readonly liveBefore: number;
    readonly live: number;
  };
}

const DEADLINE = 120_000;
/** Passes without news after the first two. */
const MORE_PASSES = 3;
const POLICY = { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'semver:>=1.0.0' };

/**
 * Scans all repositories cold, scans them again, and chooses for an image of each, as the agent does in a pass; then does so
 * some more times. Memory is given back as the agent does it in the seconds after a delivery and after a pass.
 */
async function scanMany({ host, names, dockerConfig, caFile, dataDir }: Job): Promise<Outcome> {
  const now = () => new Date();
  const options = { rps: 1_000_000, burst: 1000, include: [], exclude: [], insecureHosts: [] };
  const registry = createRegistry({ ...options, dataDir, caFile, now });
  const target = { pullSecrets: async () => [dockerConfig] } as unknown as Parameters<
    typeof createScanner
  >[0]['target'];
  const scanner = createScanner({ target, now }, registry);
  const subjects = names.map((name, index) =>
    subjectIn(workloadText(`service-${index}`, `${host}/${name}:1.0.0`, POLICY)),
  );
  const giveBack = createCollector();
  giveBack();
  const liveBefore = liveMemory();
  const before = residentMemory(process.pid).now;

  async function pass(): Promise<Pass> {
    const sent = registry.requests.total;
    const began = performance.now();
    const signal = AbortSignal.timeout(DEADLINE);
    const scans = await Promise.all(
      names.map((name) => registry.scan({ name: `${host}/${name}`, credentials: [dockerConfig] }, signal)),
    );
    const problem = scans.find((one) => one.problem !== undefined)?.problem;
    if (problem !== undefined) throw new Error(problem.message);
    return { requests: registry.requests.total - sent, milliseconds: performance.now() - began };
  }

  const cold = await pass();
  const warm = await pass();
  const began = performance.now();
  const used = process.cpuUsage();
  const decided = await scanner.decideKnown(subjects, []);
  const choosing = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  const tags = decided.reduce((sum, one) => sum + one.tags().length, 0);
  const chosen = [...new Set(decided.map(({ decision }) => decision.chosen?.tag ?? decision.reason))];
  giveBack();
  for (let index = 0; index < MORE_PASSES; index += 1) {
    await pass();
    await scanner.decideKnown(subjects, []);
    giveBack();
  }
  const memory = { before, ...residentMemory(process.pid), liveBefore, live: liveMemory() };
  await registry.close();
  return { cold, warm, choosing, processor: (user + system) / 1000, tags, chosen, memory };
}

/** MB of objects in use on the heap, right after garbage was collected. */
function liveMemory(): number {
  return process.memoryUsage().heapUsed / 1e6;
}

const [, , file = ''] = process.argv;
process.stdout.write(JSON.stringify(await scanMany(JSON.parse(readFileSync(file, 'utf8')))));
