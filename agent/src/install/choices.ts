import { WeavefluxError } from '@weaveflux/shared';
import { fromArguments } from '../config/arguments.ts';
import { parseConfig } from '../config/config.ts';
import { isLabel, isObjectName, NAMESPACE_RULE } from '../config/names.ts';
import { ownerOf } from '../targets/kubernetes/labels.ts';
import { checkOverlays, defaultOptions, type InstallOptions, OVERLAY_NAMES, type Overlay } from './values.ts';

/** What a person typed; what is absent is as in the one file. */
export interface Choices {
  readonly gitUrl?: string | undefined;
  readonly gitBranch?: string | undefined;
  readonly gitPaths?: readonly string[] | undefined;
  readonly environment?: string | undefined;
  readonly secretName?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly namespace?: string | undefined;
  readonly image?: string | undefined;
  readonly imagePullSecret?: string | undefined;
  readonly overlays?: readonly string[] | undefined;
  readonly allowNamespaces?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
}

const IMAGE = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/;

/** Flags that the manifests set, some in several places, and what sets them there; '' = nothing does. */
export const SET_BY_MANIFESTS: Readonly<Record<string, string>> = {
  'git-url': '--git-url',
  'git-branch': '--git-branch',
  'git-path': '--git-path',
  environment: '--environment',
  'k8s-secret-name': '--k8s-secret-name',
  'k8s-secret-data-key': '--k8s-secret-data-key',
  'agent-namespace': '--namespace',
  'leader-election': '--overlay ha',
  'k8s-secret-volume-mount-path': '',
  'listen-metrics': '',
  'data-dir': '',
};

/** The options of an installation, checked as the agent will check its flags. Errors: INVALID_FLAG. */
export function installOptions(choices: Choices, version: string): InstallOptions {
  const given = Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));
  const overlays = new Set((choices.overlays ?? []).map(overlayNamed));
  const options: InstallOptions = { ...defaultOptions(version), ...given, overlays };
  checkOverlays(overlays);
  if (overlays.has('namespaced') !== (choices.allowNamespaces !== undefined))
    throw invalid('--allow-namespace goes with --overlay namespaced: give both, or neither.');
  for (const namespace of [options.namespace, ...options.allowNamespaces])
    check(isLabel(namespace), 'a namespace', namespace, NAMESPACE_RULE);
  check(IMAGE.test(options.image), '--image', options.image, 'the name of an image with its tag or digest');
  const secret = options.imagePullSecret;
  if (secret !== undefined) check(isObjectName(secret), '--image-pull-secret', secret, 'the name of a Secret');
  checkFlags(options);
  return options;
}

function overlayNamed(name: string): Overlay {
  const overlay = OVERLAY_NAMES.find((known) => known === name);
  if (overlay === undefined) throw invalid(`--overlay got "${name}"; it takes ${OVERLAY_NAMES.join(', ')}.`);
  return overlay;
}

/** The agent would stop at a wrong flag, so it is said before anything is applied. */
function checkFlags(options: InstallOptions): void {
  const { gitUrl, gitBranch, gitPaths, environment, secretName, secretKey, namespace, args } = options;
  const flags = [`--git-url=${gitUrl}`, `--git-branch=${gitBranch}`, `--environment=${environment}`];
  flags.push(`--k8s-secret-name=${secretName}`, `--k8s-secret-data-key=${secretKey}`);
  const paths = gitPaths.length === 0 ? [] : [`--git-path=${gitPaths.join(',')}`];
  // A file that --config names is in the pod: what it says cannot be checked here.
  const { config } = parseConfig([...flags, ...paths, ...args], {}, () => '');
  for (const name of fromArguments(args).keys()) checkMore(name);
  ownerOf(namespace, environment);
  checkLogin(config.gitHttps, secretName);
}

/** Many put a token where the user belongs, and the agent takes a user without a password for one. */
function checkLogin({ username, password }: { username?: string; password?: string }, secretName: string): void {
  const open = 'which everybody who may see the Deployment would read';
  if (password !== undefined)
    throw invalid(
      `--git-url holds a password, ${open}; put it into the Secret ${secretName} as "username" and "password".`,
    );
  if (username !== undefined && username !== 'git')
    throw invalid(
      `--git-url holds a user, which may be a token, ${open}; leave it out, and put a token into the Secret ${secretName} as "token", or a login as "username" and "password".`,
    );
}

function checkMore(name: string): void {
  const instead = SET_BY_MANIFESTS[name];
  if (instead === undefined) return;
  const advice = instead === '' ? 'the pod is made for that value, so leave it out' : `give ${instead} before "--"`;
  throw invalid(`--${name} stands in the manifests already; ${advice}.`);
}

function check(fits: boolean, what: string, got: string, takes: string): void {
  if (!fits) throw invalid(`${what} got ${JSON.stringify(got)}; it takes ${takes}.`);
}

function invalid(message: string): WeavefluxError {
  return new WeavefluxError('INVALID_FLAG', message);
}
