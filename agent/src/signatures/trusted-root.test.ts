import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadSigstore } from './sigstore.ts';
import { createTestSigstore } from './testing-sigstore.ts';
import { createTrustedRoot } from './trusted-root.ts';

const DAY = 24 * 60 * 60_000;
const MINUTE = 60_000;

describe('the trusted root', () => {
  it('is read from its file each time, and a file that is none is said to be', async () => {
    const sigstore = await loadSigstore();
    const folder = await mkdtemp(join(tmpdir(), 'root-'));
    try {
      const file = join(folder, 'root.json');
      const root = createTrustedRoot({ file, folder, now: () => 0 });
      const unreadable = { code: 'UNREADABLE_FILE', message: /--sigstore-trusted-root/ };
      await assert.rejects(root(sigstore), unreadable);
      await writeFile(file, '[');
      await assert.rejects(root(sigstore), unreadable);
      await writeFile(file, (await createTestSigstore()).trustedRoot);
      assert.equal((await root(sigstore)).certificateAuthorities.length, 1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('of the public instance is fetched once for all who ask, kept for a day, and longer where it cannot be fetched', async () => {
    const sigstore = await loadSigstore();
    const { trustedRoot } = await createTestSigstore();
    let [fetched, now, isUp] = [0, 0, false];
    const fetchRoot = async () => {
      fetched += 1;
      if (!isUp) throw new Error('no such host');
      return sigstore.readRoot(JSON.parse(trustedRoot));
    };
    const root = createTrustedRoot({ file: undefined, folder: '/nowhere', now: () => now }, fetchRoot);
    await assert.rejects(root(sigstore), { code: 'REGISTRY_UNREACHABLE', message: /tuf-repo-cdn\.sigstore\.dev/ });
    isUp = true;
    await assert.rejects(root(sigstore), { code: 'REGISTRY_UNREACHABLE' }, 'it is left alone for a while');
    assert.equal(fetched, 1);
    now = 6 * MINUTE;
    const [one, other] = await Promise.all([root(sigstore), root(sigstore)]);
    assert.equal(one, other);
    await root(sigstore);
    assert.equal(fetched, 2);
    isUp = false;
    now += DAY;
    assert.equal(await root(sigstore), one);
    assert.equal(fetched, 3);
  });
});
