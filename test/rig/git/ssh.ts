import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { type RigProcess, startProcess } from '../processes.ts';
import type { Outage } from '../switch.ts';
import { run } from '../tools/run.ts';
import { temporaryDirectory } from '../watchdog.ts';
import { createRepositories, type Repositories } from './repositories.ts';

/** sshd starts itself anew for each connection and insists on an absolute path. */
export const SSHD = '/usr/sbin/sshd';

/** A key pair in OpenSSH's formats. */
export interface DeployKey {
  /** Path of the private key, mode 0600. */
  readonly file: string;
  readonly privateKey: string;
  /** One line, as it is pasted into a forge. */
  readonly publicKey: string;
}

/** Git over ssh by a real sshd; needs root (or logs in as who runs it). */
export interface SshGit extends Repositories, AsyncDisposable {
  /** `ssh://root@<address>:<port>`; a repository is at `<url>/<name>.git`. */
  readonly url: string;
  readonly port: number;
  /** What a client must know of the host: the line of a known_hosts file. */
  readonly knownHosts: string;
  readonly knownHostsFile: string;
  /** May push. */
  readonly key: DeployKey;
  /** May only fetch. */
  readonly readOnlyKey: DeployKey;
  /** A key that is not let in until it is allowed. */
  createKey(): Promise<DeployKey>;
  /** Lets a public key in, as adding a deploy key to a forge does. */
  allow(publicKey: string, access?: 'read' | 'write'): Promise<void>;
  /** Gives the host another key; the known_hosts line is the old one's. */
  changeHostKey(): Promise<void>;
  /** Goes away: refuses connections unless told to hang. */
  outage(how?: Outage): Promise<void>;
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/** Where sshd listens. */
export interface SshGitOptions {
  /** IPv4 address; 127.0.0.1 unless told. */
  readonly address?: string;
}

/** Starts sshd on a free port, with a host key and two deploy keys of its own. */
export async function startSshGit({ address = '127.0.0.1' }: SshGitOptions = {}): Promise<SshGit> {
  const dir = temporaryDirectory('ssh');
  const root = join(dir, 'repositories');
  const port = await freePort();
  const listen = { host: address, port };
  await mkdir(root);
  await chmod(dir, 0o755);
  const keys = createKeys(dir);
  const [host, key, readOnlyKey] = await Promise.all([keys.make('host'), keys.make('deploy'), keys.make('read-only')]);
  const authorized = join(dir, 'authorized_keys');
  const command = await writeCommand(dir, root);
  const lines: string[] = [];
  async function allow(publicKey: string, access: 'read' | 'write' = 'write'): Promise<void> {
    lines.push(`restrict,command="${command} ${access}" ${publicKey.trim()}`);
    await writeFile(authorized, `${lines.join('\n')}\n`, { mode: 0o600 });
  }
  await allow(key.publicKey);
  await allow(readOnlyKey.publicKey, 'read');
  const knownHosts = `[${address}]:${port} ${host.publicKey.split(' ').slice(0, 2).join(' ')}`;
  const knownHostsFile = join(dir, 'known_hosts');
  await writeFile(knownHostsFile, `${knownHosts}\n`);
  let hostKeyFile = host.file;
  let process = await startSshd(dir, listen, hostKeyFile, authorized);

  async function recover(): Promise<void> {
    process.signal('SIGCONT');
    if (!process.running) process = await startSshd(dir, listen, hostKeyFile, authorized);
  }
  async function stop(): Promise<void> {
    await process.stop();
    await rm(dir, { recursive: true, force: true });
  }
  const url = `ssh://${userInfo().username}@${address}:${port}`;
  return {
    ...createRepositories(root, (name) => `${url}/${name}.git`),
    url,
    port,
    knownHosts,
    knownHostsFile,
    key,
    readOnlyKey,
    createKey: () => keys.make('more'),
    allow,
    async changeHostKey() {
      hostKeyFile = (await keys.make('host-changed')).file;
      await process.stop();
      await recover();
    },
    async outage(how = 'refuse') {
      if (how === 'hang') process.signal('SIGSTOP');
      else await process.stop();
    },
    recover,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function createKeys(dir: string): { make(name: string): Promise<DeployKey> } {
  let made = 0;
  return {
    async make(name) {
      made += 1;
      const file = join(dir, `${name}-${made}`);
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
      const [privateKey, publicKey] = await Promise.all([readFile(file, 'utf8'), readFile(`${file}.pub`, 'utf8')]);
      return { file, privateKey, publicKey: publicKey.trim() };
    },
  };
}

/** The program that every key is tied to: it takes git's two commands, for repositories of this server only. */
async function writeCommand(dir: string, root: string): Promise<string> {
  const file = join(dir, 'serve');
  const script = `#!/bin/sh
access=$1
set -f
set -- $SSH_ORIGINAL_COMMAND
path=$(printf '%s' "$2" | tr -d "'")
case $path in *..*) echo 'ERROR: Repository not found.' >&2; exit 1 ;; esac
repository="${root}/\${path#/}"
[ -d "$repository" ] || { echo 'ERROR: Repository not found.' >&2; exit 1; }
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
case $1 in
  git-upload-pack) exec git upload-pack "$repository" ;;
  git-receive-pack)
    [ "$access" = write ] && exec git receive-pack "$repository"
    echo 'ERROR: The key you are authenticating with has been marked as read only.' >&2
    exit 1 ;;
esac
echo 'ERROR: only git is served here' >&2
exit 1
`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

interface Listen {
  readonly host: string;
  readonly port: number;
}

async function startSshd(dir: string, listen: Listen, hostKey: string, authorized: string): Promise<RigProcess> {
  const config = join(dir, 'sshd_config');
  const lines = [
    `Port ${listen.port}`,
    `ListenAddress ${listen.host}`,
    `HostKey ${hostKey}`,
    `PidFile ${join(dir, 'sshd.pid')}`,
    `AuthorizedKeysFile ${authorized}`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UseDNS no',
    'MaxStartups 100',
    'LogLevel VERBOSE',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  // Privilege separation wants this directory; Debian makes it when its own service starts.
  await mkdir('/run/sshd', { recursive: true }).catch(() => undefined);
  const process = await startProcess({ command: SSHD, args: ['-D', '-e', '-f', config], grace: 1000 });
  await process.ready({ what: 'sshd to listen', deadline: 60_000, interval: 20 }, () => greets(listen));
  return process;
}

function greets(listen: Listen): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(listen.port, listen.host);
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('data', () => socket.destroy().emit('greeted'));
    socket.once('greeted', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
