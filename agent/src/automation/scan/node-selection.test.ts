import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@weaveflux/shared';
import { mayRunOn } from './node-selection.ts';

const NODE = { name: 'n1', labels: { arch: 'arm64', zone: 'a', cores: '8' } };

function required(...terms: JsonObject[]): JsonObject {
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
  };
}

function expressions(...written: [key: string, operator: string, ...values: string[]][]): JsonObject {
  return { matchExpressions: written.map(([key, operator, ...values]) => ({ key, operator, values })) };
}

const CASES: readonly [what: string, spec: JsonObject, runs: boolean][] = [
  ['nothing is written', {}, true],
  ['all that is written is null', { nodeName: null, nodeSelector: null, affinity: null }, true],
  ['no affinity to nodes is written', { affinity: { nodeAffinity: null } }, true],
  [
    'what is required of it is null',
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: null } } },
    true,
  ],
  [
    'the terms are null',
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: null } } } },
    false,
  ],
  ['a term is null in all its parts', required({ matchExpressions: null, matchFields: null }), false],
  [
    'one part of a term is null and the other is met',
    required({ ...expressions(['arch', 'In', 'arm64']), matchFields: null }),
    true,
  ],
  [
    'an expression without values has them as null',
    required({ matchExpressions: [{ key: 'arch', operator: 'Exists', values: null }] }),
    true,
  ],
  ['its labels are selected', { nodeSelector: { arch: 'arm64', zone: 'a' } }, true],
  ['one of the selected labels is another', { nodeSelector: { arch: 'arm64', zone: 'b' } }, false],
  ['it is named', { nodeName: 'n1' }, true],
  ['another is named', { nodeName: 'n2' }, false],
  ['its value is in the list', required(expressions(['arch', 'In', 'amd64', 'arm64'])), true],
  ['its value is not in the list', required(expressions(['arch', 'In', 'amd64'])), false],
  ['its value is excluded', required(expressions(['arch', 'NotIn', 'arm64'])), false],
  ['a label that it lacks has an excluded value', required(expressions(['gpu', 'NotIn', 'yes'])), true],
  ['a label must be there', required(expressions(['gpu', 'Exists'])), false],
  ['a label must not be there', required(expressions(['gpu', 'DoesNotExist'])), true],
  ['a number must be greater', required(expressions(['cores', 'Gt', '4'])), true],
  ['a number must be less', required(expressions(['cores', 'Lt', '8'])), false],
  ['what is no number is to be greater', required(expressions(['zone', 'Gt', '4'])), false],
  ['an operator is unknown', required(expressions(['arch', 'Like', 'arm64'])), false],
  ['one expression of a term is not met', required(expressions(['arch', 'In', 'arm64'], ['zone', 'In', 'b'])), false],
  ['one of two terms is met', required(expressions(['zone', 'In', 'b']), expressions(['arch', 'In', 'arm64'])), true],
  ['a term is empty', required({}), false],
  ['no term is given', required(), false],
  ['a field names it', required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }), true],
  [
    'selector and affinity disagree',
    { nodeSelector: { zone: 'b' }, ...required(expressions(['arch', 'Exists'])) },
    false,
  ],
  [
    'it is only preferred not to run there',
    {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: expressions(['arch', 'In', 'amd64']) },
          ],
        },
      },
    },
    true,
  ],
];

for (const [what, spec, runs] of CASES) {
  test(`a pod ${runs ? 'may' : 'may not'} run on a node where ${what}`, () => {
    assert.equal(mayRunOn(spec, NODE), runs);
  });
}
