import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, createAuthority } from '../certificates.ts';
import { freePort } from '../ports.ts';
import type { Outage } from '../switch.ts';
import { temporaryDirectory } from '../watchdog.ts';
import { type DoorOptions, openDoor } from './door.ts';
import { createFaults, type Fault, type RegistryRequest } from './faults.ts';
import { createPusher, type Pusher } from './push.ts';
import {
  type DistributionKind,
  type DistributionOptions,
  type Notifications,
  type RegistryAuthentication,
  type RegistryServer,
  startDistribution,
  startGgcr,
} from './servers.ts';
import { createTokenIssuer, type TokenIssuer } from './tokens.ts';

/** The registries that there are. */
export type RegistryKind = 'ggcr' | DistributionKind;

/** What can be chosen. */
export interface RegistryOptions {
  /**
   * go-containerregistry's (in memory, very fast) unless told. Debian's docker-registry (distribution 2.8) gives all tags at
   * once, in any order; distribution 3 gives them in the order of their characters, in pages with `Link`.
   */
  readonly kind?: RegistryKind;
  /** Passwords by name; nobody has to log in when it is empty. `{robot: 's3cret'}` unless told. */
  readonly users?: Readonly<Record<string, string>>;
  /** With the two distributions, `token` makes it ask for bearer tokens, which `tokens` issues at `/token`. */
  readonly auth?: 'basic' | 'token';
  /** ggcr pages (`n`, `last`) without the `Link` header that the specification asks for: true adds it. */
  readonly links?: boolean;
  /** At most so many tags a page, whatever is asked for: a setting of distribution 3, which the door makes up for the others. */
  readonly pageSize?: number;
  /** More names that its certificate is for, such as a cloud's. */
  readonly names?: readonly string[];
  /** Authority of the certificates that clients must show; nobody must without it. */
  readonly clientCa?: string;
  /** Whom a distribution tells of what happens in it. */
  readonly notifications?: Notifications;
  /** Answers in the registry's place what a cloud's registry adds to it; true when it did. */
  readonly intercept?: DoorOptions['intercept'];
  /** IPv4 address where it listens, which `host` then begins with instead of `localhost`; 127.0.0.1 unless told. */
  readonly address?: string;
}

const LOOPBACK = '127.0.0.1';

/** A real registry with TLS and users, behind a door where its faults are made. */
export interface RigRegistry extends Omit<Pusher, 'close'>, AsyncDisposable {
  /** `localhost:<port>` (or its address): what an image reference begins with. */
  readonly host: string;
  /** `https://<host>`. */
  readonly url: string;
  readonly ca: string;
  readonly caFile: string;
  /** A distribution by its own TLS, without the door; the same as `host` for ggcr. */
  readonly directHost: string;
  readonly users: Readonly<Record<string, string>>;
  readonly tokens: TokenIssuer | undefined;
  /** What stands in `.dockerconfigjson` of an imagePullSecret, for the first user or another; a wrong password when one is given. */
  dockerConfig(user?: string, password?: string): string;
  /** Everything asked at the door so far, pushes by this object excepted; empty it as you like. */
  readonly requests: RegistryRequest[];
  /** Something goes wrong from now on; disposing it, or `clearFaults`, takes it back. */
  fault(fault: Fault): Disposable;
  clearFaults(): void;
  /** Goes away, by refusing connections unless told; open ones are cut. */
  outage(how?: Outage): Promise<void>;
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a registry on free ports, of 127.0.0.1 unless told. */
export async function startRegistry(options: RegistryOptions = {}): Promise<RigRegistry> {
  const { kind = 'ggcr', users = { robot: 's3cret' }, auth = 'basic', address = LOOPBACK, names = [] } = options;
  if (kind === 'ggcr' && auth === 'token')
    throw new Error('bearer tokens need the kind docker-registry or distribution');
  const dir = temporaryDirectory('registry');
  const authority = createAuthority('weaveflux-rig-registry');
  const addresses = [...new Set([LOOPBACK, address])];
  const certificate = authority.issue({ commonName: 'registry', dnsNames: ['localhost', ...names], addresses });
  const port = await freePort();
  const host = `${address === LOOPBACK ? 'localhost' : address}:${port}`;
  const caFile = join(dir, 'ca.crt');
  await writeFile(caFile, authority.cert);
  const issuing = auth === 'token' ? createAuthority('weaveflux-rig-issuer', 'rsa') : undefined;
  const tokens = issuing && createTokenIssuer(issuing, users);
  const server =
    kind === 'ggcr'
      ? await startGgcr()
      : await startDistribution({
          kind,
          dir,
          certificate: await ownCertificate(dir, authority),
          authentication: authenticationOf(users, issuing, `https://${host}/token`),
          notifications: options.notifications,
          pageSize: kind === 'distribution' ? options.pageSize : undefined,
        });
  const faults = createFaults();
  const requests: RegistryRequest[] = [];
  const power = await openDoor({
    address,
    port,
    certificate,
    clientCa: options.clientCa,
    upstream: { port: server.port, ...(server.tls ? { ca: authority.cert } : {}) },
    faults,
    requests,
    links: options.links ?? false,
    ...(kind === 'ggcr' && Object.keys(users).length > 0 ? { users } : {}),
    ...withIntercept(tokens?.intercept ?? options.intercept),
    ...(options.pageSize === undefined || kind === 'distribution' ? {} : { pageSize: options.pageSize }),
  });
  const pusher = createPusher({
    url: `${server.tls ? 'https' : 'http'}://127.0.0.1:${server.port}`,
    ...(server.tls ? { ca: authority.cert } : {}),
    deletesByDigest: server.tls,
    authorization: (name) => authorizationFor(name, server, users, tokens),
  });

  async function stop(): Promise<void> {
    await Promise.all([power.outage(), pusher.close(), server.process.stop()]);
    await rm(dir, { recursive: true, force: true });
  }
  return {
    pushImage: pusher.pushImage,
    pushArtifact: pusher.pushArtifact,
    pushTags: pusher.pushTags,
    deleteTag: pusher.deleteTag,
    host,
    url: `https://${host}`,
    ca: authority.cert,
    caFile,
    directHost: server.tls ? `localhost:${server.port}` : host,
    users,
    tokens,
    dockerConfig: (user = Object.keys(users)[0] ?? '', password = users[user] ?? '') =>
      JSON.stringify({ auths: { [host]: { username: user, password, auth: basic(user, password) } } }),
    requests,
    fault: faults.add,
    clearFaults: faults.clear,
    outage: power.outage,
    recover: power.recover,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function withIntercept(intercept: DoorOptions['intercept']): Pick<DoorOptions, 'intercept'> {
  return intercept === undefined ? {} : { intercept };
}

/** What the registry behind the door shows; makes the folder for its files, too. */
async function ownCertificate(dir: string, authority: Authority): Promise<DistributionOptions['certificate']> {
  await mkdir(join(dir, 'store'));
  const issued = authority.issue({ commonName: 'registry', dnsNames: ['localhost'], addresses: [LOOPBACK] });
  return { ...issued, ca: authority.cert };
}

function authenticationOf(
  users: Readonly<Record<string, string>>,
  issuing: Authority | undefined,
  realm: string,
): RegistryAuthentication {
  if (issuing) return { kind: 'token', realm, issuerCertificate: issuing.cert };
  return Object.keys(users).length === 0 ? { kind: 'none' } : { kind: 'basic', users };
}

function authorizationFor(
  name: string,
  server: RegistryServer,
  users: Readonly<Record<string, string>>,
  tokens: TokenIssuer | undefined,
): string | undefined {
  if (!server.tls) return undefined;
  if (tokens) return `Bearer ${tokens.issue('rig', [`repository:${name}:pull,push,delete`])}`;
  const [user] = Object.keys(users);
  return user === undefined ? undefined : `Basic ${basic(user, users[user] ?? '')}`;
}

function basic(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}
