import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type ErrorCode, WeavefluxError } from '@weaveflux/shared';
import { createArtifactReader } from './artifacts.ts';
import type { RegistryClient } from './client.ts';
import { parsePlace } from './place.ts';

const REPOSITORY = { name: 'example.test/app', credentials: [] };
const BODY = Buffer.from('{"layers":[]}');
const DIGEST = `sha256:${createHash('sha256').update(BODY).digest('hex')}`;
const WRONG = `sha256:${'0'.repeat(64)}`;
const signal = AbortSignal.timeout(10_000);

function readerOf(answer: Buffer | ErrorCode) {
  const asked: string[] = [];
  const client: RegistryClient = {
    async ask({ target }) {
      asked.push(String(target));
      if (typeof answer === 'string') throw new WeavefluxError(answer, 'The registry says no.');
      return { status: 200, headers: {}, body: answer, url: new URL('https://example.test/') };
    },
  };
  const targetOf = async () => ({ place: parsePlace(REPOSITORY.name), credentials: [] });
  return { reader: createArtifactReader({ client, targetOf }), asked };
}

describe('what lies beside images', () => {
  it('is asked for by tag, by digest, and by what it refers to', async () => {
    const { reader, asked } = readerOf(BODY);
    assert.equal(await reader.manifest(REPOSITORY, 'sha256-aa.sig', signal), BODY);
    assert.equal(await reader.manifest(REPOSITORY, DIGEST, signal), BODY);
    assert.equal(await reader.blob(REPOSITORY, DIGEST, 100, signal), BODY);
    assert.equal(await reader.referrers(REPOSITORY, DIGEST, 'a/b+json', signal), BODY);
    assert.deepEqual(asked, [
      '/v2/app/manifests/sha256-aa.sig',
      `/v2/app/manifests/${DIGEST}`,
      `/v2/app/blobs/${DIGEST}`,
      `/v2/app/referrers/${DIGEST}?artifactType=a%2Fb%2Bjson`,
    ]);
  });

  it('is not believed where it is not what its digest says', async () => {
    const { reader } = readerOf(BODY);
    const refused = { code: 'REGISTRY_FAILED', message: /not what its digest says/ };
    await assert.rejects(reader.manifest(REPOSITORY, WRONG, signal), refused);
    await assert.rejects(reader.blob(REPOSITORY, WRONG, 100, signal), refused);
    await assert.rejects(reader.blob(REPOSITORY, 'md5:00', 100, signal), refused);
  });

  for (const code of ['NOT_FOUND', 'INVALID_REQUEST'] as const) {
    it(`may not be there (${code})`, async () => {
      const { reader } = readerOf(code);
      assert.equal(await reader.manifest(REPOSITORY, 'a.sig', signal), undefined);
      assert.equal(await reader.referrers(REPOSITORY, DIGEST, 'a', signal), undefined);
      await assert.rejects(reader.blob(REPOSITORY, DIGEST, 100, signal), { code });
    });
  }

  for (const code of ['REGISTRY_AUTH', 'REGISTRY_UNREACHABLE', 'REGISTRY_RATE_LIMIT'] as const) {
    it(`is not said to be missing where nobody could look (${code})`, async () => {
      const { reader } = readerOf(code);
      await assert.rejects(reader.manifest(REPOSITORY, 'a.sig', signal), { code });
      if (code === 'REGISTRY_AUTH') return;
      await assert.rejects(reader.referrers(REPOSITORY, DIGEST, 'a', signal), { code });
    });
  }

  it('has no list where a registry refuses to everybody what it has no API for', async () => {
    assert.equal(await readerOf('REGISTRY_AUTH').reader.referrers(REPOSITORY, DIGEST, 'a', signal), undefined);
  });
});
