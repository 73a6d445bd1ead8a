import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, parseImage, readPolicies, type Tag } from '@weaveflux/shared';
import type { Registry } from '../../registry/types.ts';
import type { Verdict } from '../../signatures/types.ts';
import { createVerdictStore } from '../../signatures/verdicts.ts';
import { explainTags } from '../answers/explain-tags.ts';
import { choose } from '../choice/choose.ts';
import type { Question } from '../choice/question.ts';
import { isUnknown } from '../decisions.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { createScanner } from './scan.ts';
import type { SignatureGate } from './signed.ts';

const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [A, B, C, D, E] = ['a', 'b', 'c', 'd', 'e'].map(digestOf) as [string, string, string, string, string];
const VERIFIED: Verdict = { state: 'verified' };
const UNSIGNED: Verdict = { state: 'unsigned', reason: 'no signature of it was found' };
const UNASKED: Verdict = { state: 'not-verified', reason: 'its signatures could not be checked', passing: true };
const STRANGE: Verdict = { state: 'not-verified', reason: 'it is not signed by the key' };

interface Case {
  readonly name: string;
  readonly image?: string;
  readonly annotations?: Record<string, string>;
  readonly tags: readonly Tag[];
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly unreadable?: readonly string[];
  readonly automated?: boolean;
  readonly holdsDigest?: false;
  readonly state: string;
  readonly chosen?: string;
  readonly to?: string;
  /** The tags that might be chosen instead. */
  readonly unsure?: readonly string[];
  /** The tag of which the signature is asked for. */
  readonly asks?: string;
  readonly says?: RegExp;
}

const tag = (name: string, digest?: string): Tag => (digest === undefined ? { tag: name } : { tag: name, digest });

const CASES: readonly Case[] = [
  {
    name: 'of a tag that is not checked yet its signature is asked for, and of no older one',
    tags: [tag('1.0.0', A), tag('1.1.0', B), tag('1.2.0')],
    state: 'not-scanned',
    asks: '1.2.0',
    says: /^Whether 1\.2\.0 is signed is being checked\.$/,
  },
  {
    name: 'what is signed is written with the digest that was verified',
    tags: [tag('1.0.0', A), tag('1.1.0', B)],
    verdicts: { [B]: VERIFIED },
    state: 'update',
    chosen: '1.1.0',
    to: `x.io/app:1.1.0@${B}`,
  },
  {
    name: 'where the newest is not signed the next older one is asked for',
    tags: [tag('1.0.0', A), tag('1.1.0', B), tag('1.2.0', C)],
    verdicts: { [C]: UNSIGNED },
    state: 'not-scanned',
    asks: '1.1.0',
  },
  {
    name: 'where the newest is not signed the next older one is chosen',
    tags: [tag('1.0.0', A), tag('1.1.0', B), tag('1.2.0', C)],
    verdicts: { [C]: UNSIGNED, [B]: VERIFIED },
    state: 'update',
    chosen: '1.1.0',
    to: `x.io/app:1.1.0@${B}`,
  },
  {
    name: 'what could not be checked just now is told beside the older one that is chosen, and what is not signed is not',
    tags: [tag('0.9.0', E), tag('1.0.0', A), tag('1.1.0', B), tag('1.2.0', C), tag('1.3.0', D)],
    verdicts: { [D]: UNSIGNED, [C]: UNASKED, [B]: VERIFIED, [E]: UNASKED },
    state: 'update',
    chosen: '1.1.0',
    to: `x.io/app:1.1.0@${B}`,
    unsure: ['1.2.0'],
  },
  {
    name: 'where nothing newer is signed nothing is written, and the newest is told',
    tags: [tag('1.0.0', A), tag('1.1.0', B), tag('1.2.0', C)],
    verdicts: { [C]: STRANGE, [B]: UNSIGNED },
    state: 'not-verified',
    chosen: '1.2.0',
    says: /^1\.2\.0 is not taken because it is not signed by the key; weaveflux release .+ --tag 1\.2\.0 --force takes it\.$/,
  },
  {
    name: "neither the file's tag nor an older one is checked",
    tags: [tag('0.9.0', B), tag('1.0.0', A)],
    state: 'current',
    chosen: '1.0.0',
  },
  {
    name: 'where the file has something newer than all that the policy admits nothing is asked',
    image: 'x.io/app:2.0.0',
    annotations: { 'weaveflux.dev/tag.app': 'semver:<2' },
    tags: [
      { ...tag('1.1.0', B), created: '2026-01-01T00:00:00Z' },
      { ...tag('2.0.0', A), created: '2026-01-02T00:00:00Z' },
    ],
    state: 'current',
  },
  {
    name: 'a tag that was pushed again is checked before its new digest is followed',
    image: `x.io/app:1.0.0@${A}`,
    annotations: { 'weaveflux.dev/tag.app': 'semver:*', 'weaveflux.dev/digest.app': 'follow' },
    tags: [tag('1.0.0', B)],
    state: 'not-scanned',
    asks: '1.0.0',
  },
  {
    name: 'a tag that was pushed again without a signature is not followed',
    image: `x.io/app:1.0.0@${A}`,
    annotations: { 'weaveflux.dev/tag.app': 'semver:*', 'weaveflux.dev/digest.app': 'follow' },
    tags: [tag('1.0.0', B)],
    verdicts: { [B]: UNSIGNED },
    state: 'not-verified',
    chosen: '1.0.0',
  },
  {
    name: 'a tag whose digest cannot be read is not verified',
    tags: [tag('1.0.0', A), tag('1.1.0')],
    unreadable: ['1.1.0'],
    state: 'not-verified',
    chosen: '1.1.0',
    says: /its digest could not be read/,
  },
  {
    name: 'where there is no place for a digest nothing is chosen',
    tags: [tag('1.0.0', A), tag('1.1.0', B)],
    verdicts: { [B]: VERIFIED },
    holdsDigest: false,
    state: 'not-verified',
    says: /no place for one/,
  },
  {
    name: 'of what nobody may change nothing is asked',
    tags: [tag('1.0.0', A), tag('1.1.0', B)],
    automated: false,
    state: 'not-automated',
    chosen: '1.1.0',
  },
];

function questionOf({ image = 'x.io/app:1.0.0', annotations, tags, ...given }: Case): Question {
  const policies = readPolicies(annotations ?? { 'weaveflux.dev/tag.app': 'semver:*' }, ['app']);
  const policy = policies.containers.get('app');
  assert.ok(policy);
  return {
    workload: 'shop:deployment/app',
    image: parseImage(image),
    policy,
    automated: given.automated ?? true,
    ignored: false,
    tags,
    held: new Map(),
    unreadable: new Set(given.unreadable),
    signatures: new Map(Object.entries(given.verdicts ?? {})),
    ...(given.holdsDigest === undefined ? {} : { holdsDigest: false }),
    now: 0,
  };
}

for (const one of CASES) {
  test(one.name, () => {
    const { state, chosen, to, unsure, needsSignature: asks, reason } = choose(questionOf(one));
    assert.deepEqual({ state, to, unsure, asks }, { state: one.state, to: one.to, unsure: one.unsure, asks: one.asks });
    if (one.chosen !== undefined) assert.equal(chosen?.tag, one.chosen);
    if (one.says !== undefined) assert.match(reason, one.says);
  });
}

test('each tag is told why it is not taken', () => {
  const question = questionOf({
    name: '',
    state: '',
    tags: [tag('1.0.0', A), tag('1.1.0'), tag('1.2.0', B), tag('1.3.0', C)],
    verdicts: { [B]: STRANGE, [C]: UNSIGNED },
  });
  const told = explainTags({ ...question, held: new Map(), heldDigests: new Map(), deleted: new Map() });
  assert.deepEqual(
    told.map((one) => `${one.tag} ${one.standing}: ${one.reason.split(';')[0]}`),
    [
      '1.3.0 unsigned: It is not taken because no signature of it was found',
      '1.2.0 not-verified: It is not taken because it is not signed by the key',
      '1.1.0 unread: Whether it is signed is not checked yet.',
      '1.0.0 current: It is in the file.',
    ],
  );
});

test('many tags that stay unsigned do not keep one decision after the other from looking further', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `1.0.${index}`);
  const tags = names.map((name, index) => tag(name, `sha256:${String(index).padStart(64, '0')}`));
  const oldest = tags[1]?.digest;
  const scan = { tags, scannedAt: 'now' };
  const registry: Registry = {
    requests: { total: 0, rateLimitWaits: 0 },
    scan: async () => scan,
    known: () => scan,
    describe: async (_, asked) => tags.filter((one) => asked.includes(one.tag)),
  };
  const store = createVerdictStore();
  const rule = { id: '', images: ['*'], line: 1, by: 'the key', signer: { kind: 'key', keys: [] } } as const;
  const signed: SignatureGate = {
    rules: () => [rule],
    signatures: {
      known: (_, name, dueAt) => store.of(name, dueAt),
      async check(_, { repository, digest }, at) {
        const verdict = digest === oldest ? VERIFIED : UNSIGNED;
        store.note(repository.name, digest, verdict, at);
        return verdict;
      },
    },
  };
  const annotations = { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'semver:*' };
  const subject = subjectIn(workloadText('web', 'x.io/app:1.0.0', annotations));
  let now = 0;
  const target = { pullSecrets: async () => [] } as unknown as Parameters<typeof createScanner>[0]['target'];
  const scanner = createScanner({ target, now: () => new Date(now) }, registry, { signed });
  for (let pass = 0; pass < 20; pass += 1) {
    // An hour apart: all that is unsigned is due again.
    now += 60 * 60_000;
    const [decided] = await scanner.decideAll([subject], [], AbortSignal.timeout(10_000));
    if (decided?.decision.state === 'update') return;
  }
  assert.fail('the signed tag was never chosen');
});

test('while the host of an image cannot be asked its tag is not said to be unreadable', async () => {
  const problem = failure('REGISTRY_RATE_LIMIT', 'x.io has enough.');
  const scan = { tags: [tag('1.0.0', A), tag('1.1.0')], scannedAt: 'now' };
  const registry: Registry = {
    requests: { total: 0, rateLimitWaits: 0 },
    scan: async () => scan,
    known: () => ({ ...scan, problem }),
    describe: async (_, asked) => asked.map((name) => ({ tag: name })),
  };
  const rule = { id: '', images: ['*'], line: 1, by: 'the key', signer: { kind: 'key', keys: [] } } as const;
  const signed: SignatureGate = {
    rules: () => [rule],
    signatures: { known: () => new Map(), check: async () => VERIFIED },
  };
  const annotations = { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'semver:*' };
  const subject = subjectIn(workloadText('web', 'x.io/app:1.0.0', annotations));
  const target = { pullSecrets: async () => [] } as unknown as Parameters<typeof createScanner>[0]['target'];
  const scanner = createScanner({ target, now: () => new Date(0) }, registry, { signed });
  const [decided] = await scanner.decideAll([subject], [], AbortSignal.timeout(10_000));
  assert.equal(decided?.decision.state, 'not-scanned');
  assert.equal(decided?.decision.reason, 'x.io has enough.');
  assert.ok(isUnknown(decided), 'so no proposal is withdrawn');
});
