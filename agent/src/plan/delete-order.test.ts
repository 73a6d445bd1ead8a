import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectKey, parseObjectKey } from '@weaveflux/shared';
import { deleteWaves } from './delete-order.ts';

test('deletes: waves go the other way round than applies', () => {
  const keys = [
    '/Namespace//shop',
    'apiextensions.k8s.io/CustomResourceDefinition//widgets.example.com',
    '/PersistentVolume//disk',
    '/PersistentVolumeClaim/shop/data',
    '/ServiceAccount/shop/web',
    '/ConfigMap/shop/web',
    'networking.k8s.io/Ingress/shop/web',
    'apps/Deployment/shop/web',
    'batch/CronJob/shop/report',
    'example.com/Widget/shop/a',
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration//guard',
  ];
  const entries = keys.flatMap((key) => {
    const id = parseObjectKey(key);
    return id === undefined ? [] : [{ id, apiVersion: 'v1' }];
  });
  assert.deepEqual(
    deleteWaves(entries).map((wave) => wave.map(({ id }) => objectKey(id))),
    [
      ['admissionregistration.k8s.io/ValidatingWebhookConfiguration//guard'],
      ['example.com/Widget/shop/a'],
      ['apps/Deployment/shop/web', 'batch/CronJob/shop/report'],
      ['/ConfigMap/shop/web', 'networking.k8s.io/Ingress/shop/web'],
      ['/ServiceAccount/shop/web'],
      ['/PersistentVolumeClaim/shop/data'],
      ['/PersistentVolume//disk'],
      ['apiextensions.k8s.io/CustomResourceDefinition//widgets.example.com'],
      ['/Namespace//shop'],
    ],
  );
});
