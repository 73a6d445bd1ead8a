import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ACCOUNT, type RigEcr, startEcr } from '../rig/index.ts';
import { deadline, openScanner, type Scanner } from './registry-world.ts';

const HOUR = 3_600_000;
const EVERYTHING = { regions: [], includeIds: [], excludeIds: [] } as const;

/** The registry side against Amazon ECR: moto's API, a real registry for the images, and AWS's own client. */
describe('Amazon ECR', { concurrency: false }, () => {
  let ecr: RigEcr;
  let now: number;
  let scanner: Scanner;

  before(async () => {
    ecr = await startEcr({ regions: ['eu-central-1', 'us-east-1'], pageSize: 2 });
    Object.assign(process.env, ecr.env);
    for (const [tag, pushed] of PUSHED) await ecr.push('shop/cart', { tag, pushed });
    await ecr.push('shop/search', { tag: '1', pushed: '2026-01-01T00:00:00Z' });
    await ecr.push('shop/cart', { tag: 'us', pushed: '2026-01-01T00:00:00Z', region: 'us-east-1' });
  });
  after(() => ecr?.stop());
  beforeEach(async () => {
    ecr.api.calls.length = 0;
    ecr.registry.requests.length = 0;
    ecr.proxy.connections.length = 0;
    now = Date.now();
    scanner = await open({});
  });

  const open = (scope: Partial<Record<keyof typeof EVERYTHING, readonly string[]>>): Promise<Scanner> =>
    openScanner({ env: ecr.env, ecr: { ...EVERYTHING, ...scope }, now: () => new Date(now) });
  const scan = (repository = 'shop/cart', region?: string, credentials: string[] = []) =>
    scanner.registry.scan({ name: `${ecr.host(region)}/${repository}`, credentials }, deadline());
  const actions = (): string[] => ecr.api.calls.map(({ action }) => action);

  test('tags come with digest and time of their push, a call a page, and no manifest is read', async () => {
    const { tags, problem } = await scan();
    assert.equal(problem, undefined);
    assert.deepEqual(
      tags.map(({ tag, pushed, digest }) => [tag, pushed, /^sha256:[0-9a-f]{64}$/.test(digest ?? '')]),
      PUSHED.map(([tag, pushed]) => [tag, pushed, true]),
    );
    assert.deepEqual(actions(), ['GetAuthorizationToken', 'DescribeImages', 'DescribeImages']);
    assert.deepEqual(ecr.registry.requests, []);
  });

  test('one login serves all repositories of a region, and is renewed before it ends', async () => {
    const logins = () => actions().filter((action) => action === 'GetAuthorizationToken').length;
    await Promise.all([scan('shop/cart'), scan('shop/search')]);
    assert.equal(logins(), 1);
    now += 10 * HOUR;
    await scan();
    assert.equal(logins(), 1);
    now += 1.5 * HOUR;
    await scan();
    assert.equal(logins(), 2, 'half an hour before it ends');
  });

  test('what the registry itself is asked goes there with the login, by the proxy of the environment', async () => {
    await scan();
    const name = `${ecr.host()}/shop/cart`;
    const [tag] = await scanner.registry.describe({ name, credentials: [] }, ['1.1.0'], deadline(), { refresh: true });
    assert.match(tag?.digest ?? '', /^sha256:/);
    assert.deepEqual([...new Set(ecr.proxy.connections)], [`${ecr.host()}:443`]);
    assert.ok(
      ecr.registry.requests.some(({ path, user, status }) => /1\.1\.0/.test(path) && user === 'AWS' && status === 200),
    );
  });

  test('an identity that may not describe images lists tags as at any registry', async () => {
    using _denied = ecr.api.fault({ action: 'DescribeImages', error: 'AccessDeniedException' });
    const { tags, problem } = await scan();
    assert.deepEqual([tags.map(({ tag }) => tag).sort(), problem], [['1.0.0', '1.1.0', '1.2.0', 'us'], undefined]);
    await scan();
    assert.equal(actions().filter((action) => action === 'DescribeImages').length, 1, 'it is asked once only');
  });

  test('throttling is waited out; where it goes on, what was known stays and the status says why', async () => {
    ecr.api.fault({ action: 'DescribeImages', error: 'ThrottlingException', times: 2 });
    assert.equal((await scan()).tags.length, 3);
    using _throttled = ecr.api.fault({ action: 'DescribeImages', error: 'ThrottlingException' });
    const { tags, problem } = await scan();
    assert.deepEqual([tags.length, problem?.code], [3, 'REGISTRY_RATE_LIMIT']);
    assert.match(problem?.message ?? '', /account 123456789012, eu-central-1/);
  });

  test('a region that gives no login is told of, is left alone for a minute, and stops no other', async () => {
    using _denied = ecr.api.fault({ region: 'us-east-1', error: 'AccessDeniedException' });
    const [near, far] = await Promise.all([scan(), scan('shop/cart', 'us-east-1')]);
    assert.equal(near.tags.length, 3);
    assert.equal(far.problem?.code, 'REGISTRY_AUTH');
    assert.match(far.problem?.message ?? '', /us-east-1.*AmazonEC2ContainerRegistryReadOnly/);
    const asked = ecr.api.calls.length;
    await scan('shop/search', 'us-east-1');
    assert.equal(ecr.api.calls.length, asked);
    now += 61_000;
    await scan('shop/search', 'us-east-1');
    assert.equal(ecr.api.calls.length, asked + 1);
  });

  test('a repository that is not there is said to be missing', async () => {
    assert.match((await scan('shop/none')).problem?.message ?? '', /no such repository/);
  });

  test('a pull secret goes before the identity, and serves where there is none', async () => {
    using _denied = ecr.api.fault({ action: 'GetAuthorizationToken', error: 'AccessDeniedException' });
    const password = ecr.registry.users.AWS ?? '';
    const config = JSON.stringify({ auths: { [ecr.host()]: { username: 'AWS', password } } });
    const { tags, problem } = await scan('shop/cart', undefined, [config]);
    assert.deepEqual([tags.length, problem], [4, undefined]);
    assert.ok(!actions().includes('DescribeImages'));
  });

  test('regions and accounts that the flags leave out are not asked, and say so', async () => {
    for (const [scope, says] of [
      [{ regions: ['us-east-1'] }, /--registry-ecr-region does not have eu-central-1/],
      [{ excludeIds: [ACCOUNT] }, /--registry-ecr-exclude-id has the account 123456789012/],
      [{ includeIds: ['210987654321'] }, /--registry-ecr-include-id does not have the account 123456789012/],
    ] as const) {
      scanner = await open(scope);
      assert.match((await scan()).problem?.message ?? '', says);
    }
    assert.deepEqual([actions(), ecr.proxy.connections], [[], []]);
  });
});

/** Oldest first, as the API gives them; a tag of another region's registry is none of this one. */
const PUSHED = [
  ['1.0.0', '2026-03-01T00:00:00.000Z'],
  ['1.1.0', '2026-04-01T00:00:00.000Z'],
  ['1.2.0', '2026-05-01T00:00:00.000Z'],
] as const;
