import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  createAzureLogins,
  freePort,
  type RegistryOptions,
  type RigRegistry,
  startForwardProxy,
  startRegistry,
  temporaryDirectory,
} from '../rig/index.ts';

const SCAN = fileURLToPath(new URL('../support/registry-scan.ts', import.meta.url));
const run = promisify(execFile);

/** A cloud's registry under its own name, and scans of it by a process with one of the cloud's identities. */
interface CloudWorld extends AsyncDisposable {
  readonly registry: RigRegistry;
  scan(env: Readonly<Record<string, string>>): Promise<{ tags: string[]; problem?: string }>;
}

async function startCloud(host: string, options: RegistryOptions): Promise<CloudWorld> {
  const registry = await startRegistry({ ...options, names: [host] });
  await registry.pushTags('team/app', ['1.0.0', '1.1.0']);
  const proxy = await startForwardProxy({ [`${host}:443`]: Number(registry.host.split(':')[1]) });
  const home = temporaryDirectory('cloud');
  const common = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    TMPDIR: home,
    HTTPS_PROXY: proxy.url,
    NO_PROXY: '127.0.0.1,localhost,169.254.169.254',
    SSL_CERT_FILE: registry.caFile,
  };
  return {
    registry,
    async scan(env) {
      const { stdout } = await run(process.execPath, [SCAN, `${host}/team/app`], {
        env: { ...common, ...env },
        timeout: 60_000,
      });
      return JSON.parse(stdout);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([registry.stop(), proxy[Symbol.asyncDispose]()]);
    },
  };
}

/** A metadata server of a cloud on this machine; gives `host:port`. */
async function startMetadata(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<AsyncDisposable & { readonly address: string }> {
  const server = createServer(answer);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('Artifact Registry of Google', { concurrency: true }, () => {
  const HOST = 'europe-docker.pkg.dev';

  test('the service account of the cluster opens it', async () => {
    await using world = await startCloud(HOST, { users: { oauth2accesstoken: 'a-google-token' } });
    await using metadata = await startMetadata((request, response) => {
      const path = request.url ?? '';
      response.setHeader('metadata-flavor', 'Google');
      response.setHeader('content-type', 'application/json');
      if (path.includes('/token')) {
        response.end(JSON.stringify({ access_token: 'a-google-token', expires_in: 3600, token_type: 'Bearer' }));
      } else response.end(JSON.stringify('rig'));
    });
    assert.deepEqual(await world.scan({ GCE_METADATA_HOST: metadata.address }), { tags: ['1.0.0', '1.1.0'] });
  });

  test('without an identity it is asked as nobody, which public images allow', async () => {
    await using world = await startCloud(HOST, { users: {} });
    assert.deepEqual(await world.scan({ METADATA_SERVER_DETECTION: 'none' }), { tags: ['1.0.0', '1.1.0'] });
  });
});

describe('Azure Container Registry', { concurrency: true }, () => {
  const HOST = 'rig.azurecr.io';
  const TOKEN = 'an-azure-token';

  test('the managed identity is exchanged there, and opens nothing but registries', async () => {
    const logins = createAzureLogins(HOST, TOKEN);
    await using world = await startCloud(HOST, { users: {}, intercept: logins.intercept });
    const asked: URL[] = [];
    await using metadata = await startMetadata((request, response) => {
      asked.push(new URL(request.url ?? '/', 'http://rig'));
      const expires = Math.floor(Date.now() / 1000) + 3600;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: TOKEN, expires_on: String(expires), token_type: 'Bearer' }));
    });
    const identity = { IDENTITY_ENDPOINT: `http://${metadata.address}/msi/token`, IDENTITY_HEADER: 'rig' };
    assert.deepEqual(await world.scan(identity), { tags: ['1.0.0', '1.1.0'] });
    assert.equal(asked[0]?.searchParams.get('resource'), 'https://containerregistry.azure.net');
    assert.deepEqual(
      logins.forms.map((form) => form.get('grant_type')),
      ['access_token', 'refresh_token'],
    );
    assert.equal(logins.forms[1]?.get('scope'), 'repository:team/app:pull');
  });

  test('an identity that the registry does not take is said to lack its role', async () => {
    const logins = createAzureLogins(HOST, 'another-token');
    await using world = await startCloud(HOST, { users: {}, intercept: logins.intercept });
    await using metadata = await startMetadata((_, response) => {
      const expires = Math.floor(Date.now() / 1000) + 3600;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: TOKEN, expires_on: String(expires), token_type: 'Bearer' }));
    });
    const identity = { IDENTITY_ENDPOINT: `http://${metadata.address}/msi/token`, IDENTITY_HEADER: 'rig' };
    const { tags, problem } = await world.scan(identity);
    assert.deepEqual(tags, []);
    assert.match(problem ?? '', /rig\.azurecr\.io does not take the Azure identity.*AcrPull/);
    assert.ok(!problem?.includes(TOKEN));
  });
});
