import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tag } from '../api/images.ts';
import type { Change } from '../api/requests.ts';
import { manifestsOf } from '../manifests/load.ts';
import { parseFile } from '../yaml/documents.ts';
import { applyChanges } from './apply.ts';
import type { ChangeRequest } from './context.ts';
import { planChanges } from './plan.ts';
import { DIGEST, deployment, FILE } from './testing.ts';

const TEXT = deployment('- name: app', '  image: r.io/app:1.0');
const workload = 'shop:deployment/app';
const refusal = 'no signature of it was found';

const cases: readonly {
  readonly name: string;
  readonly change: Change;
  readonly signature?: { readonly refusal?: string };
  /** The image afterwards. */
  readonly image: string;
  readonly refused?: RegExp;
}[] = [
  {
    name: 'where nothing is required a release writes the tag',
    change: { kind: 'release', workload, tag: '1.1' },
    image: 'r.io/app:1.1',
  },
  {
    name: 'what is signed as it must be is written with its digest',
    change: { kind: 'release', workload, tag: '1.1' },
    signature: {},
    image: `r.io/app:1.1@${DIGEST}`,
  },
  {
    name: 'a release of what is not signed is refused with the reason',
    change: { kind: 'release', workload, tag: '1.1' },
    signature: { refusal },
    image: 'r.io/app:1.0',
    refused:
      /^shop:deployment\/app cannot take 1\.1, because no signature of it was found; sign it, or release it with --force\.$/,
  },
  {
    name: 'what the policy chooses is refused, too',
    change: { kind: 'release', workload },
    signature: { refusal },
    image: 'r.io/app:1.0',
    refused: /cannot take 1\.1/,
  },
  {
    name: 'by force it is released, with its digest',
    change: { kind: 'release', workload, tag: '1.1', force: true },
    signature: { refusal },
    image: `r.io/app:1.1@${DIGEST}`,
  },
  {
    name: 'a pin at a tag that is not signed is refused',
    change: { kind: 'pin', workload, tag: '1.1' },
    signature: { refusal },
    image: 'r.io/app:1.0',
    refused: /cannot take 1\.1/,
  },
  {
    name: 'an automation that would begin with it is refused',
    change: { kind: 'automate', workload, fromNow: true },
    signature: { refusal },
    image: 'r.io/app:1.0',
    refused: /cannot take 1\.1/,
  },
  {
    name: 'going back is not checked',
    change: { kind: 'rollback', workload, to: '0.9' },
    signature: { refusal },
    image: 'r.io/app:0.9',
  },
  {
    name: 'what is in the file already is not checked',
    change: { kind: 'release', workload, tag: '1.0' },
    signature: { refusal },
    image: 'r.io/app:1.0',
  },
];

for (const { name, change, signature, image, refused } of cases) {
  test(name, () => {
    const request: ChangeRequest = {
      manifests: manifestsOf(parseFile(FILE, TEXT)).manifests,
      changes: [change],
      requestedBy: { name: 'Ada' },
      tagsFor: () => [{ tag: '0.9' }, { tag: '1.0' }, { tag: '1.1', digest: DIGEST }],
      previousTag: () => '0.9',
      chosenTag: () => ({ tag: '1.1', digest: DIGEST }),
      signatureOf: () => signature,
    };
    const { edits, outcomes } = planChanges(request);
    const text = applyChanges(new Map([[FILE, TEXT]]), edits).get(FILE) ?? TEXT;
    assert.equal(/image: (.+)/.exec(text)?.[1], image);
    if (refused !== undefined) assert.match(outcomes[0]?.message ?? '', refused);
  });
}

const OLD = `sha256:${'0'.repeat(64)}`;
const backs: readonly {
  readonly name: string;
  readonly to?: string;
  /** The digest that the history has. */
  readonly past?: string;
  readonly isPastKnown?: false;
  readonly tags?: readonly Tag[];
  readonly image: string;
}[] = [
  {
    name: 'the digest of the history is written, also while no registry is asked',
    past: OLD,
    image: `r.io/app:0.9@${OLD}`,
  },
  { name: 'the tag alone is written where the history has no digest and no registry is asked', image: 'r.io/app:0.9' },
  {
    name: 'the digest of the registry is written where the history has none',
    tags: [{ tag: '0.9', digest: DIGEST }],
    image: `r.io/app:0.9@${DIGEST}`,
  },
  {
    name: 'a tag that was moved is written with the digest that it had',
    past: OLD,
    tags: [{ tag: '0.9', digest: DIGEST }],
    image: `r.io/app:0.9@${OLD}`,
  },
  {
    name: 'to the tag that is in the file nothing is written',
    to: '1.0',
    past: OLD,
    image: `r.io/app:1.0@${DIGEST}`,
  },
  { name: 'where nobody knows the history a digest is not lost', isPastKnown: false, image: `r.io/app:1.0@${DIGEST}` },
];

for (const { name, to, past, isPastKnown, tags, image } of backs) {
  test(`going back: ${name}`, () => {
    const text = TEXT.replace('r.io/app:1.0', `r.io/app:1.0@${DIGEST}`);
    const request: ChangeRequest = {
      manifests: manifestsOf(parseFile(FILE, text)).manifests,
      changes: [{ kind: 'rollback', workload, ...(to === undefined ? {} : { to }) }],
      requestedBy: { name: 'Ada' },
      tagsFor: () => tags,
      previousTag: () => '0.9',
      ...(isPastKnown === false ? {} : { previousDigest: () => past }),
      chosenTag: () => undefined,
      signatureOf: () => ({ refusal: 'its registry could not be asked whether it is signed' }),
    };
    const { edits } = planChanges(request);
    const after = applyChanges(new Map([[FILE, text]]), edits).get(FILE) ?? text;
    assert.equal(/image: (.+)/.exec(after)?.[1], image);
  });
}
