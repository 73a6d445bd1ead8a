import type { JsonObject } from '@weaveflux/shared';
import { DOCUMENTS, type Document, isThere, repeats } from './documents.ts';
import { printTree } from './print.ts';
import { settle } from './settle.ts';
import { plainStyle } from './styles.ts';
import { checkOverlays, EXAMPLE_GIT_URL, type InstallOptions } from './values.ts';

/** The objects of an installation. Errors: INVALID_FLAG where its overlays contradict each other. */
export function installObjects(options: InstallOptions): JsonObject[] {
  checkOverlays(options.overlays);
  return present(options).flatMap((document) =>
    repeats(document, options).map((allowed) => settle(document.tree, options, allowed)),
  );
}

/** Everything in one file with its comments, for `kubectl apply -f`. Errors: as `installObjects`. */
export function installManifest(options: InstallOptions): string {
  checkOverlays(options.overlays);
  const parts = present(options).flatMap((document) => printDocument(document, options));
  return `${[...head(options), ...parts].join('\n')}\n`;
}

/** One object, from its `---` on; several where it is repeated. */
export function printDocument(document: Document, options: InstallOptions): string[] {
  const heading = document.heading?.split('\n').map((line) => `# ${line}`) ?? [];
  return repeats(document, options).flatMap((allowed) => [
    '---',
    ...heading,
    ...printTree(document.tree, plainStyle(options, allowed)),
  ]);
}

function present(options: InstallOptions): Document[] {
  return DOCUMENTS.filter((document) => isThere(document, options));
}

function head({ namespace, overlays, environment, gitUrl }: InstallOptions): string[] {
  const edit =
    gitUrl === EXAMPLE_GIT_URL ? 'Edit the args of the Deployment below, --git-url at least.' : 'Read the args.';
  const key = overlays.has('no-secrets')
    ? 'where there is no key: the commands that make one'
    : 'names the deploy key that the repository must accept';
  // Without the CRD there is no Environment to wait for.
  const wait = `#      kubectl -n ${namespace} wait environment/${environment} --for=condition=Ready`;
  return [
    '# Weaveflux keeps this cluster equal to a Git repository.',
    `#   1. ${edit}`,
    '#   2. kubectl apply -f weaveflux-deployment.yaml',
    `#   3. kubectl -n ${namespace} logs deployment/weaveflux     ${key}`,
    ...(overlays.has('namespaced') ? [] : [wait]),
    '# docs/install.md says more. Made by `weaveflux install`, which takes the args and gives variants.',
    ...(overlays.has('namespaced') ? namespacedHead(namespace) : []),
  ];
}

function namespacedHead(namespace: string): string[] {
  return [
    `# Only Roles in single namespaces, which must be there: ${namespace} and the allowed ones. For people to be let in, an`,
    '# administrator binds once:',
    '#   kubectl create clusterrolebinding weaveflux-auth-delegator --clusterrole=system:auth-delegator \\',
    `#     --serviceaccount=${namespace}:weaveflux`,
  ];
}
