import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LiveObject } from '../targets/kubernetes/types.ts';
import { isStale, noteAnswer } from './memory.ts';

describe('the answer to a write', () => {
  const cases = [
    { name: 'of an object that nothing is known of is taken', known: undefined, answered: '7', taken: true },
    { name: 'that is later than what is known is taken', known: '9', answered: '10', taken: true },
    { name: 'that says what is known is taken', known: '10', answered: '10', taken: true },
    { name: 'that the watch has overtaken is not taken', known: '10', answered: '9', taken: false },
    { name: 'is taken where versions are no numbers', known: 'b', answered: 'a', taken: true },
  ];
  for (const { name, known, answered, taken } of cases) {
    it(name, () => {
      const live = new Map(known === undefined ? [] : [['key', version(known)]]);
      assert.equal(isStale({ live }, version(answered)), !taken);
      assert.equal(noteAnswer({ live }, version(answered)), taken);
      assert.equal(live.get('key')?.resourceVersion, taken ? answered : known);
    });
  }
});

function version(resourceVersion: string): LiveObject {
  return {
    id: { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'web' },
    key: 'key',
    uid: 'u',
    resourceVersion,
    generation: undefined,
    environment: 'weaveflux.test',
    deleting: false,
    annotations: {},
    health: { state: 'healthy', message: '' },
  };
}
