import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import type { ArtifactReader } from '../registry/artifacts.ts';
import { readSignatureRules } from './rules.ts';
import { createSignatures } from './signatures.ts';
import {
  bundleArtifacts,
  bundleByKey,
  classicArtifact,
  classicByKey,
  simplePayload,
  statementOf,
  type TestArtifact,
  testKeys,
} from './testing.ts';
import { createTestSigstore, type TestSigstore } from './testing-sigstore.ts';
import { createTrustedRoot } from './trusted-root.ts';

const NAME = 'example.test/app';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const WHO = {
  issuer: 'https://token.actions.githubusercontent.com',
  identity: 'https://github.com/you/app/.github/workflows/release.yml@refs/heads/main',
};
const NOW = Date.UTC(2026, 0, 1);

let folder: string;
let sigstore: TestSigstore;
let stranger: TestSigstore;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signatures-'));
  [sigstore, stranger] = await Promise.all([createTestSigstore(), createTestSigstore()]);
  await writeFile(join(folder, 'root.json'), sigstore.trustedRoot);
});
after(() => rm(folder, { recursive: true }));

const mine = testKeys();
const theirs = testKeys();
const byMine = { key: mine.pem };

interface Case {
  readonly title: string;
  readonly rule: { readonly key?: string; readonly keyless?: { readonly issuer: string; readonly identity: string } };
  readonly artifacts: () => readonly TestArtifact[] | Promise<readonly TestArtifact[]>;
  /** `verified`, else the state and what its reason holds. */
  readonly verdict: 'verified' | readonly ['unsigned' | 'not-verified', RegExp];
}

const KEY_CASES: readonly Case[] = [
  ...(['p256', 'p384', 'rsa', 'ed25519'] as const).flatMap((kind): Case[] => {
    const { pem, key } = testKeys(kind);
    return [
      {
        title: `a signature by a key of the kind ${kind} in cosign's own layout counts`,
        rule: { key: pem },
        artifacts: () => [classicArtifact(DIGEST, [classicByKey(key, DIGEST)])],
        verdict: 'verified',
      },
      {
        title: `a bundle by a key of the kind ${kind} counts`,
        rule: { key: pem },
        artifacts: () => bundleArtifacts(DIGEST, [bundleByKey(key, statementOf(DIGEST))]),
        verdict: 'verified',
      },
    ];
  }),
  {
    title: 'one of several keys is enough, as is one of several signatures',
    rule: { key: `${mine.pem}\n${theirs.pem}` },
    artifacts: () => [
      classicArtifact(DIGEST, [classicByKey(testKeys().key, DIGEST), classicByKey(theirs.key, DIGEST)]),
    ],
    verdict: 'verified',
  },
  {
    title: 'an image without any signature is unsigned',
    rule: byMine,
    artifacts: () => [],
    verdict: [
      'unsigned',
      /^no signature of it was found, and \.weaveflux\.yaml:3 requires one by the key given there$/,
    ],
  },
  {
    title: 'a signature by another key does not count',
    rule: byMine,
    artifacts: () => [classicArtifact(DIGEST, [classicByKey(theirs.key, DIGEST)])],
    verdict: ['not-verified', /^it is not signed by the key given there \(\.weaveflux\.yaml:3\)$/],
  },
  {
    title: 'a bundle by another key does not count',
    rule: byMine,
    artifacts: () => bundleArtifacts(DIGEST, [bundleByKey(theirs.key, statementOf(DIGEST))]),
    verdict: ['not-verified', /^it is not signed by the key/],
  },
  {
    title: 'the signature of another image does not count',
    rule: byMine,
    artifacts: () => [classicArtifact(DIGEST, [classicByKey(mine.key, OTHER)])],
    verdict: ['not-verified', /^what was signed is not this image/],
  },
  {
    title: 'a statement about another image does not count',
    rule: byMine,
    artifacts: () => bundleArtifacts(DIGEST, [bundleByKey(mine.key, statementOf(OTHER))]),
    verdict: ['not-verified', /^what was signed is not this image/],
  },
  {
    title: 'an attestation by the right key is no signature, whatever the list calls it',
    rule: byMine,
    artifacts: () =>
      bundleArtifacts(DIGEST, [bundleByKey(mine.key, statementOf(DIGEST, 'https://slsa.dev/provenance/v1'))]),
    verdict: ['not-verified', /^what was signed is not this image/],
  },
  {
    title: 'an attestation that the list names is not read',
    rule: byMine,
    artifacts: () =>
      bundleArtifacts(DIGEST, [bundleByKey(mine.key, statementOf(DIGEST))], 'https://slsa.dev/provenance/v1'),
    verdict: ['unsigned', /^no signature/],
  },
  {
    title: 'a payload that was changed after it was signed does not count',
    rule: byMine,
    artifacts: () => {
      const { annotations } = classicByKey(mine.key, OTHER);
      return [classicArtifact(DIGEST, [{ payload: simplePayload(DIGEST), annotations }])];
    },
    verdict: ['not-verified', /^it is not signed by the key/],
  },
  {
    title: 'a bundle that is no bundle is told as damaged',
    rule: byMine,
    artifacts: () => bundleArtifacts(DIGEST, [Buffer.from('{"mediaType":"x"}')]),
    verdict: ['not-verified', /^a signature of it cannot be understood \(.+\) \(\.weaveflux\.yaml:3\)$/],
  },
  {
    title: 'a signature of which a part is gone is told as that',
    rule: byMine,
    artifacts: () => {
      const [first, ...rest] = [classicArtifact(DIGEST, [classicByKey(mine.key, DIGEST)])];
      return first === undefined ? [] : [{ ...first, blobs: first.blobs.slice(0, 1) }, ...rest];
    },
    verdict: ['not-verified', /^a signature of it cannot be understood \(.*no such blob/],
  },
  {
    title: 'a damaged signature beside a good one stops nothing',
    rule: byMine,
    artifacts: () => [
      { ...classicArtifact(DIGEST, []), manifest: Buffer.from('nonsense') },
      ...bundleArtifacts(DIGEST, [Buffer.from('x'), bundleByKey(mine.key, statementOf(DIGEST))]),
    ],
    verdict: 'verified',
  },
  {
    title: 'of more signatures than are read the rest does not count',
    rule: byMine,
    artifacts: () => {
      const others = Array.from({ length: 32 }, (_, at) =>
        classicByKey(theirs.key, DIGEST, simplePayload(DIGEST, `example.test/${at}`)),
      );
      return [classicArtifact(DIGEST, [...others, classicByKey(mine.key, DIGEST)])];
    },
    verdict: ['not-verified', /^it is not signed by the key/],
  },
];

const KEYLESS_CASES: readonly Case[] = [
  {
    title: 'a bundle without a key counts where issuer and identity are those that are asked for',
    rule: { keyless: WHO },
    artifacts: async () => bundleArtifacts(DIGEST, [await sigstore.bundle(statementOf(DIGEST), WHO)]),
    verdict: 'verified',
  },
  {
    title: "a signature without a key counts in cosign's own layout, too",
    rule: { keyless: WHO },
    artifacts: async () => [classicArtifact(DIGEST, [await sigstore.classic(DIGEST, WHO)])],
    verdict: 'verified',
  },
  {
    title: 'a bundle counts whose time only a time stamp tells, as the log says none',
    rule: { keyless: WHO },
    artifacts: async () => bundleArtifacts(DIGEST, [await sigstore.stampedBundle(statementOf(DIGEST), WHO)]),
    verdict: 'verified',
  },
  {
    title: 'a time stamp does not stand for the log',
    rule: { keyless: WHO },
    artifacts: async () => bundleArtifacts(DIGEST, [await sigstore.stampedBundle(statementOf(DIGEST), WHO, false)]),
    verdict: ['not-verified', /^a signature of it does not hold \(/],
  },
  {
    title: 'the time stamp of another Sigstore does not count',
    rule: { keyless: WHO },
    artifacts: async () => bundleArtifacts(DIGEST, [await stranger.stampedBundle(statementOf(DIGEST), WHO)]),
    verdict: ['not-verified', /^a signature of it does not hold \(/],
  },
  {
    title: 'an expression must fit the whole identity',
    rule: { keyless: { ...WHO, identity: 'regexp:https://github\\.com/you/.*' } },
    artifacts: async () => bundleArtifacts(DIGEST, [await sigstore.bundle(statementOf(DIGEST), WHO)]),
    verdict: 'verified',
  },
  {
    title: 'an expression that fits a part of the identity only does not do',
    rule: { keyless: { ...WHO, identity: 'regexp:github\\.com/you' } },
    artifacts: async () => bundleArtifacts(DIGEST, [await sigstore.bundle(statementOf(DIGEST), WHO)]),
    verdict: ['not-verified', /^it is signed by https:\/\/github\.com\/you\/app.+, and not by regexp:/],
  },
  {
    title: 'another identity does not count',
    rule: { keyless: { ...WHO, identity: 'https://github.com/me/app' } },
    artifacts: async () => [classicArtifact(DIGEST, [await sigstore.classic(DIGEST, WHO)])],
    verdict: [
      'not-verified',
      /^it is signed by https:\/\/github\.com\/you\/app.+, and not by https:\/\/github\.com\/me\/app/,
    ],
  },
  {
    title: 'the right identity by another issuer does not count',
    rule: { keyless: { ...WHO, issuer: 'https://accounts.google.com' } },
    artifacts: async () => bundleArtifacts(DIGEST, [await sigstore.bundle(statementOf(DIGEST), WHO)]),
    verdict: ['not-verified', /githubusercontent\.com\), and not by .+\(https:\/\/accounts\.google\.com\)/],
  },
  ...(['bundle', 'classic'] as const).map(
    (layout): Case => ({
      title: `the same words of another Sigstore do not count (${layout})`,
      rule: { keyless: WHO },
      artifacts: async () =>
        layout === 'bundle'
          ? bundleArtifacts(DIGEST, [await stranger.bundle(statementOf(DIGEST), WHO)])
          : [classicArtifact(DIGEST, [await stranger.classic(DIGEST, WHO)])],
      verdict: ['not-verified', /^a signature of it does not hold \(/],
    }),
  ),
  {
    title: 'a signature without its entry in the transparency log does not count',
    rule: { keyless: WHO },
    artifacts: async () => {
      const { payload, annotations } = await sigstore.classic(DIGEST, WHO);
      const { 'dev.sigstore.cosign/bundle': _, ...rest } = annotations;
      return [classicArtifact(DIGEST, [{ payload, annotations: rest }])];
    },
    verdict: ['not-verified', /^a signature of it does not hold \(/],
  },
  {
    title: 'a statement about another image does not count, whoever signed it',
    rule: { keyless: WHO },
    artifacts: async () => bundleArtifacts(DIGEST, [await sigstore.bundle(statementOf(OTHER), WHO)]),
    verdict: ['not-verified', /^what was signed is not this image/],
  },
  ...(['bundle', 'classic'] as const).map(
    (layout): Case => ({
      title: `a key does not stand for an identity (${layout})`,
      rule: { keyless: WHO },
      artifacts: () =>
        layout === 'bundle'
          ? bundleArtifacts(DIGEST, [bundleByKey(mine.key, statementOf(DIGEST))])
          : [classicArtifact(DIGEST, [classicByKey(mine.key, DIGEST)])],
      verdict: ['not-verified', /^it is signed by a key, and not by https:\/\/github\.com\/you/],
    }),
  ),
];

describe('signatures', () => {
  for (const { title, rule, artifacts, verdict } of [...KEY_CASES, ...KEYLESS_CASES]) {
    it(title, async () => {
      const found = await checked(readerOf(await artifacts()), rule);
      if (verdict === 'verified') return assert.deepEqual(found, { state: 'verified' });
      assert.equal(found.state, verdict[0]);
      assert.match('reason' in found ? found.reason : '', verdict[1]);
    });
  }

  it('are asked for at the API for what refers to an image, where the registry has it', async () => {
    const [manifest, index] = bundleArtifacts(DIGEST, [bundleByKey(mine.key, statementOf(DIGEST))]);
    assert.ok(manifest && index);
    const reader = { ...readerOf([manifest]), referrers: async () => index.manifest };
    assert.deepEqual(await checked(reader, byMine), { state: 'verified' });
  });

  it('cannot be checked where the registry cannot be asked, which is no word about the image', async () => {
    const failing = async () => {
      throw new WeavefluxError('REGISTRY_UNREACHABLE', 'example.test does not answer.');
    };
    const found = await checked({ manifest: failing, blob: failing, referrers: failing }, byMine);
    assert.deepEqual(found, {
      state: 'not-verified',
      reason: 'its signatures could not be checked: example.test does not answer',
      passing: true,
    });
  });

  it('must meet every rule that is about the image', async () => {
    const rules = [{ key: mine.pem }, { key: theirs.pem }];
    const one = [classicArtifact(DIGEST, [classicByKey(mine.key, DIGEST)])];
    const both = [classicArtifact(DIGEST, [classicByKey(mine.key, DIGEST), classicByKey(theirs.key, DIGEST)])];
    assert.equal((await checked(readerOf(one), ...rules)).state, 'not-verified');
    assert.equal((await checked(readerOf(both), ...rules)).state, 'verified');
  });

  it('are remembered: what is verified for good, what is not until it is asked for again', async () => {
    const { rules } = readSignatureRules({ verify: [setting(byMine)] }, new Map());
    let artifacts: readonly TestArtifact[] = [];
    const reader: ArtifactReader = {
      manifest: (...args) => readerOf(artifacts).manifest(...args),
      blob: (...args) => readerOf(artifacts).blob(...args),
      referrers: async () => undefined,
    };
    const signatures = createSignatures({ reader, trustedRoot: rootOf() });
    const check = (now: number) => signatures.check(rules, signed(DIGEST), now, AbortSignal.timeout(10_000));
    await check(NOW);
    assert.equal(signatures.known(rules, NAME).get(DIGEST)?.state, 'unsigned');
    assert.ok(signatures.known(rules, NAME, NOW).has(DIGEST), 'just asked');
    assert.ok(!signatures.known(rules, NAME, NOW + 1_000).has(DIGEST), 'due at the next pass');
    await check(NOW + 20 * 60_000);
    assert.ok(signatures.known(rules, NAME, NOW + 29 * 60_000).has(DIGEST), 'old news is asked for less often');
    artifacts = [classicArtifact(DIGEST, [classicByKey(mine.key, DIGEST)])];
    await check(NOW + 40 * 60_000);
    assert.equal(signatures.known(rules, NAME, NOW + 10 ** 12).get(DIGEST)?.state, 'verified');
    const others = readSignatureRules({ verify: [setting({ key: theirs.pem })] }, new Map()).rules;
    assert.equal(signatures.known(others, NAME).size, 0, 'another demand is another question');
  });
});

function checked(reader: ArtifactReader, ...rules: readonly Case['rule'][]) {
  const read = readSignatureRules({ verify: rules.map(setting) }, new Map());
  assert.deepEqual(read.problems, []);
  const signatures = createSignatures({ reader, trustedRoot: rootOf() });
  return signatures.check(read.rules, signed(DIGEST), NOW, AbortSignal.timeout(10_000));
}

function rootOf() {
  return createTrustedRoot({ file: join(folder, 'root.json'), folder, now: () => NOW });
}

function setting(rule: Case['rule']) {
  return { images: ['example.test/*'], line: 3, ...rule };
}

function signed(digest: string) {
  return { repository: { name: NAME, credentials: [] }, digest };
}

/** A registry without an API for what refers to an image. */
function readerOf(artifacts: readonly TestArtifact[]): ArtifactReader {
  const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const manifests = new Map(
    artifacts.flatMap(({ tag, manifest }) => [tag ?? '', digestOf(manifest)].map((name) => [name, manifest] as const)),
  );
  const blobs = new Map(artifacts.flatMap((one) => one.blobs.map((blob) => [digestOf(blob), blob] as const)));
  return {
    manifest: async (_, reference) => manifests.get(reference),
    async blob(_, digest) {
      const found = blobs.get(digest);
      if (found === undefined) throw new WeavefluxError('NOT_FOUND', 'There is no such blob.');
      return found;
    },
    referrers: async () => undefined,
  };
}
