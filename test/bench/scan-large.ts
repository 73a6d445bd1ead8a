import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { startRegistry, temporaryDirectory } from '../rig/index.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { median, millis, seconds, spread } from './numbers.ts';
import type { Job, Outcome } from './scan-large-worker.ts';
import { IMAGE_ENV, shippedFlags } from './shipped.ts';

const REPOSITORIES = 200;
const TAGS = 1000;
/** Tags of each repository where the growth is measured. */
const MORE = [5000, 10_000];
const WORKER = fileURLToPath(new URL('./scan-large-worker.ts', import.meta.url));
const DEADLINE = 240_000;
const CHOICE_GOAL = 500;
const MEMORY_GOAL = 150;

export const scanLarge: Benchmark = {
  name: 'scan-large',
  title: 'Scan of 200 image repositories of 1,000 tags',
  how: `A fresh process lists ${REPOSITORIES} repositories of ${TAGS} versions each, all at once, by TLS and with a password; then again without news; then it chooses a tag by \`semver:>=1.0.0\` for an image of each from what is known. The lists are made by the registry’s door (pages with \`Link\`, as many tags as are asked for), since no registry is filled with two million tags in a minute. Then it scans and chooses three more times. Memory is that of the process with all of this still known, from /proc; it is given back as the agent does it three seconds after a pass, and Node is started as by the agent’s first line and in its image. The rate limit is set so high that it never waits: the default (10 a second) spreads 200 requests over 19 seconds.`,
  async run(say, { rounds = 3 }) {
    const worker = await bundled();
    const outcomes: Outcome[] = [];
    for (let round = 1; round <= rounds; round++) {
      outcomes.push(await measure(worker, TAGS));
      say(`round ${round}: ${JSON.stringify(outcomes.at(-1))}`);
    }
    const grown: Outcome[] = [];
    for (const tags of MORE) {
      grown.push(await measure(worker, tags));
      say(`${tags} tags each: ${JSON.stringify(grown.at(-1))}`);
    }
    return { figures: [...figuresOf(outcomes), ...grown.flatMap(growthOf)], notes: NOTES };
  },
};

const NOTES = [
  'What is resident consists of Node itself, 46 MB; of the code of the agent and the parts of Node that TLS, WebAssembly and the compiler add, 54 MB; of connections, authorities and what V8 keeps of its young generation, about 15 MB; and of the tags. A listed tag takes as many bytes as its name, once in the registry side and once for what was decided; nothing is kept of how policies read it. Where Node is started without `--max-semi-space-size=4` and nothing is given back, the same process keeps more than 200 MB.',
  'Where other work uses the machine, as the load average tells, the choice’s processor time says more than its time.',
  'Cold, each repository takes two requests and all together one that finds out how to log in: its page of 1,000 is full and names no next one, and registries that cut lists without a word look just like that, so one more asks for what would come after. Later scans ask for a page that is larger than what is known.',
];

function figuresOf(outcomes: readonly Outcome[]): Figure[] {
  const coldMost = 2 * REPOSITORIES + 1;
  const of = (read: (outcome: Outcome) => number) => outcomes.map(read);
  const cold = of((one) => one.cold.requests);
  const warm = of((one) => one.warm.requests);
  const choosing = of((one) => one.choosing);
  const memory = of((one) => one.memory.now);
  return [
    {
      what: 'cold: requests',
      measured: `${median(cold)}`,
      goal: `≤ ${coldMost}, one a page, one at the end of a full one`,
      met: cold.every((requests) => requests <= coldMost),
    },
    {
      what: 'cold: time',
      measured: spread(
        of((one) => one.cold.milliseconds),
        seconds,
      ),
    },
    {
      what: 'warm without news: requests',
      measured: `${median(warm)}`,
      goal: `${REPOSITORIES}, one a repository`,
      met: warm.every((requests) => requests === REPOSITORIES),
    },
    {
      what: 'warm without news: time',
      measured: spread(
        of((one) => one.warm.milliseconds),
        seconds,
      ),
    },
    {
      what: 'choice by policy for all 200 images',
      measured: spread(choosing, millis),
      goal: `< ${CHOICE_GOAL} ms`,
      met: median(choosing) < CHOICE_GOAL,
    },
    {
      what: 'choice: processor time, garbage collection included',
      measured: spread(
        of((one) => one.processor),
        millis,
      ),
    },
    {
      what: 'resident memory, 200,000 tags, after a pass',
      measured: `${spread(memory, megabytes)}, ${megabytes(median(of((one) => one.memory.before)))} before`,
      goal: `< ${MEMORY_GOAL} MB`,
      met: median(memory) < MEMORY_GOAL,
    },
    {
      what: 'at the most while passes run',
      measured: spread(
        of((one) => one.memory.highest),
        megabytes,
      ),
    },
    {
      what: 'of it objects in use',
      measured: `${spread(
        of((one) => one.memory.live),
        megabytes,
      )}, ${megabytes(median(of((one) => one.memory.liveBefore)))} before`,
    },
  ];
}

function growthOf({ tags, choosing, processor, warm, memory }: Outcome): Figure[] {
  const measured = `${megabytes(memory.now)} after a pass, at most ${megabytes(memory.highest)} (objects in use ${megabytes(memory.live)}), warm ${warm.requests} requests in ${seconds(warm.milliseconds)}, choice in ${millis(choosing)} (processor time ${millis(processor)})`;
  return [{ what: `${(tags / 1e6).toFixed(0)},000,000 tags: memory, scan, choice`, measured }];
}

function megabytes(value: number): string {
  return `${value.toFixed(0)} MB`;
}

/** What is measured as one file, made like the agent. */
async function bundled(): Promise<string> {
  const outfile = join(temporaryDirectory('bench-worker'), 'scan-large.mjs');
  const js =
    "import { createRequire as createRequireHere } from 'node:module';\nconst require = createRequireHere(import.meta.url);";
  const small = { minifyWhitespace: true, minifySyntax: true };
  const kind = { platform: 'node', target: 'node22', format: 'esm' } as const;
  await build({ entryPoints: [WORKER], outfile, bundle: true, ...kind, ...small, banner: { js } });
  // As `npm run build` does: one other character doubles what the text takes.
  const text = await readFile(outfile, 'utf8');
  await writeFile(
    outfile,
    text.replace(/[^\0-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
  return outfile;
}

async function measure(worker: string, count: number): Promise<Outcome> {
  const list = listing(count);
  await using rig = await startRegistry({ intercept: list });
  const names = Array.from({ length: REPOSITORIES }, (_, index) => `shop/service-${index}`);
  const dataDir = temporaryDirectory('bench-tags');
  const job: Job = { host: rig.host, names, dockerConfig: rig.dockerConfig(), caFile: rig.caFile, dataDir };
  const file = join(dataDir, 'job.json');
  await writeFile(file, JSON.stringify(job));
  const run = promisify(execFile);
  const env = { ...process.env, ...IMAGE_ENV };
  const args = [...shippedFlags(), worker, file];
  const { stdout } = await run(process.execPath, args, { timeout: DEADLINE, env });
  const outcome: Outcome = JSON.parse(stdout);
  const newest = `1.${count - 1}.0`;
  if (outcome.tags !== count * REPOSITORIES || outcome.chosen.join() !== newest) {
    throw new Error(`${outcome.tags} tags, chosen ${outcome.chosen.join()}`);
  }
  return outcome;
}

/** Answers requests for tags, of whoever shows a password, as registries do that keep to the specification. */
function listing(count: number): (request: IncomingMessage, response: ServerResponse) => boolean {
  const tags = Array.from({ length: count }, (_, index) => `1.${index}.0`).sort();
  const pages = new Map<string, { body: string; last: string | undefined }>();

  function pageOf(size: number, after: string): { body: string; last: string | undefined } {
    const key = `${size} ${after}`;
    const from = after === '' ? 0 : tags.indexOf(after) + 1;
    const some = tags.slice(from, from + size);
    const page = pages.get(key) ?? {
      body: JSON.stringify({ tags: some }),
      last: from + size < tags.length ? some.at(-1) : undefined,
    };
    pages.set(key, page);
    return page;
  }

  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://rig');
    if (!pathname.endsWith('/tags/list') || request.headers.authorization === undefined) return false;
    const size = Number(searchParams.get('n'));
    const { body, last } = pageOf(size, searchParams.get('last') ?? '');
    const link = last === undefined ? {} : { link: `<${pathname}?n=${size}&last=${last}>; rel="next"` };
    response.writeHead(200, { 'content-type': 'application/json', ...link }).end(body);
    return true;
  };
}
