import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, type Problem, type Tag } from '@weaveflux/shared';
import type { Verdict } from '../../signatures/types.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { learnSignatures, type WishSources } from './learn-signatures.ts';

const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const SIGNED = digestOf('a');
const UNSIGNED = digestOf('b');
const WEB = subjectIn(workloadText('web', 'example.org/app:1.0.0', {}));
const API = subjectIn(workloadText('api', 'example.org/app:1.0.0', {}));

test('a tag that is moved between the checks of two workloads is written for neither with a digest that is not signed', async () => {
  const digests = [SIGNED, UNSIGNED];
  const { signatureOf, list } = await learn(() => digests.shift());
  assert.equal(list.get('1.1.0')?.digest, UNSIGNED, 'this is what is written');
  for (const { place } of [WEB, API]) {
    assert.match(signatureOf(place.object, 'app', '1.1.0')?.refusal ?? '', /no signature/);
  }
});

test('where the host cannot be asked nobody is told that the tag could not be read', async () => {
  const { signatureOf } = await learn(() => undefined, failure('REGISTRY_RATE_LIMIT', 'example.org has enough.'));
  const { refusal } = signatureOf(WEB.place.object, 'app', '1.1.0') ?? {};
  assert.equal(refusal, 'its registry could not be asked whether it is signed');
});

async function learn(digestNow: () => string | undefined, problem?: Problem) {
  const verdicts = new Map<string, Verdict>();
  const rule = { id: '', images: ['*'], line: 1, by: 'the key', signer: { kind: 'key', keys: [] } } as const;
  const registry: WishSources['registry'] = {
    requests: { total: 0, rateLimitWaits: 0 },
    scan: async () => ({ tags: [], scannedAt: '' }),
    known: () => ({ tags: [], scannedAt: '', ...(problem === undefined ? {} : { problem }) }),
    async describe(_, tags) {
      const digest = digestNow();
      return tags.map((tag) => (digest === undefined ? { tag } : { tag, digest }));
    },
  };
  const signed: WishSources['signed'] = {
    rules: () => [rule],
    signatures: {
      known: () => verdicts,
      async check(_, { digest }) {
        const verdict: Verdict =
          digest === SIGNED ? { state: 'verified' } : { state: 'unsigned', reason: 'no signature of it was found' };
        verdicts.set(digest, verdict);
        return verdict;
      },
    },
  };
  const target = { pullSecrets: async () => [] } as unknown as WishSources['env']['target'];
  const list = new Map<string, Tag>([['1.1.0', { tag: '1.1.0' }]]);
  const wishes = new Map([WEB, API].map((subject) => [subject, new Set(['1.1.0'])]));
  const lists = new Map([[WEB.image.canonicalName, list]]);
  const env = { target, now: () => new Date(0) };
  const signatureOf = await learnSignatures({ env, registry, signed }, wishes, lists, AbortSignal.timeout(10_000));
  return { signatureOf, list };
}
