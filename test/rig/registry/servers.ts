import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { Certificate } from '../certificates.ts';
import { freePort } from '../ports.ts';
import { type RigProcess, startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';
import { run } from '../tools/run.ts';
import { ISSUER, SERVICE } from './tokens.ts';

/** A real registry that listens on 127.0.0.1, by plain http or its own TLS. */
export interface RegistryServer {
  readonly process: RigProcess;
  readonly port: number;
  readonly tls: boolean;
}

/** Starts go-containerregistry's registry: in memory, no TLS, no authentication. */
export async function startGgcr(): Promise<RegistryServer> {
  const [command, port] = await Promise.all([findTool('registry'), freePort()]);
  const process = await startProcess({ name: 'registry', command, args: ['-port', String(port)], grace: 0 });
  await process.ready(
    { what: 'registry to answer', deadline: 60_000, interval: 20 },
    async () => (await fetch(`http://127.0.0.1:${port}/v2/`)).ok,
  );
  return { process, port, tls: false };
}

/** How a distribution registry lets people in: by htpasswd, or by the tokens of an issuer. */
export type RegistryAuthentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly users: Readonly<Record<string, string>> }
  | { readonly kind: 'token'; readonly realm: string; readonly issuerCertificate: string };

/** Debian's `docker-registry` is distribution 2.8; `distribution` is version 3, which pages with `Link`. */
export type DistributionKind = 'docker-registry' | 'distribution';

/** What a distribution registry is started with. */
export interface DistributionOptions {
  readonly kind: DistributionKind;
  /** Where its files lie; there is a folder `store` in it. */
  readonly dir: string;
  readonly certificate: Certificate & { readonly ca: string };
  readonly authentication: RegistryAuthentication;
  readonly notifications?: Notifications | undefined;
  /** Tags to a page at most; version 3 alone has pages. */
  readonly pageSize?: number | undefined;
}

/** Starts a distribution registry with TLS of its own. */
export async function startDistribution(options: DistributionOptions): Promise<RegistryServer> {
  const { kind, dir, certificate, authentication, notifications, pageSize } = options;
  const command = kind === 'distribution' ? await findTool('distribution') : '/usr/bin/docker-registry';
  const port = await freePort();
  const [cert, key] = [join(dir, 'server.crt'), join(dir, 'server.key')];
  await Promise.all([writeFile(cert, certificate.cert), writeFile(key, certificate.key)]);
  const config = {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(dir, 'store') },
      delete: { enabled: true },
      cache: { blobdescriptor: 'inmemory' },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: `127.0.0.1:${port}`, secret: 'rig', tls: { certificate: cert, key } },
    ...(await authSection(dir, authentication)),
    ...(pageSize === undefined ? {} : { tags: { maxtags: pageSize } }),
    ...(notifications === undefined ? {} : { notifications: { endpoints: [endpointOf(notifications)] } }),
  };
  const file = join(dir, 'config.yml');
  await writeFile(file, JSON.stringify(config, null, 2));
  // Version 3 sends traces to a collector unless told.
  const env = { OTEL_TRACES_EXPORTER: 'none' };
  const process = await startProcess({ name: kind, command, args: ['serve', file], env, grace: 0 });
  const dispatcher = new Agent({ connect: { ca: certificate.ca } });
  await process.ready({ what: `${kind} to answer`, deadline: 60_000, interval: 20 }, async () => {
    const { statusCode, body } = await request(`https://127.0.0.1:${port}/v2/`, { dispatcher });
    await body.dump();
    return statusCode;
  });
  await dispatcher.destroy();
  return { process, port, tls: true };
}

/** Where a distribution registry tells of what happens in it (distribution, "Notifications"). */
export interface Notifications {
  readonly url: string;
  readonly authorization: string;
}

function endpointOf({ url, authorization }: Notifications): object {
  const headers = { Authorization: [authorization] };
  // Whoever answers slowly must not be told twice.
  return { name: 'weaveflux', url, headers, timeout: '30s', threshold: 2, backoff: '1s' };
}

async function authSection(dir: string, authentication: RegistryAuthentication): Promise<object> {
  if (authentication.kind === 'none') return {};
  if (authentication.kind === 'basic') {
    const path = join(dir, 'htpasswd');
    const lines = await Promise.all(
      // Each request hashes again: the lowest cost that the format allows keeps the suites quick.
      Object.entries(authentication.users).map(([name, password]) =>
        run('htpasswd', ['-Bbn', '-C', '4', name, password]),
      ),
    );
    await writeFile(path, lines.join(''));
    return { auth: { htpasswd: { realm: 'rig', path } } };
  }
  const bundle = join(dir, 'issuer.crt');
  await writeFile(bundle, authentication.issuerCertificate);
  return { auth: { token: { realm: authentication.realm, service: SERVICE, issuer: ISSUER, rootcertbundle: bundle } } };
}
