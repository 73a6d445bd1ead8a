import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type RigRegistry, startRegistry, temporaryDirectory } from '../rig/index.ts';
import type { Benchmark } from './benchmark.ts';
import { median, millis, seconds, spread } from './numbers.ts';
import { type Following, startStage } from './stage.ts';

const SERVICES = 20;
const MANY = 500;
const SECRET = 'bench';
/** The agent looks by itself so seldom that what is measured comes of messages alone. */
const SELDOM = { 'automation-interval': '1h', 'registry-rps': '1000', 'registry-burst': '100' };

export const push: Benchmark = {
  name: 'push',
  title: 'From a pushed image to its commit and to the cluster',
  how: `A distribution registry (Debian’s docker-registry) tells the agent of each push by its own notifications; ${SERVICES} services are automated. Measured from the registry’s answer to the push until the commit is in the repository, and until the agent says that it is applied. Then ${MANY} images of ${MANY} repositories get a new tag, the agent is told of all in one message, and writes one commit; the rate limit is set so high that it never waits.`,
  async run(say, { rounds = 20, profile }) {
    const port = await freePort();
    const notifications = { url: `http://127.0.0.1:${port}/hooks/registry`, authorization: `Bearer ${SECRET}` };
    await using told = await startRegistry({ kind: 'docker-registry', users: {}, notifications });
    await using many = await startRegistry({ users: {} });
    const dir = temporaryDirectory('bench-push');
    const authorities = join(dir, 'authorities.pem');
    await writeFile(authorities, `${told.ca}\n${many.ca}`);
    await writeFile(join(dir, 'secret'), SECRET);
    await using stage = await startStage({ profile, env: { SSL_CERT_FILE: authorities } });
    const flags = { ...SELDOM, 'listen-metrics': `127.0.0.1:${port}`, 'hook-secret-file': join(dir, 'secret') };

    say('pushing the first images');
    await fill(told, SERVICES, '1.0.0');
    const committed: number[] = [];
    const applied: number[] = [];
    {
      await using following = await stage.follow(files('told', told, SERVICES), flags);
      await scanned(following, SERVICES);
      for (let round = 1; round <= rounds; round++) {
        const times = await pushOne(following, told, `service-${round % SERVICES}`, `1.0.${round}`);
        committed.push(times.committed);
        applied.push(times.applied);
      }
      say(committed.map((time) => Math.round(time)).join(' '));
    }
    say(`pushing ${MANY} images`);
    await fill(many, MANY, '1.0.0');
    await using following = await stage.follow(files('many', many, MANY), { ...flags, environment: 'many' });
    await scanned(following, MANY);
    await fill(many, MANY, '1.1.0');
    const all = await releaseAll(following, many, port);
    return {
      figures: [
        figure('pushed to committed', committed, 1000),
        figure('pushed to applied', applied, 2000),
        {
          what: `told of ${MANY} images to one commit of them`,
          measured: seconds(all),
          goal: '< 5 s',
          met: all < 5000,
        },
      ],
    };
  },
};

function figure(what: string, times: readonly number[], goal: number) {
  const met = median(times) < goal;
  return { what: `${what}, median`, measured: spread(times, millis), goal: `< ${goal / 1000} s`, met };
}

async function fill(registry: RigRegistry, count: number, tag: string): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `shop/service-${index}`);
  for (let from = 0; from < names.length; from += 25) {
    await Promise.all(names.slice(from, from + 25).map((name) => registry.pushTags(name, [tag])));
  }
}

function files(namespace: string, registry: RigRegistry, count: number): Record<string, string> {
  const texts: Record<string, string> = {
    'namespace.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${namespace} }\n`,
  };
  for (let index = 0; index < count; index++) {
    const name = `service-${index}`;
    texts[`${name}.yaml`] = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
  annotations:
    weaveflux.dev/automated: "true"
    weaveflux.dev/tag.app: semver:~1
spec:
  replicas: 0
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: app
          image: ${registry.host}/shop/${name}:1.0.0
`;
  }
  return texts;
}

async function scanned({ agent }: Following, count: number): Promise<void> {
  await agent.process.ready({ what: `${count} images to be scanned`, deadline: 120_000 }, async () => {
    const images = await agent.api.images();
    return images.length === count && images.every(({ available }) => available.length > 0);
  });
}

async function pushOne({ agent }: Following, registry: RigRegistry, name: string, tag: string) {
  const after = agent.events.length;
  await registry.pushImage(`shop/${name}`, { tag });
  const began = Date.now();
  const released = await agent.event(`${name}:${tag} released`, ({ type }) => type === 'released', { after });
  const done = await agent.event(
    'its delivery',
    ({ type, revision }) => type === 'sync-applied' && revision === released.revision,
    { after },
  );
  return { committed: Date.parse(released.time) - began, applied: Date.parse(done.time) - began };
}

async function releaseAll({ agent }: Following, registry: RigRegistry, port: number): Promise<number> {
  const images = Array.from({ length: MANY }, (_, index) => `${registry.host}/shop/service-${index}`);
  const began = Date.now();
  await fetch(`http://127.0.0.1:${port}/api/v1/notify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ images }),
  });
  const released = await agent.event('the commit', ({ type }) => type === 'released', { deadline: 120_000 });
  const revision = released.revision;
  const count = () => agent.events.filter((event) => event.type === 'released' && event.revision === revision).length;
  await agent.process.ready({ what: `${MANY} images in one commit` }, () => count() === MANY);
  return Date.parse(released.time) - began;
}
