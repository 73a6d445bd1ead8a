import { fromArguments } from '../config/arguments.ts';
import { parseConfig } from '../config/config.ts';
import type { Flag } from '../config/flag.ts';
import { FLAGS } from '../config/flags.ts';
import { REFUSED, REPLACED } from '../config/flux-flags.ts';
import { splitList } from '../config/values.ts';
import type { SyncSet } from './mark.ts';
import { expand, referencesOf } from './variables.ts';

/** What became of one flag of fluxd, or of a default of fluxd's. */
export interface FlagChange {
  readonly flag: string;
  readonly change: 'kept' | 'added' | 'renamed' | 'dropped' | 'changed';
  /** '' where there is nothing to say. */
  readonly why: string;
}

/** The flags of a fluxd as ours. */
export interface Translated {
  /** In order, by name; values as written, `$(VARIABLE)` not replaced. No secret is among them. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly changes: readonly FlagChange[];
  readonly set: SyncSet;
  /** Variables in the URL's user whose value is not known: without them no mark can be told. */
  readonly unknown: readonly string[];
  readonly allowNamespaces: readonly string[];
}

/** fluxd's own defaults that decide what is delivered, or how often others are asked, where ours differ. */
const DEFAULTS: Readonly<Record<string, readonly [string, string]>> = {
  'git-branch': ['master', "fluxd's default; without it the agent follows the remote's HEAD"],
  'git-poll-interval': ['5m', "fluxd's default; leave it out for 30s"],
  'automation-interval': ['5m', "fluxd's default; leave it out for 1m"],
  'sync-garbage-collection': ['false', "fluxd's default; nothing is deleted until you turn it on"],
};

/** Flags that an agent in a pod has from its manifests. */
const OF_THE_POD: Readonly<Record<string, string>> = {
  listen: 'people reach the agent by port-forward, always on port 3030 of its pod',
  'listen-metrics': 'the manifests set it to :3031, where the probes look',
  'kube-config': 'the agent uses the service account of its pod',
};

/**
 * Translates fluxd's flags: the same names where the agent has them, what it does not need left out with the reason, and
 * fluxd's defaults written out where they matter. INVALID_FLAG for a flag that it refuses, an unknown one and a bad value.
 */
export function translateFlags(args: readonly string[], values: ReadonlyMap<string, string>): Translated {
  const given = fromArguments(args);
  const { config } = parseConfig(
    args.map((word) => expand(word, values)),
    {},
    () => '',
  );
  const flags = new Map<string, readonly string[]>();
  const changes: FlagChange[] = [];
  for (const [name, texts] of given) {
    const { to, change } = fateOf(name, texts);
    changes.push(change);
    if (to !== undefined) flags.set(to, [...(flags.get(to) ?? []), ...texts]);
  }
  addDefaults(flags, changes);
  const url = given.get('git-url')?.at(-1) ?? '';
  const set = {
    gitUrl: expand(url, values),
    branch: expand(flags.get('git-branch')?.at(-1) ?? '', values),
    paths: (given.get('git-path') ?? []).flatMap((text) => splitList(expand(text, values))),
  };
  hideCredentials(url, flags, changes);
  return { flags, changes, set, unknown: unknownUser(set.gitUrl), allowNamespaces: config.k8sAllowNamespaces };
}

function fateOf(name: string, texts: readonly string[]): { to?: string; change: FlagChange } {
  const dropped = (why: string) => ({ change: { flag: name, change: 'dropped', why } as const });
  const ofThePod = OF_THE_POD[name];
  if (ofThePod !== undefined) return dropped(ofThePod);
  if (Object.hasOwn(REFUSED, name)) return dropped('it is off');
  if (texts.every((text) => text === '') && !Object.hasOwn(REPLACED, name)) return dropped('it is empty');
  const replaced = Object.hasOwn(REPLACED, name) ? REPLACED[name] : undefined;
  if (replaced === undefined) return { to: name, change: { flag: name, change: 'kept', why: differenceOf(name) } };
  if (replaced.as === undefined) return dropped(replaced.instead);
  return { to: replaced.as, change: { flag: name, change: 'renamed', why: replaced.instead } };
}

/** Where the same name means something else than it did, not only by default. */
function differenceOf(name: string): string {
  const { flux } = (FLAGS as Readonly<Record<string, Flag>>)[name] ?? {};
  return flux === undefined || flux === 'new' || flux.startsWith('default') ? '' : `Flux v1: ${flux}`;
}

function addDefaults(flags: Map<string, readonly string[]>, changes: FlagChange[]): void {
  for (const [name, [value, why]] of Object.entries(DEFAULTS)) {
    if (flags.has(name)) continue;
    flags.set(name, [value]);
    changes.push({ flag: name, change: 'added', why });
  }
}

/** Scheme, user with password, and what follows the last `@` of the authority. */
const WITH_USER = /^([a-z][a-z\d+.-]*:\/\/)([^/]*)@(.*)$/is;

/** A password that stands in the flag itself belongs in the Secret; one that a variable brings may stay where it is. */
function hideCredentials(url: string, flags: Map<string, readonly string[]>, changes: FlagChange[]): void {
  const [, scheme = '', user = '', rest = ''] = WITH_USER.exec(url) ?? [];
  const isHttp = /^https?:/i.test(scheme);
  const [, name = '', password = ''] = /^([^:]*):?(.*)$/s.exec(user) ?? [];
  // Over https a user without a password is a token.
  const secret = password === '' && isHttp ? name : password;
  if (secret === '' || /^\$\([^)]*\)$/.test(secret)) return;
  // Over ssh the user is part of the address, and no password is ever used.
  flags.set('git-url', [isHttp ? `${scheme}${rest}` : `${scheme}${name}@${rest}`]);
  const why = isHttp
    ? 'its user and password are left out: put them into the Secret named by --k8s-secret-name, as "username" and "password"'
    : 'its password is left out: ssh uses the key';
  const at = changes.findIndex(({ flag }) => flag === 'git-url');
  changes.splice(at, 1, { flag: 'git-url', change: 'changed', why });
}

function unknownUser(url: string): readonly string[] {
  const [, , user = ''] = WITH_USER.exec(url) ?? [];
  return referencesOf(user.includes(':') ? user.slice(0, user.indexOf(':')) : user);
}
