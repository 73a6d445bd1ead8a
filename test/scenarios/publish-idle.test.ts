import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditFlags, createAuditLog, writesOf } from '../bench/audit-log.ts';
import { temporaryDirectory } from '../rig/index.ts';
import { startWorld } from '../support/world.ts';
import { configMap, deployment, documents, startScene } from './delivery-support.ts';
import { environmentPath, installEnvironments, is } from './publish-support.ts';

/** Long enough for several looks, deliveries without news and whatever else comes round. */
const SECONDS = 22;

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
  await world.cluster.until(environmentPath('idle'), 'to wait for its Deployment', is('Reconciling', 'True'));
  const first = writesOf(await audit.ofAgents(begun)).filter(({ requestURI }) => requestURI.includes('/environments'));
  assert.ok(first.length <= 4, `made, and its status written: ${first.map(({ requestURI }) => requestURI).join('\n')}`);
  await sleep(1_500);

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
