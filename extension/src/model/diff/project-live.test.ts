import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Difference, Json, JsonObject } from '@weaveflux/shared';
import { projectLive } from './project-live.ts';

interface Case {
  readonly what: string;
  readonly wanted: JsonObject;
  readonly live: JsonObject;
  /** What the repository says; absent = the agent does not know. */
  readonly desired?: JsonObject;
  readonly differing?: readonly string[];
  readonly shown: JsonObject;
}

const container = (more: JsonObject): JsonObject => ({ name: 'web', image: 'web:1', ...more });

const CASES: readonly Case[] = [
  {
    what: 'what Kubernetes fills in is left out',
    wanted: { spec: { replicas: 2 } },
    live: { spec: { replicas: 2, revisionHistoryLimit: 10 }, other: 1 },
    shown: { spec: { replicas: 2 } },
  },
  {
    what: 'what differs is shown as it is live',
    wanted: { spec: { replicas: 2, paused: false } },
    live: { spec: { paused: true, replicas: 5 } },
    shown: { spec: { replicas: 5, paused: true } },
  },
  {
    what: 'what is gone is not shown',
    wanted: { data: { a: '1', b: '2' } },
    live: { data: { b: '2' } },
    desired: { data: { a: '1', b: '2' } },
    differing: ['/data/a'],
    shown: { data: { b: '2' } },
  },
  {
    what: 'containers and variables are found by name, whatever their order, and those of others are left out',
    wanted: {
      containers: [
        container({
          env: [
            { name: 'B', value: '2' },
            { name: 'A', value: '1' },
          ],
        }),
      ],
    },
    live: {
      containers: [
        { name: 'injected', image: 'proxy:3' },
        container({
          env: [
            { name: 'A', value: '9' },
            { name: 'B', value: '2' },
            { name: 'HAND', value: 'x' },
          ],
        }),
      ],
    },
    shown: {
      containers: [
        container({
          env: [
            { name: 'B', value: '2' },
            { name: 'A', value: '9' },
          ],
        }),
      ],
    },
  },
  {
    what: 'ports are found by number and protocol, TCP where none is written',
    wanted: { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] },
    live: {
      ports: [
        { port: 53, protocol: 'TCP', targetPort: 53, nodePort: 30001 },
        { port: 53, protocol: 'UDP', targetPort: 54 },
      ],
    },
    shown: { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] },
  },
  {
    what: 'volume mounts are found by their path',
    wanted: {
      volumeMounts: [
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'tmp', mountPath: '/run' },
      ],
    },
    live: {
      volumeMounts: [
        { name: 'tmp', mountPath: '/run', readOnly: true },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    },
    shown: {
      volumeMounts: [
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'tmp', mountPath: '/run' },
      ],
    },
  },
  {
    what: 'a list that is not merged is shown whole',
    wanted: { tolerations: [{ key: 'a' }], args: ['--x'], rules: [{ verbs: ['get'] }] },
    live: {
      tolerations: [
        { key: 'b', operator: 'Exists' },
        { key: 'a', effect: 'NoSchedule' },
      ],
      args: ['--x', '--y'],
      rules: [{ verbs: ['get', 'list'], apiGroups: [''] }],
    },
    shown: {
      tolerations: [{ key: 'a' }, { key: 'b', operator: 'Exists' }],
      args: ['--x', '--y'],
      rules: [{ verbs: ['get', 'list'] }],
    },
  },
  {
    what: 'an item that the API server calls a difference is shown, also in a merged list',
    wanted: { env: [{ name: 'A', value: '1' }] },
    live: {
      env: [
        { name: 'A', value: '1' },
        { name: 'HAND', value: 'x' },
      ],
    },
    differing: ['/env/1'],
    shown: {
      env: [
        { name: 'A', value: '1' },
        { name: 'HAND', value: 'x' },
      ],
    },
  },
  {
    what: 'what leaves the repository is shown, as it leaves the cluster',
    wanted: { data: { a: '1' }, containers: [container({})] },
    live: {
      data: { a: '1', b: '2', c: '3' },
      containers: [container({ args: ['-v'], tty: true }), { name: 'old', x: 1 }],
    },
    desired: { data: { a: '1', b: '2' }, containers: [container({ args: ['-v'] }), { name: 'old' }] },
    shown: { data: { a: '1', b: '2' }, containers: [container({ args: ['-v'] }), { name: 'old' }] },
  },
  {
    what: 'what is only spelled otherwise is shown as the manifest has it',
    wanted: { limits: { cpu: '1000m', memory: '0.5Gi', gpu: 1 }, interval: '60m' },
    live: { limits: { cpu: '1', memory: '512Mi', gpu: '1' }, interval: '1h0m0s' },
    desired: { limits: { cpu: '1000m', memory: '0.5Gi', gpu: 1 }, interval: '60m' },
    shown: { limits: { cpu: '1000m', memory: '0.5Gi', gpu: 1 }, interval: '60m' },
  },
  {
    what: 'what could be a spelling is a difference where the API server says so',
    wanted: { annotations: { version: '1.0' } },
    live: { annotations: { version: '1' } },
    desired: { annotations: { version: '1.0' } },
    differing: ['/annotations/version'],
    shown: { annotations: { version: '1' } },
  },
  {
    what: 'what could be a spelling is a difference where the working copy says something new',
    wanted: { annotations: { version: '1.0' } },
    live: { annotations: { version: '1' } },
    desired: { annotations: { version: '1' } },
    shown: { annotations: { version: '1' } },
  },
  {
    what: 'what Kubernetes drops as it is empty is shown as the manifest has it',
    wanted: { hostNetwork: false, env: [], value: '', nothing: null, labels: { a: null } },
    live: { labels: {} },
    desired: { hostNetwork: false, env: [], value: '', nothing: null, labels: { a: null } },
    shown: { hostNetwork: false, env: [], value: '', nothing: null, labels: { a: null } },
  },
  {
    what: 'something empty that others removed is a difference',
    wanted: { automountServiceAccountToken: false },
    live: {},
    desired: { automountServiceAccountToken: false },
    differing: ['/automountServiceAccountToken'],
    shown: {},
  },
  {
    what: 'replicas that an autoscaler chose are shown, though the agent leaves them',
    wanted: { spec: { replicas: 2 } },
    live: { spec: { replicas: 7 } },
    desired: { spec: { replicas: 2 } },
    shown: { spec: { replicas: 7 } },
  },
  {
    what: 'another type is a difference',
    wanted: { spec: { ports: [{ port: 1 }], selector: { a: 'b' } } },
    live: { spec: { ports: 'none', selector: ['a'] } },
    shown: { spec: { ports: 'none', selector: ['a'] } },
  },
  {
    what: 'fields called as those of every JavaScript object are fields like any other',
    wanted: { constructor: [{ name: 'a' }], toString: 'x', valueOf: 'gone' },
    live: { constructor: [{ name: 'a', b: 1 }], toString: 'x' },
    shown: { constructor: [{ name: 'a' }], toString: 'x' },
  },
];

for (const { what, wanted, live, desired, differing = [], shown } of CASES) {
  test(`of the live object: ${what}`, () => {
    const differences: Difference[] = differing.map((path) => ({ path }));
    const projected = projectLive(live, wanted, { desired, differences });
    assert.equal(text(projected), text(shown));
  });
}

/** With the order of keys. */
function text(value: Json): string {
  return JSON.stringify(value, undefined, 1);
}
