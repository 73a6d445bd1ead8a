import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { asWeavefluxError, parseYamlValue } from '@weaveflux/shared';
import { checkBranch, parseRemote } from '../git/remote.ts';
import type { SigningKey } from '../git/signing.ts';
import { redact } from '../text/redact.ts';
import { flagOf, fromArguments, fromEnvironment, fromFile, type Given, invalid, variable } from './arguments.ts';
import { FLAGS, type FlagName } from './flags.ts';
import { REFUSED, REPLACED } from './flux-flags.ts';
import { forgeConfig } from './forge.ts';
import type { AgentConfig } from './types.ts';
import { splitList, type ValueType } from './values.ts';

/** One flag's texts and how the person would find them: `--git-url`, `WEAVEFLUX_GIT_URL`, `git-url in agent.yaml`. */
interface Setting {
  readonly texts: readonly string[];
  readonly shown: string;
}

type ValueOf<N extends FlagName> = (typeof FLAGS)[N]['type'] extends ValueType<infer T> ? T : never;
type Read<N extends FlagName> = (typeof FLAGS)[N]['default'] extends string ? ValueOf<N> : ValueOf<N> | undefined;

/**
 * The settings of the agent: flags over `WEAVEFLUX_*` over the `--config` file over defaults. An empty text means the
 * default. Errors: INVALID_FLAG, one sentence with the flag, what it got and what it takes.
 */
export function parseConfig(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  readFile: (path: string) => string,
): { config: AgentConfig } {
  const settings = collect(argv, env, readFile);
  const warnings = [...refuseOrReplace(settings)];
  const read = reader(settings);
  const url = read('git-url');
  if (url === undefined)
    throw invalid('--git-url is missing; it takes the URL of the repository that holds the environment.');
  const remote = parseRemote(url);
  const branch = read('git-branch');
  const environment = read('environment');
  const tokenFile = read('git-https-token-file');
  const config: AgentConfig = {
    gitUrl: remote.url,
    gitBranch: branch === undefined ? undefined : checkBranch(branch),
    gitPaths: read('git-path'),
    gitPollInterval: read('git-poll-interval'),
    gitTimeout: read('git-timeout'),
    gitUser: read('git-user'),
    gitEmail: read('git-email'),
    gitSetAuthor: read('git-set-author'),
    gitSigning: signingKey(read('git-signing-key'), read('git-gpg-key-import'), read('git-ssh-signing-key'), warnings),
    gitReadonly: read('git-readonly'),
    gitSkipMessage: read('git-ci-skip-message')?.trim() || (read('git-ci-skip') ? '[ci skip]' : undefined),
    gitHttps: {
      ...(remote.username === undefined ? {} : { username: remote.username }),
      ...(remote.password === undefined ? {} : { password: remote.password }),
      ...(tokenFile === undefined ? {} : { tokenFile: resolve(tokenFile) }),
    },
    forge: forgeConfig({
      gitUrl: remote.url,
      tokenFile: absolute(read('forge-token-file')),
      kind: read('forge'),
      url: read('forge-url'),
    }),
    sshKnownHosts: absolute(read('ssh-known-hosts')),
    syncInterval: read('sync-interval'),
    syncTimeout: read('sync-timeout'),
    automationInterval: read('automation-interval'),
    unautomatedScanInterval: read('unautomated-scan-interval'),
    rollbackOnFailedHealth: read('rollback-on-failed-health'),
    healthDeadline: read('health-deadline'),
    registryRps: read('registry-rps'),
    registryBurst: read('registry-burst'),
    registryIncludeImage: read('registry-include-image'),
    registryExcludeImage: read('registry-exclude-image'),
    registryInsecureHosts: read('registry-insecure-host'),
    registryDisableScanning: read('registry-disable-scanning'),
    registryEcr: {
      regions: read('registry-ecr-region'),
      includeIds: read('registry-ecr-include-id'),
      excludeIds: read('registry-ecr-exclude-id'),
    },
    hookSecretFile: absolute(read('hook-secret-file')),
    registryCertsDir: absolute(read('registry-certs-dir')),
    sigstoreTrustedRoot: absolute(read('sigstore-trusted-root')),
    dockerConfig: absolute(read('docker-config')),
    k8sSecretName: read('k8s-secret-name'),
    k8sSecretDataKey: read('k8s-secret-data-key'),
    k8sSecretVolumeMountPath: read('k8s-secret-volume-mount-path'),
    k8sAllowNamespaces: read('k8s-allow-namespace'),
    k8sDefaultNamespace: read('k8s-default-namespace'),
    agentNamespace: read('agent-namespace'),
    k8sServiceAccount: read('k8s-service-account'),
    leaderElection: read('leader-election'),
    garbageCollection: read('sync-garbage-collection-dry') ? 'dry' : read('sync-garbage-collection') ? 'on' : 'off',
    listen: loopback(read('listen'), warnings),
    listenMetrics: read('listen-metrics'),
    logFormat: read('log-format'),
    environment,
    dataDir: settings.has('data-dir') ? resolve(read('data-dir')) : cacheFolder(env, environment),
    kubeconfig: absolute(read('kubeconfig')),
    kubeContext: read('kube-context'),
    warnings,
  };
  return { config };
}

function collect(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  readFile: (path: string) => string,
): Map<string, Setting> {
  const flags = fromArguments(argv);
  const variables = fromEnvironment(env);
  const file = (flags.get('config') ?? variables.get('config'))?.at(-1);
  const settings = new Map<string, Setting>();
  const add = (given: Given, shown: (name: string) => string) => {
    for (const [name, texts] of given)
      if (texts.some((text) => text !== '')) settings.set(name, { texts, shown: shown(name) });
  };
  if (file !== undefined && file !== '') add(readConfigFile(file, readFile), (name) => `${name} in ${file}`);
  add(variables, variable);
  add(flags, (name) => `--${name}`);
  return settings;
}

function readConfigFile(path: string, readFile: (path: string) => string): Given {
  let value: unknown;
  try {
    value = parseYamlValue(readFile(path));
  } catch (error) {
    throw invalid(`--config got ${path}, which cannot be read: ${asWeavefluxError(error).message}`);
  }
  return fromFile(value, path);
}

/** Stops at a guard that is missing; moves what has another name now; and says what does nothing. */
function* refuseOrReplace(settings: Map<string, Setting>): Generator<string> {
  for (const [name, { texts, shown }] of [...settings]) {
    const why = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
    // Told not to guard, there is nothing to miss.
    if (why !== undefined && !texts.every((text) => /^(false|0|f|none|)$/i.test(text)))
      throw invalid(`${shown} is not supported yet: ${why}; leave it out only if you can do without it.`);
    const replaced = Object.hasOwn(REPLACED, name) ? REPLACED[name] : undefined;
    if (replaced === undefined) continue;
    yield `${shown} ${replaced.as === undefined ? 'does nothing' : 'has another name now'}: ${replaced.instead}.`;
    if (replaced.as !== undefined) inherit(settings, replaced.as, texts, shown);
  }
}

function inherit(settings: Map<string, Setting>, name: FlagName, texts: readonly string[], shown: string): void {
  const own = settings.get(name);
  if (own !== undefined && flagOf(name)?.type.many !== true) return;
  settings.set(name, { texts: [...(own?.texts ?? []), ...texts], shown: own?.shown ?? shown });
}

function reader(settings: ReadonlyMap<string, Setting>): <N extends FlagName>(name: N) => Read<N> {
  return <N extends FlagName>(name: N) => {
    const { type, default: standard, secret } = flagOf(name) ?? FLAGS[name];
    const setting =
      settings.get(name) ?? (standard === undefined ? undefined : { texts: [standard], shown: `--${name}` });
    if (setting === undefined) return undefined as Read<N>;
    const items = setting.texts.flatMap((text) => splitList(text));
    const parsed = type.schema.safeParse(type.many ? items : setting.texts.at(-1));
    if (parsed.success) return parsed.data as Read<N>;
    const bad = type.many ? items[Number(parsed.error.issues[0]?.path[0] ?? 0)] : setting.texts.at(-1);
    const got = secret ? 'a value that it cannot use' : JSON.stringify(redact(bad ?? '', []).slice(0, 100));
    throw invalid(`${setting.shown} got ${got}; it takes ${type.takes}.`);
  };
}

/** People are served on loopback only: in a cluster they come by port-forward. */
function loopback(address: string, warnings: string[]): string {
  const colon = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, colon), address.slice(colon + 1)];
  if (host !== '127.0.0.1' && host !== 'localhost')
    warnings.push(
      `--listen got ${JSON.stringify(address)} and is taken as 127.0.0.1:${port}: people reach the agent by port-forward, with a token; metrics and health have --listen-metrics.`,
    );
  return `127.0.0.1:${port}`;
}

/** One key signs; that keys are imported for nothing is told. */
function signingKey(
  gpg: string | undefined,
  imported: readonly string[],
  ssh: string | undefined,
  warnings: string[],
): SigningKey | undefined {
  if (gpg !== undefined && ssh !== undefined)
    throw invalid('--git-signing-key and --git-ssh-signing-key are both given; a commit is signed with one key.');
  if (gpg === undefined && imported.length > 0)
    warnings.push('--git-gpg-key-import does nothing without --git-signing-key, which names the key to sign with.');
  if (gpg !== undefined && imported.length === 0)
    throw invalid('--git-signing-key needs --git-gpg-key-import, which names the files that the key is imported from.');
  if (gpg !== undefined) return { kind: 'gpg', key: gpg, files: imported.map((path) => resolve(path)) };
  return ssh === undefined ? undefined : { kind: 'ssh', file: resolve(ssh) };
}

function cacheFolder(env: NodeJS.ProcessEnv, environment: string): string {
  const home = env.HOME === undefined ? homedir() : env.HOME;
  const base = env.XDG_CACHE_HOME || (home === '' || home === '/' ? tmpdir() : join(home, '.cache'));
  return join(base, 'weaveflux', environment);
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}
