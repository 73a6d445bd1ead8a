import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditFlags, createAuditLog, writesOf } from '../bench/audit-log.ts';
import { temporaryDirectory, waitFor } from '../rig/index.ts';
import { startWorld } from '../support/world.ts';
import { configMap, deployment, documents, startScene } from './delivery-support.ts';
import { conditionOf, environmentPath, installEnvironments } from './publish-support.ts';

/** Long enough for several looks, deliveries without news and whatever else comes round. */
const SECONDS = 22;
/** Milliseconds without a write after which the start is over. */
const QUIET = 3_000;

test('an environment in which nothing happens is written once and no more', async () => {
  const dir = temporaryDirectory('audit');
  await using world = await startWorld({}, { controllers: false, apiServerFlags: await auditFlags(dir) });
  await installEnvironments(world);
  const audit = createAuditLog(dir);
  const begun = new Date();
  const files = { 'a.yaml': configMap('a'), 'web.yaml': documents(deployment('web')) };
  await using scene = await startScene(world, 'idle', files, { 'sync-interval': '4s', 'git-poll-interval': '1s' });
  const head = await scene.repository.head();
  await scene.delivered(head);
  await world.cluster.until(
    environmentPath('idle'),
    'to wait for its Deployment',
    (object) => conditionOf(object, 'Ready')?.reason === 'Progressing',
  );
  const first = writesOf(await audit.ofAgents(begun)).filter(({ requestURI }) => requestURI.includes('/environments'));
  // Made, and at most as not read, read, begun, applied and watched, where these are not one.
  assert.ok(first.length <= 6, first.map(({ verb, requestURI }) => `${verb} ${requestURI}`).join('\n'));
  await waitFor({ what: 'the last write to be some seconds ago', deadline: 60_000, interval: 250 }, async () => {
    const lately = writesOf(await audit.ofAgents(new Date(Date.now() - QUIET)));
    if (lately.length === 0) return true;
    throw new Error(lately.map(({ verb, requestURI }) => `${verb} ${requestURI}`).join('\n'));
  });

  const since = new Date();
  const { resourceVersion } = (await world.cluster.get(environmentPath('idle'))).metadata;
  // The only way to see that nothing happens is to wait.
  await sleep(SECONDS * 1000);
  const requests = await audit.ofAgents(since);
  assert.deepEqual(
    writesOf(requests).map(({ verb, requestURI }) => `${verb} ${requestURI}`),
    [],
  );
  assert.ok(requests.length > 0, 'the audit log is that of this agent');
  assert.deepEqual(
    requests.filter(({ verb, requestURI }) => verb === 'list' && requestURI.includes('environments')),
    [],
  );
  assert.equal((await world.cluster.get(environmentPath('idle'))).metadata.resourceVersion, resourceVersion);
});
