import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HealthState, Json, JsonObject } from '@weaveflux/shared';
import { healthOf } from './health.ts';

interface Case {
  readonly name: string;
  readonly object: JsonObject;
  readonly state: HealthState;
  readonly says?: RegExp;
  readonly counts?: readonly [ready: number, desired: number];
}

function object(apiVersion: string, kind: string, spec: JsonObject, status?: JsonObject): JsonObject {
  const metadata = { name: 'web', namespace: 'shop', generation: 2, uid: '8b6c1f5e-3a5e-4a55-9d1c-0d9f2c7f6a11' };
  return { apiVersion, kind, metadata, spec, ...(status === undefined ? {} : { status }) };
}

function condition(type: string, status: string, reason = '', message = ''): Json {
  return { type, status, reason, message, lastTransitionTime: '2026-11-20T10:00:00Z' };
}

const AVAILABLE = condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.');
const ROLLED_OUT = condition('Progressing', 'True', 'NewReplicaSetAvailable', 'ReplicaSet "web-5d" has progressed.');
const ROLLING = condition('Progressing', 'True', 'ReplicaSetUpdated', 'ReplicaSet "web-5d" is progressing.');

function deployment(spec: JsonObject, status?: JsonObject): JsonObject {
  const full = status === undefined ? undefined : { observedGeneration: 2, ...status };
  return object('apps/v1', 'Deployment', { replicas: 3, progressDeadlineSeconds: 600, ...spec }, full);
}

const THREE = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };

const DEPLOYMENTS: readonly Case[] = [
  {
    name: 'rolled out',
    object: deployment({}, { ...THREE, conditions: [AVAILABLE, ROLLED_OUT] }),
    state: 'healthy',
    counts: [3, 3],
  },
  {
    name: 'zero replicas',
    object: deployment({ replicas: 0 }, { conditions: [AVAILABLE, ROLLED_OUT] }),
    state: 'healthy',
    counts: [0, 0],
  },
  { name: 'just created', object: deployment({}), state: 'progressing', says: /controller/, counts: [0, 3] },
  {
    name: 'generation not observed',
    object: deployment({}, { ...THREE, observedGeneration: 1, conditions: [AVAILABLE, ROLLED_OUT] }),
    state: 'progressing',
    says: /last change/,
    counts: [3, 3],
  },
  {
    name: 'half of the new version',
    object: deployment({}, { ...THREE, updatedReplicas: 1, conditions: [AVAILABLE, ROLLING] }),
    state: 'progressing',
    says: /^1 of 3 replicas are of the new version$/,
  },
  {
    name: 'old replicas not gone',
    object: deployment({}, { ...THREE, replicas: 4, conditions: [AVAILABLE, ROLLING] }),
    state: 'progressing',
    says: /^1 replicas of an earlier/,
  },
  {
    name: 'counts complete, rollout not',
    object: deployment({}, { ...THREE, conditions: [AVAILABLE, ROLLING] }),
    state: 'progressing',
  },
  {
    name: 'not available yet',
    object: deployment({}, { ...THREE, readyReplicas: 1, availableReplicas: 1, conditions: [ROLLING] }),
    state: 'progressing',
    says: /^1 of 3 replicas are available$/,
    counts: [1, 3],
  },
  {
    name: 'progress deadline exceeded',
    object: deployment(
      {},
      {
        ...THREE,
        readyReplicas: 2,
        conditions: [AVAILABLE, condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'web-5d has timed out.')],
      },
    ),
    state: 'failed',
    says: /timed out/,
    counts: [2, 3],
  },
  {
    name: 'quota exceeded',
    object: deployment(
      {},
      {
        replicas: 2,
        updatedReplicas: 2,
        availableReplicas: 2,
        conditions: [ROLLING, condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota: pods')],
      },
    ),
    state: 'progressing',
    says: /exceeded quota: pods/,
  },
  {
    name: 'paused in a rollout',
    object: deployment(
      { paused: true },
      {
        ...THREE,
        updatedReplicas: 1,
        conditions: [AVAILABLE, condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused')],
      },
    ),
    state: 'suspended',
  },
  {
    name: 'paused with nothing to do',
    object: deployment(
      { paused: true },
      {
        ...THREE,
        conditions: [AVAILABLE, condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused')],
      },
    ),
    state: 'healthy',
  },
  {
    name: 'without a progress deadline',
    object: deployment({ progressDeadlineSeconds: 2147483647 }, { ...THREE, conditions: [AVAILABLE] }),
    state: 'healthy',
  },
  {
    name: 'being deleted',
    object: {
      ...deployment({}, { ...THREE, conditions: [AVAILABLE, ROLLED_OUT] }),
      metadata: { name: 'web', deletionTimestamp: '2026-11-20T10:00:00Z', finalizers: ['foregroundDeletion'] },
    },
    state: 'progressing',
    says: /being deleted.*foregroundDeletion/,
    counts: [3, 3],
  },
];

function statefulSet(spec: JsonObject, status: JsonObject): JsonObject {
  return object('apps/v1', 'StatefulSet', { replicas: 3, ...spec }, { observedGeneration: 2, ...status });
}

const STATEFUL = { replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3 };
const SAME = { currentRevision: 'db-1', updateRevision: 'db-1' };
const NEW = { currentRevision: 'db-1', updateRevision: 'db-2' };

const SETS: readonly Case[] = [
  { name: 'all ready', object: statefulSet({}, { ...STATEFUL, ...SAME }), state: 'healthy', counts: [3, 3] },
  {
    name: 'one not ready',
    object: statefulSet({}, { ...STATEFUL, ...SAME, readyReplicas: 2 }),
    state: 'progressing',
    says: /^2 of 3 replicas are ready$/,
  },
  {
    name: 'in an update',
    object: statefulSet({}, { ...STATEFUL, ...NEW, updatedReplicas: 1 }),
    state: 'progressing',
    says: /^1 of 3/,
  },
  { name: 'scaled down', object: statefulSet({ replicas: 2 }, { ...STATEFUL, ...SAME }), state: 'progressing' },
  {
    name: 'partition reached',
    object: statefulSet(
      { updateStrategy: { rollingUpdate: { partition: 2 } } },
      { ...STATEFUL, ...NEW, updatedReplicas: 1 },
    ),
    state: 'healthy',
  },
  {
    name: 'partition not reached',
    object: statefulSet(
      { updateStrategy: { rollingUpdate: { partition: 1 } } },
      { ...STATEFUL, ...NEW, updatedReplicas: 1 },
    ),
    state: 'progressing',
    says: /1 of the 2 replicas/,
  },
  {
    name: 'OnDelete with old pods',
    object: statefulSet({ updateStrategy: { type: 'OnDelete' } }, { ...STATEFUL, ...NEW, updatedReplicas: 0 }),
    state: 'healthy',
  },
  { name: 'StatefulSet just created', object: object('apps/v1', 'StatefulSet', { replicas: 0 }), state: 'progressing' },
  {
    name: 'DaemonSet on every node',
    object: object('apps/v1', 'DaemonSet', {}, daemons({})),
    state: 'healthy',
    counts: [2, 2],
  },
  {
    name: 'DaemonSet in an update',
    object: object('apps/v1', 'DaemonSet', {}, daemons({ updatedNumberScheduled: 1 })),
    state: 'progressing',
  },
  {
    name: 'DaemonSet OnDelete with old pods',
    object: object(
      'apps/v1',
      'DaemonSet',
      { updateStrategy: { type: 'OnDelete' } },
      daemons({ updatedNumberScheduled: 0 }),
    ),
    state: 'healthy',
  },
  {
    name: 'DaemonSet not available',
    object: object('apps/v1', 'DaemonSet', {}, daemons({ numberAvailable: 1, numberReady: 1 })),
    state: 'progressing',
    counts: [1, 2],
  },
  { name: 'DaemonSet unseen', object: object('apps/v1', 'DaemonSet', {}), state: 'progressing' },
  {
    name: 'DaemonSet without a node',
    object: object('apps/v1', 'DaemonSet', {}, { observedGeneration: 2, desiredNumberScheduled: 0 }),
    state: 'healthy',
  },
  {
    name: 'ReplicaSet available',
    object: object('apps/v1', 'ReplicaSet', { replicas: 2 }, { replicas: 2, readyReplicas: 2, availableReplicas: 2 }),
    state: 'healthy',
  },
  {
    name: 'ReplicaSet refused',
    object: object(
      'apps/v1',
      'ReplicaSet',
      { replicas: 2 },
      {
        conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'pods "x" is forbidden')],
      },
    ),
    state: 'progressing',
    says: /forbidden/,
  },
];

function daemons(status: JsonObject): JsonObject {
  const all = { desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2 };
  return { observedGeneration: 2, ...all, numberAvailable: 2, numberReady: 2, ...status };
}

function pod(phase: string, conditions: Json[], waiting?: string): JsonObject {
  const containerStatuses = waiting === undefined ? [] : [{ name: 'app', state: { waiting: { reason: waiting } } }];
  return object('v1', 'Pod', {}, { phase, conditions, containerStatuses });
}

function job(spec: JsonObject, status: JsonObject): JsonObject {
  return object('batch/v1', 'Job', spec, status);
}

const READY = condition('Ready', 'True');
const NOT_READY = condition('Ready', 'False', 'ContainersNotReady');

const OTHERS: readonly Case[] = [
  { name: 'Pod ready', object: pod('Running', [READY]), state: 'healthy' },
  { name: 'Pod ended', object: pod('Succeeded', []), state: 'healthy' },
  { name: 'Pod failed', object: pod('Failed', []), state: 'failed' },
  { name: 'Pod not ready', object: pod('Running', [NOT_READY]), state: 'progressing' },
  {
    name: 'Pod in a crash loop',
    object: pod('Running', [NOT_READY], 'CrashLoopBackOff'),
    state: 'failed',
    says: /app/,
  },
  { name: 'Pod pulls', object: pod('Pending', [], 'ImagePullBackOff'), state: 'progressing', says: /ImagePullBackOff/ },
  {
    name: 'Pod without a node',
    object: pod('Pending', [condition('PodScheduled', 'False', 'Unschedulable', '0/3 nodes are available')]),
    state: 'progressing',
    says: /0\/3 nodes/,
  },
  { name: 'Job complete', object: job({}, { conditions: [condition('Complete', 'True')] }), state: 'healthy' },
  {
    name: 'Job failed',
    object: job({}, { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded', 'Job has reached its limit')] }),
    state: 'failed',
    says: /limit/,
  },
  { name: 'Job running', object: job({}, { active: 1, startTime: '2026-11-20T10:00:00Z' }), state: 'progressing' },
  {
    name: 'Job running after a failure',
    object: job({}, { active: 1, failed: 2 }),
    state: 'progressing',
    says: /2 pods/,
  },
  { name: 'Job suspended', object: job({ suspend: true }, {}), state: 'suspended' },
  {
    name: 'Job ended while suspended',
    object: job({ suspend: true }, { conditions: [condition('Complete', 'True')] }),
    state: 'healthy',
  },
  { name: 'CronJob', object: object('batch/v1', 'CronJob', { schedule: '@daily' }), state: 'healthy' },
  { name: 'CronJob suspended', object: object('batch/v1', 'CronJob', { suspend: true }), state: 'suspended' },
  { name: 'PVC bound', object: object('v1', 'PersistentVolumeClaim', {}, { phase: 'Bound' }), state: 'healthy' },
  {
    name: 'PVC pending',
    object: object('v1', 'PersistentVolumeClaim', {}, { phase: 'Pending' }),
    state: 'progressing',
  },
  { name: 'PVC lost', object: object('v1', 'PersistentVolumeClaim', {}, { phase: 'Lost' }), state: 'failed' },
  { name: 'PV failed', object: object('v1', 'PersistentVolume', {}, { phase: 'Failed' }), state: 'failed' },
  { name: 'Service', object: object('v1', 'Service', { type: 'ClusterIP' }, { loadBalancer: {} }), state: 'healthy' },
  {
    name: 'Service without an address',
    object: object('v1', 'Service', { type: 'LoadBalancer', clusterIP: '10.0.0.7' }, { loadBalancer: {} }),
    state: 'progressing',
  },
  {
    name: 'Service with an address',
    object: object('v1', 'Service', { type: 'LoadBalancer' }, { loadBalancer: { ingress: [{ ip: '192.0.2.4' }] } }),
    state: 'healthy',
  },
  { name: 'CRD established', object: crd([condition('Established', 'True')]), state: 'healthy' },
  { name: 'CRD new', object: crd([]), state: 'progressing' },
  { name: 'CRD installing', object: crd([condition('Established', 'False', 'Installing')]), state: 'progressing' },
  {
    name: 'CRD with taken names',
    object: crd([condition('NamesAccepted', 'False', 'PluralConflict', '"widgets" is already in use')]),
    state: 'failed',
    says: /already in use/,
  },
  {
    name: 'APIService not reachable',
    object: object(
      'apiregistration.k8s.io/v1',
      'APIService',
      {},
      {
        conditions: [condition('Available', 'False', 'MissingEndpoints', 'endpoints have no addresses')],
      },
    ),
    state: 'progressing',
    says: /no addresses/,
  },
  {
    name: 'ConfigMap',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { a: 'b' } },
    state: 'healthy',
  },
  { name: 'custom without status', object: object('example.com/v1', 'Widget', {}), state: 'healthy' },
  { name: 'custom ready', object: custom([READY]), state: 'healthy' },
  { name: 'custom not ready', object: custom([condition('Ready', 'False', 'Issuing', 'waits')]), state: 'progressing' },
  { name: 'custom Ready unknown', object: custom([condition('Ready', 'Unknown')]), state: 'progressing' },
  {
    name: 'custom stalled',
    object: custom([condition('Ready', 'False'), condition('Stalled', 'True', 'BadSpec', 'no such size')]),
    state: 'failed',
    says: /^no such size$/,
  },
  {
    name: 'Environment whose own conditions wait for this',
    object: object('weaveflux.dev/v1alpha1', 'Environment', {}, { conditions: [condition('Reconciling', 'True')] }),
    state: 'healthy',
  },
  { name: 'custom reconciling', object: custom([READY, condition('Reconciling', 'True')]), state: 'progressing' },
  {
    name: 'custom with a Ready of before',
    object: custom([{ type: 'Ready', status: 'True', observedGeneration: 1 }]),
    state: 'progressing',
  },
  {
    name: 'same kind of another group goes by conditions',
    object: object('example.com/v1', 'Deployment', { replicas: 3 }, { conditions: [READY] }),
    state: 'healthy',
  },
  {
    name: 'nonsense in status',
    object: object('apps/v1', 'ReplicaSet', {}, { conditions: 'none' }),
    state: 'progressing',
  },
];

function crd(conditions: Json[]): JsonObject {
  return object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}, { conditions });
}

function custom(conditions: Json[]): JsonObject {
  return object('example.com/v1', 'Widget', {}, { conditions });
}

for (const [kind, cases] of Object.entries({ Deployment: DEPLOYMENTS, sets: SETS, others: OTHERS })) {
  for (const { name, object: live, state, says, counts } of cases) {
    test(`health, ${kind}: ${name} is ${state}`, () => {
      const health = healthOf(live);
      assert.equal(health.state, state, health.message);
      if (says !== undefined) assert.match(health.message, says);
      if (counts !== undefined) assert.deepEqual([health.ready, health.desired], counts);
    });
  }
}
