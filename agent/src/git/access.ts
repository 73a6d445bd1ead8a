import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WeavefluxError } from '@weaveflux/shared';
import { knownHosts } from './built-in-hosts.ts';
import { gitEnvironment, proxySecrets } from './environment.ts';
import { SshKey } from './keys.ts';
import { isThere, privateFolder, writePrivate } from './private-folder.ts';
import type { Remote } from './remote.ts';
import { Secret, type SecretStore, textOf } from './secret.ts';

export interface AccessOptions {
  readonly remote: Remote;
  readonly dataDir: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly tokenFile: string | undefined;
  readonly knownHostsFile: string | undefined;
  /** Where the Secret is mounted, and its key with the ssh key. */
  readonly secretFolder: string;
  readonly secretKey: string;
  /**
   * `namespace/name` of the Secret where a key that is made must be saved, since nothing else outlasts a pod: where it
   * cannot be, none is made. Absent = the data folder serves, too.
   */
  readonly keyMustLast?: string | undefined;
}

/** What the outside is, as it comes in from main. */
export interface AccessDeps {
  readonly secrets?: SecretStore | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly warn?: (message: string) => void;
}

/** The environment for one call to the remote, and what must never be shown of it. */
export interface Grant {
  readonly env: Record<string, string>;
  readonly secrets: readonly string[];
}

/**
 * git asks this for user and password. It answers only for the host that was configured: a server that redirects
 * elsewhere must not be given the token.
 */
const ASKPASS = `#!/bin/sh
case "$1" in
"Username for '$WEAVEFLUX_GIT_ORIGIN': ") printf '%s\\n' "$WEAVEFLUX_GIT_USERNAME" ;;
"Password for '$WEAVEFLUX_GIT_SCHEME://"*"@$WEAVEFLUX_GIT_HOST': ") printf '%s\\n' "$WEAVEFLUX_GIT_PASSWORD" ;;
*) exit 1 ;;
esac
`;

/** The agent's credentials for one remote, read anew for each call, so that rotated ones need no restart. */
export class Access {
  readonly #options: AccessOptions;
  readonly #deps: AccessDeps;
  readonly #secret: Secret;
  readonly #key: SshKey;
  readonly #folder: string;
  readonly #base: Record<string, string>;
  /** What the known_hosts file holds. */
  #hosts: string | undefined;

  private constructor(options: AccessOptions, deps: AccessDeps, folder: string, home: string) {
    this.#options = options;
    this.#deps = deps;
    this.#folder = folder;
    this.#base = gitEnvironment(deps.env ?? process.env, home, options.remote.kind);
    this.#secret = new Secret(options.secretFolder, deps.secrets, deps.now ?? Date.now);
    const { dataDir, secretKey, keyMustLast } = options;
    const warn = deps.warn ?? (() => undefined);
    const key = { dataKey: secretKey, dataDir, folder, env: this.#base, warn, mustLast: keyMustLast };
    this.#key = new SshKey(key, this.#secret);
  }

  static async open(options: AccessOptions, deps: AccessDeps): Promise<Access> {
    const home = join(options.dataDir, 'git', 'home');
    await mkdir(home, { recursive: true, mode: 0o700 });
    const folder = await privateFolder(options.dataDir, (deps.env ?? process.env).XDG_RUNTIME_DIR);
    if (isHttp(options.remote)) await writePrivate(join(options.dataDir, 'git', 'askpass'), ASKPASS, true);
    return new Access(options, deps, folder, home);
  }

  /** The environment of calls that stay on this machine. */
  get local(): Record<string, string> {
    return this.#base;
  }

  /** What one call to the remote needs. Errors: GIT_AUTH, GIT_HOST_KEY. */
  async grant(signal: AbortSignal): Promise<Grant> {
    const { remote } = this.#options;
    const proxies = proxySecrets(this.#deps.env ?? process.env);
    if (remote.kind === 'file') return { env: this.#base, secrets: proxies };
    const grant = remote.kind === 'ssh' ? await this.#ssh(signal) : await this.#https(signal);
    return { env: { ...this.#base, ...grant.env }, secrets: [...grant.secrets, ...proxies] };
  }

  /** The public half of the ssh key; `undefined` where none is used. */
  async publicKey(signal: AbortSignal): Promise<string | undefined> {
    return this.#options.remote.kind === 'ssh' ? this.#key.publicKey(signal) : undefined;
  }

  /** The server said no: the next grant asks the API for the Secret again. */
  refused(): void {
    this.#secret.forget();
  }

  async close(): Promise<void> {
    await this.#key.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ssh(signal: AbortSignal): Promise<Grant> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const identity = await this.#key.file(signal);
    const hosts = join(this.#folder, 'known_hosts');
    const known = knownHosts(await this.#hostTexts(signal));
    if (this.#hosts !== known || !(await isThere(hosts))) await writePrivate(hosts, known);
    this.#hosts = known;
    const command = ['ssh', '-F', 'none', '-i', identity, ...sshOptions(hosts, this.#options.timeout)];
    return { env: { GIT_SSH_COMMAND: command.map(quoted).join(' '), GIT_SSH_VARIANT: 'ssh' }, secrets: [] };
  }

  async #hostTexts(signal: AbortSignal): Promise<string[]> {
    const path = this.#options.knownHostsFile;
    const given = path === undefined ? undefined : await textOf(path);
    if (path !== undefined && given === undefined)
      throw new WeavefluxError('GIT_HOST_KEY', `--ssh-known-hosts names ${path}, which cannot be read or is empty.`);
    return [given, await this.#secret.value('known_hosts', signal)].filter((text) => text !== undefined);
  }

  async #https(signal: AbortSignal): Promise<Grant> {
    const { remote, dataDir } = this.#options;
    const { username, password } = await this.#login(signal);
    if (password === undefined && username === undefined) return { env: {}, secrets: [] };
    const env = {
      GIT_ASKPASS: join(dataDir, 'git', 'askpass'),
      WEAVEFLUX_GIT_ORIGIN: `${remote.kind}://${remote.host}`,
      WEAVEFLUX_GIT_SCHEME: remote.kind,
      WEAVEFLUX_GIT_HOST: remote.host,
      WEAVEFLUX_GIT_USERNAME: username ?? defaultUser(remote.host),
      WEAVEFLUX_GIT_PASSWORD: password ?? '',
    };
    // Some put the token where the user belongs.
    const hidden = password === undefined || password === 'x-oauth-basic' ? [username, password] : [password];
    const secrets = hidden.filter((text) => text !== undefined);
    return { env, secrets: [...secrets, ...secrets.map((text) => basic(env.WEAVEFLUX_GIT_USERNAME, text))] };
  }

  /** The token file first, then what stood in the URL, then the Secret. */
  async #login(signal: AbortSignal): Promise<{ username?: string | undefined; password?: string | undefined }> {
    const { tokenFile, remote } = this.#options;
    const username = remote.username ?? firstLine(await this.#secret.value('username', signal));
    if (tokenFile !== undefined) {
      const token = firstLine(await textOf(tokenFile));
      if (token !== undefined) return { username, password: token };
      throw new WeavefluxError(
        'GIT_AUTH',
        `--git-https-token-file names ${tokenFile}, which cannot be read or is empty.`,
      );
    }
    if (remote.password !== undefined) return { username, password: remote.password };
    const password = (await this.#secret.value('password', signal)) ?? (await this.#secret.value('token', signal));
    return { username, password: firstLine(password) };
  }
}

function sshOptions(hosts: string, timeout: number): string[] {
  const seconds = Math.max(1, Math.ceil(timeout / 1000));
  return [
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    `UserKnownHostsFile=${hosts}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'BatchMode=yes',
    'ControlMaster=no',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    `ConnectTimeout=${seconds}`,
    'ServerAliveInterval=15',
    'ServerAliveCountMax=2',
    // Older versions of ssh do not know the next one.
    'IgnoreUnknown=RequiredRSASize',
    'RequiredRSASize=2048',
    'HostKeyAlgorithms=-ssh-rsa,ssh-dss',
  ].flatMap((option) => ['-o', option]);
}

function isHttp(remote: Remote): boolean {
  return remote.kind === 'https' || remote.kind === 'http';
}

/** Most hosts take any user beside a token; Bitbucket wants this one. */
function defaultUser(host: string): string {
  return host === 'bitbucket.org' ? 'x-token-auth' : 'git';
}

function firstLine(text: string | undefined): string | undefined {
  const line = text?.split(/\r?\n/, 1)[0]?.trim();
  return line === '' ? undefined : line;
}

function basic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
