import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecisionState } from '@weaveflux/shared';
import type { Verdict } from '../signatures/types.ts';
import { isUnknown, undecidedOf } from './decisions.ts';
import { subjectIn, workloadText } from './testing.ts';

const UNSIGNED: Verdict = { state: 'unsigned', reason: 'no signature of it was found' };
const UNASKED: Verdict = { state: 'not-verified', reason: 'its signatures could not be checked', passing: true };

const cases: readonly {
  readonly name: string;
  readonly state: DecisionState;
  readonly verdicts: readonly Verdict[];
  readonly expected: boolean;
}[] = [
  { name: 'what is not signed is not', state: 'not-verified', verdicts: [UNSIGNED], expected: false },
  { name: 'what could not be checked just now is', state: 'not-verified', verdicts: [UNASKED], expected: true },
  {
    name: 'so it is where something newer is not signed',
    state: 'not-verified',
    verdicts: [UNSIGNED, UNASKED],
    expected: true,
  },
  { name: 'or waits', state: 'held', verdicts: [UNASKED], expected: true },
  {
    name: 'what is current is not, whatever another tag could not be asked for',
    state: 'current',
    verdicts: [UNASKED],
    expected: false,
  },
];

for (const { name, state, verdicts, expected } of cases) {
  test(`of what is unknown, so that no proposal is withdrawn for it: ${name}`, () => {
    const decided = {
      subject: subjectIn(workloadText('web', 'example.org/app:1.0.0', {})),
      decision: { state, reason: '', needsMetadata: [] },
      held: new Map(),
      tags: () => [],
      unreadable: new Set<string>(),
      signatures: new Map(verdicts.map((verdict, index) => [`sha256:${index}`, verdict])),
      decidedAt: new Date(0),
      scannedAt: 'now',
      problem: undefined,
    };
    assert.equal(isUnknown(decided), expected);
  });
}

test('a change that is proposed is open where just its tag could not be checked, whatever older one is chosen', () => {
  const annotations = { 'weaveflux.dev/automated': 'true' };
  const subject = subjectIn(workloadText('web', 'example.org/app:1.0.0', annotations));
  const { workload, container } = subject.place;
  const decided = {
    subject,
    decision: { state: 'update', reason: '', needsMetadata: [], unsure: ['1.2.0'] },
    held: new Map(),
    tags: () => [],
    unreadable: new Set<string>(),
    decidedAt: new Date(0),
    scannedAt: 'now',
    problem: undefined,
  } as const;
  const isOpen = (to: string, name = workload): boolean => undecidedOf([decided])({ workload: name, container, to });
  assert.deepEqual([isOpen('1.2.0'), isOpen('1.1.0'), isOpen('1.2.0', 'shop:deployment/other')], [true, false, false]);
});
