import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { policies, startImageWorld, workload } from './images-support.ts';

test('the way of a pushed image to its healthy workload is measured', async () => {
  await using images = await startImageWorld();
  const { registry } = images;
  await registry.pushTags('team/nightly', ['1']);
  const containers = { app: `${registry.host}/team/nightly:1` };
  const annotations = policies({ app: 'numerical:' });
  const file = workload('nightly', { kind: 'CronJob', annotations, containers });
  await using scene = await images.scene('arriving', { 'nightly.yaml': file });
  const { running } = scene;
  await running.healthy(await scene.repository.head());
  const read = async () => (await fetch(`${running.metricsUrl}/metrics`)).text();
  const value = (text: string, series: string) =>
    Number(new RegExp(`^${series} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  assert.ok(Number.isNaN(value(await read(), 'weaveflux_image_to_healthy_seconds_count')));

  const pushed = performance.now();
  await registry.pushTags('team/nightly', ['2']);
  await scene.untilFile('nightly.yaml', ':2 ');
  const released = 'weaveflux_releases_total{result="released"}'.replace(/[{}"]/g, '\\$&');
  const text = await waitFor({ what: 'its release and its arrival to be counted', deadline: 60_000 }, async () => {
    const now = await read();
    const counts = ['weaveflux_image_to_healthy_seconds_count', released, 'weaveflux_proposals'];
    const found = counts.map((series) => value(now, series));
    if (found.join() === '1,1,0') return now;
    throw new Error(found.join());
  });
  const seconds = value(text, 'weaveflux_image_to_healthy_seconds_sum');
  assert.ok(seconds > 0 && seconds <= (performance.now() - pushed) / 1000, `${seconds}`);
});
