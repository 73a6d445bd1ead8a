import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, type RigEcr, startEcr, temporaryDirectory } from '../rig/index.ts';

const SCAN = fileURLToPath(new URL('../support/registry-scan.ts', import.meta.url));
const ROLE = 'arn:aws:iam::123456789012:role/weaveflux';
const run = promisify(execFile);

/** Each identity that AWS gives to pods and machines, in a process of its own: AWS's client remembers the first it meets. */
describe('AWS identities that open ECR', { concurrency: false }, () => {
  let ecr: RigEcr;
  let common: Record<string, string>;
  const dir = temporaryDirectory('identities');

  before(async () => {
    ecr = await startEcr();
    await ecr.push('shop/cart', { tag: '1.0.0', pushed: '2026-01-01T00:00:00Z' });
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = ecr.env;
    common = { ...env, PATH: process.env.PATH ?? '', HOME: dir, TMPDIR: dir };
  });
  after(() => ecr?.stop());

  async function scan(env: Readonly<Record<string, string>>): Promise<{ tags: string[]; problem?: string }> {
    const args = [SCAN, `${ecr.host()}/shop/cart`];
    const { stdout } = await run(process.execPath, args, { env: { ...common, ...env }, timeout: 60_000 });
    return JSON.parse(stdout);
  }

  test('keys in the environment', async () => {
    assert.deepEqual(await scan({ AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }), { tags: ['1.0.0'] });
  });

  test('a service account with a role (IRSA)', async () => {
    const token = join(dir, 'web-identity');
    await writeFile(token, 'a-projected-token');
    const irsa = { AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: ROLE, AWS_ENDPOINT_URL_STS: ecr.awsUrl };
    assert.deepEqual(await scan({ ...irsa, AWS_REGION: 'eu-central-1' }), { tags: ['1.0.0'] });
  });

  test('Pod Identity of EKS', async () => {
    const asked: (string | undefined)[] = [];
    const agent = createServer((request, response) => {
      asked.push(request.headers.authorization);
      const until = new Date(Date.now() + 3_600_000).toISOString();
      response.end(
        JSON.stringify({ AccessKeyId: 'pod', SecretAccessKey: 'secret', Token: 'session', Expiration: until }),
      );
    });
    const port = await freePort();
    await new Promise<void>((resolve) => agent.listen(port, '127.0.0.1', resolve));
    try {
      const token = join(dir, 'pod-identity');
      await writeFile(token, 'a-pod-token');
      const found = await scan({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token,
      });
      assert.deepEqual([found, asked], [{ tags: ['1.0.0'] }, ['a-pod-token']]);
    } finally {
      agent.close();
    }
  });

  test('the role of the instance', async () => {
    const found = await scan({ AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: ecr.awsUrl });
    assert.deepEqual(found, { tags: ['1.0.0'] });
  });

  test('nobody: the status says what to do', async () => {
    const { tags, problem } = await scan({});
    assert.deepEqual(tags, []);
    assert.match(problem ?? '', /no AWS identity was found; give the agent’s service account a role/);
  });
});
