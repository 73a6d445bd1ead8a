import { createRegistry } from '@weaveflux/agent';
import { Agent, request } from 'undici';
import { type RigRegistry, startRegistry, temporaryDirectory } from '../rig/index.ts';
import type { Benchmark } from './benchmark.ts';
import { median, millis, spread } from './numbers.ts';

const REPOSITORIES = 20;
const TAGS = 500;
/** A rate that never waits shows the work alone. */
const RATES = { rps: 1000, burst: 100 };
const DEADLINE = 120_000;

interface Pass {
  readonly milliseconds: number;
  readonly requests: number;
  readonly tags: number;
}

export const scan: Benchmark = {
  name: 'scan',
  title: 'Scan of 20 image repositories of 500 tags',
  how: `The agent’s registry side lists ${REPOSITORIES} repositories of a registry with TLS and passwords, all at once; requests are counted at the registry’s door. Cold has nothing on disk, warm has no news. The rate limit is set so high that it never waits; the default (10 at once, then 10 a second) spreads ${REPOSITORIES} requests over one second.`,
  async run(say, { rounds = 5 }) {
    await using rig = await startRegistry();
    say('filling the registry');
    const names = Array.from({ length: REPOSITORIES }, (_, index) => `shop/service-${index}`);
    await fill(rig, names);
    const cold: Pass[] = [];
    const warm: Pass[] = [];
    for (let round = 1; round <= rounds; round++) {
      const registry = createRegistry({
        ...RATES,
        include: [],
        exclude: [],
        insecureHosts: [],
        dataDir: temporaryDirectory('bench-tags'),
        now: () => new Date(),
        caFile: rig.caFile,
      });
      cold.push(await scanAll(rig, registry, names));
      warm.push(await scanAll(rig, registry, names));
      await registry.close();
      say(`round ${round}: cold ${JSON.stringify(cold.at(-1))}, warm ${JSON.stringify(warm.at(-1))}`);
    }
    const requests = (passes: readonly Pass[]) => median(passes.map((pass) => pass.requests));
    const times = (passes: readonly Pass[]) =>
      spread(
        passes.map(({ milliseconds }) => milliseconds),
        millis,
      );
    return {
      figures: [
        { what: 'cold: requests', measured: `${requests(cold)}` },
        { what: 'cold: time', measured: times(cold) },
        {
          what: 'warm without news: requests',
          measured: `${requests(warm)}`,
          goal: `${REPOSITORIES}, one a repository`,
          met: warm.every((pass) => pass.requests === REPOSITORIES),
        },
        { what: 'warm without news: time', measured: times(warm) },
      ],
    };
  },
};

async function scanAll(
  rig: RigRegistry,
  registry: ReturnType<typeof createRegistry>,
  names: readonly string[],
): Promise<Pass> {
  rig.requests.length = 0;
  const began = performance.now();
  const signal = AbortSignal.timeout(DEADLINE);
  const scans = await Promise.all(
    names.map((name) => registry.scan({ name: `${rig.host}/${name}`, credentials: [rig.dockerConfig()] }, signal)),
  );
  const milliseconds = performance.now() - began;
  const tags = scans.reduce((sum, one) => sum + one.tags.length, 0);
  const problem = scans.find((one) => one.problem !== undefined)?.problem;
  if (problem !== undefined || tags !== REPOSITORIES * TAGS) throw new Error(problem?.message ?? `${tags} tags`);
  return { milliseconds, requests: rig.requests.length, tags };
}

/** One image a repository, and its manifest under all the other tags: the list does not know the difference. */
async function fill(rig: RigRegistry, names: readonly string[]): Promise<void> {
  const dispatcher = new Agent({ connect: { ca: rig.ca }, connections: 16, allowH2: false });
  const [user = '', password = ''] = Object.entries(rig.users)[0] ?? [];
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
  await Promise.all(
    names.map(async (name) => {
      await rig.pushImage(name, { tag: '1.0.0' });
      const url = `${rig.url}/v2/${name}/manifests`;
      const found = await request(`${url}/1.0.0`, { dispatcher, headers: { authorization, accept } });
      const body = await found.body.text();
      const type = String(found.headers['content-type']);
      for (let tag = 1; tag < TAGS; tag++) {
        const headers = { authorization, 'content-type': type };
        const answer = await request(`${url}/1.${tag}.0`, { dispatcher, method: 'PUT', headers, body });
        await answer.body.dump();
        if (answer.statusCode >= 300) throw new Error(`${name}:1.${tag}.0: ${answer.statusCode}`);
      }
    }),
  );
  await dispatcher.close();
}
