import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servicesOf } from './services.ts';
import { image, object, status } from './testing.ts';

test('services come worst first, then by what deserves a look, then by name', () => {
  const health = (state: 'failed' | 'missing' | 'progressing') => ({ health: { state, message: '' } });
  const objects = [
    object('plain'),
    object('another'),
    object('updated'),
    object('drifted', { drift: { mode: 'reported', differences: [] } }),
    object('contested', { drift: { mode: 'contested', differences: [] } }),
    object('rolling', health('progressing')),
    object('missing', health('missing')),
    object('broken', health('failed')),
    object('refused', { action: 'failed' }),
  ];
  const images = [image('updated', { state: 'update', chosen: { tag: '1.1.0' } })];
  assert.deepEqual(
    servicesOf(status(objects), images).map(({ name }) => name),
    ['broken', 'refused', 'missing', 'rolling', 'contested', 'drifted', 'updated', 'another', 'plain'],
  );
});

test('only workloads are services, also such that have no image yet', () => {
  const { images: _, ...cron } = object('nightly', { key: 'batch/CronJob/shop/nightly' });
  const objects = [object('cart'), cron, { ...cron, key: '/Service/shop/cart' }];
  assert.deepEqual(
    servicesOf(status(objects), []).map(({ kind, name }) => `${kind} ${name}`),
    ['Deployment cart', 'CronJob nightly'],
  );
});

test('an object that could not be applied has failed, with the reason, though the one before it runs', () => {
  const problem = { severity: 'error', code: 'IMMUTABLE_FIELD', message: 'spec.selector is immutable.' } as const;
  const [service] = servicesOf(status([object('cart', { action: 'failed', problem })]), []);
  assert.equal(service?.state, 'failed');
  assert.equal(service?.message, 'spec.selector is immutable.');
});

test('a service tells its pin, its suspension, who changed it, its tags and where it is written', () => {
  const key = 'apps/Deployment/shop/cart';
  const differences = [
    { path: '/a', manager: 'kubectl-edit' },
    { path: '/b', manager: 'kubectl-edit' },
    { path: '/c', manager: 'hpa' },
  ];
  const digest = `sha256:${'ab'.repeat(32)}`;
  const given = object('cart', {
    drift: { mode: 'reported', differences },
    images: { cart: 'registry.example.com/cart:2.0.0', proxy: `envoy@${digest}` },
  });
  const suspensions = [{ reason: 'rebuild', by: 'Ann', since: '2026-03-02T00:00:00Z', object: key }];
  const [service] = servicesOf(status([given], { suspensions }), [
    image('cart', { state: 'pinned', pin: { user: 'bob', message: 'broken' } }),
  ]);
  assert.deepEqual(service?.images, [
    { container: 'cart', tag: '2.0.0' },
    { container: 'proxy', tag: 'abababababab' },
  ]);
  assert.deepEqual(service?.pinned, { by: 'bob', reason: 'broken' });
  assert.deepEqual(service?.drift, { mode: 'reported', fields: 3, managers: ['kubectl-edit', 'hpa'] });
  assert.equal(service?.suspended, 'Ann: rebuild');
  assert.deepEqual(service?.open, { command: 'open', target: { file: 'shop/cart.yaml', line: 1 } });
});
