import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PlannedObject, type Problem, parseYamlValue, warning } from '@weaveflux/shared';
import { type AtHand, needsSummary, type Plan, planSides, planSummary, shownObjects } from './plan-entries.ts';
import { manifestIn } from './testing.ts';

function planned(action: PlannedObject['action'], more: Partial<PlannedObject> = {}): PlannedObject {
  const key = '/ConfigMap/shop/web';
  return { key, name: 'shop:configmap/web', action, file: 'web.yaml', line: 3, differences: [], ...more };
}

function plan(objects: PlannedObject[], problems: Problem[] = []): Plan {
  return {
    environment: 'shop',
    subject: 'the working copy',
    response: { objects, problems },
  };
}

const SECRET = manifestIn('apiVersion: v1\nkind: Secret\nmetadata: { name: web }\nstringData: { a: hunter2 }\n');
const LONG = 'x'.repeat(300);
const HEAD = 'kind: ConfigMap\nmetadata:\n  namespace: shop\n  name: web\n';
const SIDES: readonly { what: string; object: PlannedObject; atHand?: AtHand; left: string; right: string }[] = [
  {
    what: 'fields that would be others',
    object: planned('configured', { differences: [{ path: '/data/a', live: '"1"', desired: '"2"' }] }),
    left: `${HEAD}data:\n  a: "1"\n`,
    right: `${HEAD}data:\n  a: "2"\n`,
  },
  {
    what: 'an object that would be created, without its secrets',
    object: planned('created'),
    atHand: { manifest: SECRET },
    left: '',
    right: 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  a: "(masked)"\n',
  },
  {
    what: 'the whole of values that the agent cut',
    object: planned('configured', {
      differences: [{ path: '/data/a', live: `"${LONG.slice(0, 198)}…`, desired: `"${LONG.slice(0, 198)}…` }],
    }),
    atHand: {
      live: { data: { a: `${LONG}1` } },
      manifest: manifestIn(`apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { a: ${LONG}2 }\n`),
    },
    left: `${HEAD}data:\n  a: ${LONG}1\n`,
    right: `${HEAD}data:\n  a: ${LONG}2\n`,
  },
  {
    what: 'an object that would be created, its manifest not at hand',
    object: planned('created'),
    left: '',
    right: `# shop:configmap/web would be created.\n${HEAD}`,
  },
  {
    what: 'an object that would be deleted',
    object: planned('deleted'),
    left: `# shop:configmap/web would be deleted.\n${HEAD}`,
    right: '',
  },
];

for (const { what, object, atHand = {}, left, right } of SIDES) {
  test(`a plan shows ${what}`, () => {
    assert.deepEqual(planSides(object, atHand), { left, right });
    assert.deepEqual(shownObjects({ objects: [object, planned('unchanged')], problems: [] }), [object]);
    assert.equal(needsSummary(plan([object])), false);
  });
}

test('what stays, is skipped or fails has no sides', () => {
  const problem = warning('FOREIGN_OBJECT', 'It is not ours.');
  const objects = [planned('unchanged'), planned('skipped'), planned('failed'), planned('configured', { problem })];
  assert.deepEqual(shownObjects({ objects, problems: [] }), []);
});

test('a plan is told in words where nothing would change, or something is wrong', () => {
  const problem = warning('FOREIGN_OBJECT', 'It is not ours.');
  assert.ok(needsSummary(plan([planned('unchanged')])));
  assert.ok(needsSummary(plan([planned('created')], [problem])));
  assert.ok(needsSummary(plan([planned('created', { problem })])));
});

test('the summary names what would happen, to what, and what is wrong', () => {
  const problem = warning('PRUNE_WAITS', 'shop:configmap/old left the repository and stays: it waits.');
  const { line: _line, file: _file, ...leaving } = planned('skipped', { name: 'shop:configmap/old', problem });
  const text = planSummary(plan([planned('created'), planned('unchanged'), leaving]));
  assert.match(text, /^# 1 of 3 objects would change in shop by the working copy\.\n/);
  assert.deepEqual(parseYamlValue(text), {
    created: ['shop:configmap/web (web.yaml, line 3)'],
    skipped: ['shop:configmap/old'],
    unchanged: 1,
    problems: [{ warning: problem.message }],
  });
  assert.match(planSummary(plan([planned('unchanged')])), /^# Nothing would change in shop by the working copy\.\n/);
});
