import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCatalog, readAggregated, readResourceList } from './catalog.ts';

const resource = (kind: string, plural: string, scope: string, verbs = ['get', 'patch']) => ({
  resource: plural,
  responseKind: { group: '', version: '', kind },
  scope,
  verbs,
});

test('aggregated discovery gives scope and plural at each version, and says what is stale', () => {
  const list = {
    kind: 'APIGroupDiscoveryList',
    items: [
      { metadata: {}, versions: [{ version: 'v1', resources: [resource('Namespace', 'namespaces', 'Cluster')] }] },
      {
        metadata: { name: 'autoscaling' },
        versions: ['v2', 'v1'].map((version) => ({
          version,
          resources: [resource('HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'Namespaced')],
        })),
      },
      { metadata: { name: 'dead.example.com' }, versions: [{ version: 'v1', freshness: 'Stale', resources: [] }] },
      {
        metadata: { name: 'authorization.k8s.io' },
        versions: [
          {
            version: 'v1',
            resources: [resource('SubjectAccessReview', 'subjectaccessreviews', 'Cluster', ['create'])],
          },
        ],
      },
    ],
  };
  const catalog = createCatalog(readAggregated(list));
  assert.deepEqual(catalog.find('v1', 'Namespace'), { apiVersion: 'v1', plural: 'namespaces', namespaced: false });
  assert.equal(catalog.find('autoscaling/v1', 'HorizontalPodAutoscaler')?.namespaced, true);
  assert.equal(catalog.versionsOf('autoscaling', 'HorizontalPodAutoscaler')[0]?.apiVersion, 'autoscaling/v2');
  assert.deepEqual([...catalog.incompleteGroups], ['dead.example.com']);
  assert.equal(catalog.find('authorization.k8s.io/v1', 'SubjectAccessReview'), undefined, 'it cannot be kept true');
});

test('a list of one version, as servers without aggregated discovery give it, is read without subresources', () => {
  const verbs = ['patch'];
  const served = readResourceList('apps', 'v1', {
    resources: [
      { name: 'deployments', kind: 'Deployment', namespaced: true, verbs },
      { name: 'deployments/scale', kind: 'Scale', namespaced: true, verbs },
    ],
  });
  assert.deepEqual(served.kinds, [{ kind: 'Deployment', plural: 'deployments', namespaced: true }]);
});
