import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Difference } from '@weaveflux/shared';
import { CONTEST } from './contest.ts';
import {
  type InterferenceDecision,
  type InterferenceState,
  interfere,
  isUndisturbed,
  sayContested,
  UNDISTURBED,
} from './interference.ts';
import type { Stance } from './stance.ts';

const START = Date.parse('2026-11-23T12:00:00Z');
const CORRECT: Stance = { kind: 'correct' };
const REPLICAS: Difference = { path: '/spec/replicas', desired: '3', live: '5', manager: 'kubectl-edit' };
const IMAGE: Difference = { path: '/spec/template/spec/containers/0/image', live: '"b"', manager: 'ci' };

/** One object whose corrections are always accepted at once. Times in seconds from the start. */
function object(stance: Stance = CORRECT) {
  let state: InterferenceState = UNDISTURBED;
  return {
    differs(at: number, ...differences: Difference[]): InterferenceDecision {
      const now = new Date(START + at * 1000);
      const step = interfere(state, { type: 'differs', differences, stance, now });
      state = step.state;
      if (step.decision.do === 'correct') {
        const paths = step.decision.differences.map(({ path }) => path);
        state = interfere(state, { type: 'corrected', paths, now }).state;
      }
      return step.decision;
    },
    undisturbed: (at: number) => isUndisturbed(state, new Date(START + at * 1000)),
    fields: () => state.fields.size,
  };
}

test('interference: what differs is corrected at once', () => {
  assert.deepEqual(object().differs(0, REPLICAS), { do: 'correct', differences: [REPLICAS] });
});

test('interference: the fourth change of a field in ten minutes waits five, and is told once', () => {
  const web = object();
  for (const at of [0, 60, 120]) assert.equal(web.differs(at, REPLICAS).do, 'correct');
  const until = new Date(START + (120 + 300) * 1000);
  assert.deepEqual(web.differs(121, REPLICAS), { do: 'back-off', differences: [REPLICAS], until, news: true });
  assert.deepEqual(web.differs(130, REPLICAS), { do: 'back-off', differences: [REPLICAS], until, news: false });
  assert.equal(web.differs(419, REPLICAS).do, 'back-off');
  assert.equal(web.differs(420, REPLICAS).do, 'correct');
  assert.equal(web.differs(421, REPLICAS).do, 'back-off');
});

test('interference: being equal between two changes does not end a fight', () => {
  const web = object();
  for (const at of [0, 2, 4]) {
    assert.equal(web.differs(at, REPLICAS).do, 'correct');
    assert.deepEqual(web.differs(at + 1), { do: 'nothing' });
  }
  assert.equal(web.differs(6, REPLICAS).do, 'back-off');
});

test('interference: a fight that goes on stays at once in five minutes', () => {
  const web = object();
  const corrections = [];
  for (let at = 0; at < 3600; at += 10) if (web.differs(at, REPLICAS).do === 'correct') corrections.push(at);
  assert.deepEqual(corrections.slice(0, 5), [0, 10, 20, 320, 620]);
  assert.ok(corrections.length <= 3 + 3600 / 300);
});

test('interference: three corrections spread over more than ten minutes are no contest', () => {
  const web = object();
  for (const at of [0, 301, 602, 903, 1204]) assert.equal(web.differs(at, REPLICAS).do, 'correct');
});

test('interference: a contested field is forgiven after ten quiet minutes', () => {
  const web = object();
  for (const at of [0, 1, 2]) web.differs(at, REPLICAS);
  assert.equal(web.differs(3, REPLICAS).do, 'back-off');
  assert.equal(web.undisturbed(602), false);
  assert.equal(web.undisturbed(603), true);
  assert.equal(web.differs(603, REPLICAS).do, 'correct');
});

test('interference: another field of a contested object is corrected at once', () => {
  const web = object();
  for (const at of [0, 1, 2, 3]) web.differs(at, REPLICAS);
  assert.deepEqual(web.differs(4, REPLICAS, IMAGE), { do: 'correct', differences: [REPLICAS, IMAGE] });
});

test('interference: an object deleted again and again is contested like a field', () => {
  const web = object();
  const deletion = { path: '' };
  for (const at of [0, 1, 2]) assert.equal(web.differs(at, deletion).do, 'correct');
  assert.equal(web.differs(3, deletion).do, 'back-off');
});

test('interference: drift: report tells each set of differences once and corrects none', () => {
  const web = object({ kind: 'report' });
  assert.deepEqual(web.differs(0, REPLICAS), { do: 'report', differences: [REPLICAS], news: true });
  assert.deepEqual(web.differs(1, REPLICAS), { do: 'report', differences: [REPLICAS], news: false });
  assert.deepEqual(web.differs(2, { ...REPLICAS, live: '6' }), {
    do: 'report',
    differences: [{ ...REPLICAS, live: '6' }],
    news: true,
  });
  assert.deepEqual(web.differs(3), { do: 'nothing' });
  assert.equal(web.undisturbed(3), true);
  assert.equal(web.differs(4, REPLICAS).do, 'report');
});

test('interference: what is left alone says why and until when, and counts for no contest', () => {
  const until = new Date(START + 3600_000);
  const web = object({ kind: 'leave', reason: 'it is suspended by ada', until });
  for (const at of [0, 1, 2, 3]) {
    const decision = web.differs(at, REPLICAS);
    assert.deepEqual(decision, { do: 'leave', differences: [REPLICAS], reason: 'it is suspended by ada', until });
  }
  assert.equal(web.undisturbed(3), true);
});

test('interference: memory is bounded, and a fight over very many fields still backs off', () => {
  const web = object();
  const many = Array.from({ length: 500 }, (_, index) => ({ path: `/data/key-${index}` }));
  for (const at of [0, 1, 2]) assert.equal(web.differs(at, ...many).do, 'correct');
  assert.equal(web.differs(3, ...many).do, 'back-off');
  assert.equal(web.fields(), CONTEST.fields);
});

test('interference: a contest names the fields and both managers', () => {
  const said = sayContested([REPLICAS, { path: '' }], 'weaveflux');
  assert.match(said, /weaveflux/);
  assert.match(said, /\/spec\/replicas by kubectl-edit, the object by an unknown manager/);
});
