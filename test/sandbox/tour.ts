import type { Event } from '@weaveflux/shared';
import { waitFor } from '../rig/index.ts';
import { pathOf as fileOf, imageOf } from './environment.ts';
import type { Narrator } from './narrator.ts';
import { pathOf } from './play.ts';
import { pushImage, type Sandbox } from './sandbox.ts';
import { SERVICES, type Service } from './services.ts';

const DEADLINE = 60_000;

type Step = readonly [title: string, run: (sandbox: Sandbox, narrator: Narrator) => Promise<void>];

const STEPS: readonly Step[] = [
  ['CI pushes a new image; its policy is semver:~1.4', releaseByPolicy],
  ['Every policy sees its own newest tag', releaseAll],
  ['Somebody scales a Deployment by hand', scaledByHand],
  ['Somebody deletes a Deployment', deletedByHand],
  ['A person commits a change', changeByCommit],
  ['A commit breaks one file; the others are delivered', brokenFile],
  ['A file leaves the repository; its objects are pruned', removedFile],
  ['A person reverts a release; the tag is held', revertedRelease],
];

/** Does by itself what a person would try, step by step, and says what was seen; throws at the first thing that is not so. */
export async function runTour(sandbox: Sandbox, narrator: Narrator, signal: AbortSignal): Promise<void> {
  for (const [title, run] of STEPS) {
    signal.throwIfAborted();
    narrator.step(title);
    await run(sandbox, narrator);
  }
  narrator.say('That was the tour. `npm start` lets you play yourself.');
}

async function releaseByPolicy(sandbox: Sandbox, narrator: Narrator): Promise<void> {
  const cart = service('cart');
  await pushImage(sandbox.registry, imageOf(cart), '2.0.0');
  await pushImage(sandbox.registry, imageOf(cart), '1.4.2');
  narrator.say('shop/cart 2.0.0 and 1.4.2 are in the registry.');
  await untilReleased(sandbox, cart, '1.4.2');
  const [commit] = await log(sandbox);
  narrator.seen(`The agent committed "${commit}" and Kubernetes runs shop/cart:1.4.2; 2.0.0 is outside ~1.4.`);
}

async function releaseAll(sandbox: Sandbox, narrator: Narrator): Promise<void> {
  const wanted: readonly [name: string, tag: string][] = [
    ['checkout', 'build-120'],
    ['search', 'main-77aa01b'],
    ['gateway', 'v2.4.0'],
    ['reports', '2026-11-09'],
  ];
  for (const [name, tag] of wanted) await pushImage(sandbox.registry, imageOf(service(name)), tag);
  for (const [name, tag] of wanted) {
    await untilReleased(sandbox, service(name), tag);
    narrator.seen(`${name} follows ${service(name).policy} to ${tag}.`);
  }
}

async function scaledByHand(sandbox: Sandbox, narrator: Narrator): Promise<void> {
  const path = pathOf('shop/catalog');
  const after = sandbox.agent.events.length;
  const began = Date.now();
  await sandbox.cluster.patch(path, { spec: { replicas: 9 } }, 'kubectl-edit');
  const event = await told(sandbox, 'interference', after, 'catalog');
  await until(sandbox, path, 'catalog to have three replicas again', (object) => object.spec.replicas === 3);
  narrator.seen(`Undone after ${Date.now() - began} ms, and told: ${event.message}`);
}

async function deletedByHand(sandbox: Sandbox, narrator: Narrator): Promise<void> {
  const path = pathOf('shop/reviews');
  const after = sandbox.agent.events.length;
  const { uid } = (await sandbox.cluster.get(path)).metadata;
  const began = Date.now();
  await sandbox.cluster.delete(path);
  await until(sandbox, path, 'reviews to be there again', (object) => object.metadata.uid !== uid);
  narrator.seen(
    `It is there again after ${Date.now() - began} ms: ${(await told(sandbox, 'interference', after, 'reviews')).message}`,
  );
}

async function changeByCommit(sandbox: Sandbox, narrator: Narrator): Promise<void> {
  const pricing = service('pricing');
  await sandbox.person.pull();
  await edit(sandbox, fileOf(pricing), (text) => text.replace('LOG_LEVEL: info', 'LOG_LEVEL: debug'));
  const revision = await sandbox.person.commitAndPush('Log more in pricing');
  await sandbox.agent.healthy(revision, DEADLINE);
  const settings = await sandbox.cluster.get('/api/v1/namespaces/shop/configmaps/pricing');
  check(settings.data.LOG_LEVEL === 'debug', 'the ConfigMap says debug');
  narrator.seen('The ConfigMap says debug; nothing else was sent.');
}

async function brokenFile(sandbox: Sandbox, narrator: Narrator): Promise<void> {
  const file = fileOf(service('mailer'));
  await sandbox.person.pull();
  await edit(sandbox, file, (text) => text.replace('  replicas: 1', '  replicas: [1'));
  await edit(sandbox, fileOf(service('audit')), (text) => text.replace('LOG_LEVEL: info', 'LOG_LEVEL: warn'));
  const revision = await sandbox.person.commitAndPush('Break mailer, quieten audit');
  const status = await sandbox.agent.until(
    'the revision to fail',
    ({ sync }) => sync.revision === revision && sync.state === 'failed',
    DEADLINE,
  );
  const problem = status.sync.problems.find((one) => one.file === file);
  check(problem?.line !== undefined, 'the problem names file and line');
  const settings = await sandbox.cluster.get('/api/v1/namespaces/platform/configmaps/audit');
  check(settings.data.LOG_LEVEL === 'warn', 'the other file was delivered');
  narrator.seen(`Told with its place: ${problem?.message} audit was delivered all the same.`);
  await sandbox.person.revertAndPush(revision);
  await sandbox.agent.healthy(await sandbox.repository.head(), DEADLINE);
  narrator.seen('Reverted, and healthy again.');
}

async function removedFile(sandbox: Sandbox, narrator: Narrator): Promise<void> {
  const wishlist = service('wishlist');
  await sandbox.person.pull();
  await sandbox.person.remove(fileOf(wishlist));
  await sandbox.person.commitAndPush('Retire the wishlist');
  await waitFor({ what: 'the wishlist to be gone', deadline: DEADLINE }, async () => {
    const left = await sandbox.cluster.find(pathOf('shop/wishlist'));
    return left === undefined;
  });
  narrator.seen('Its Deployment, Service and ConfigMap are gone; three of sixty-two is below the limit.');
}

async function revertedRelease(sandbox: Sandbox, narrator: Narrator): Promise<void> {
  const cart = service('cart');
  const commits = await sandbox.repository.git(['log', '--format=%H %s', 'main']);
  const release = commits.split('\n').find((line) => line.endsWith('Release shop/cart:1.4.2'));
  check(release !== undefined, 'the release stands in the history');
  await sandbox.person.pull();
  await sandbox.person.revertAndPush(release?.split(' ')[0] ?? '', { name: 'Ann', email: 'ann@example.com' });
  await until(sandbox, pathOf('shop/cart'), 'cart to run 1.4.1', (object) => imageIn(object).endsWith(':1.4.1'));
  const held = await waitFor({ what: 'cart to be held', deadline: DEADLINE }, async () => {
    const images = await sandbox.agent.api.images();
    return images.find(({ container, state }) => container === 'cart' && state === 'held');
  });
  narrator.seen(`1.4.1 runs and stays: ${held.reason}`);
  await pushImage(sandbox.registry, imageOf(cart), '1.4.3');
  await untilReleased(sandbox, cart, '1.4.3');
  narrator.seen('1.4.3 is newer than what was held, and is released.');
}

async function untilReleased(sandbox: Sandbox, wanted: Service, tag: string): Promise<void> {
  const name = `${wanted.namespace}/${wanted.name}`;
  await until(sandbox, pathOf(name), `${name} to run ${tag}`, (object) => imageIn(object).endsWith(`:${tag}`));
}

// biome-ignore lint/suspicious/noExplicitAny: the rig's objects are of every kind.
type Live = any;

async function until(sandbox: Sandbox, path: string, what: string, look: (object: Live) => boolean): Promise<void> {
  await waitFor({ what, deadline: DEADLINE }, async () => {
    const object = await sandbox.cluster.find(path);
    return object !== undefined && look(object);
  });
}

async function told(sandbox: Sandbox, type: Event['type'], after: number, about: string): Promise<Event> {
  const look = (event: Event): boolean => event.type === type && event.object?.endsWith(`/${about}`) === true;
  return sandbox.agent.event(`${type} about ${about}`, look, { after, deadline: DEADLINE });
}

async function edit(sandbox: Sandbox, file: string, change: (text: string) => string): Promise<void> {
  await sandbox.person.write({ [file]: change(await sandbox.person.read(file)) });
}

async function log(sandbox: Sandbox): Promise<string[]> {
  return (await sandbox.repository.git(['log', '--format=%s', 'main'])).split('\n');
}

function imageIn(object: Live): string {
  return object.spec.template.spec.containers[0].image;
}

function service(name: string): Service {
  const found = SERVICES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no service is called ${name}`);
  return found;
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`It was expected that ${what}; it was not so.`);
}
