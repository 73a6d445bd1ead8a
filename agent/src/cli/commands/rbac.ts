import { resolve } from 'node:path';
import { findMarkers, type Manifest, manifestsOf, type Problem, parseFile, WeavefluxError } from '@weaveflux/shared';
import { Command, Option } from 'commander';
import { isAccount, isLabel, NAMESPACE_RULE } from '../../config/names.ts';
import { DEFAULT_NAMESPACE } from '../../install/values.ts';
import { type Account, rightsDocuments, rightsObjects, rightsText } from '../../rbac/documents.ts';
import { needsOf } from '../../rbac/needs.ts';
import { type CliCommand, type Runner, type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import { items, placed } from '../text.ts';
import { workingCopyRoot } from '../who.ts';
import { readSettings, readWorkingCopy } from '../working-copy.ts';

interface Options {
  fromRepo?: string | true;
  gitPath?: string[];
  namespaced?: true;
  k8sServiceAccount?: string;
  k8sDefaultNamespace?: string;
  namespace?: string;
  output?: string;
}

export function rbacCommand(run: Runner): CliCommand {
  const command = new Command('rbac')
    .description("print the rights that an environment's repository needs, as roles for kubectl apply; nothing is sent")
    .option('--from-repo [folder]', 'the working copy (default: the one around the current folder)')
    .option('--git-path <paths>', 'folders of it, as the agent has them, repeated or separated by commas', items)
    .option('--namespaced', 'Roles in the namespaces that the repository names, instead of a ClusterRole')
    .option('--k8s-service-account <account>', 'for an agent that acts as this account: name, or namespace/name')
    .option('--k8s-default-namespace <namespace>', 'of manifests that name none (default: default)')
    .option('-n, --namespace <namespace>', "the agent's namespace (default: weaveflux)")
    .addOption(
      new Option('-o, --output <format>', 'YAML with comments, or JSON').choices(['yaml', 'json']).default('yaml'),
    )
    .action(run<Options>(rbac));
  const example =
    'weaveflux rbac --from-repo | kubectl apply -f -\nweaveflux rbac --from-repo ../environment --namespaced';
  return { command, example };
}

async function rbac(session: Session<Options>): Promise<number> {
  const { options, context, printer } = session;
  const namespace = namespaceOf(options.namespace ?? DEFAULT_NAMESPACE);
  const defaultNamespace = namespaceOf(options.k8sDefaultNamespace ?? 'default');
  const account = options.k8sServiceAccount === undefined ? undefined : accountOf(options.k8sServiceAccount, namespace);
  const root = await rootOf(session);
  const { manifests, markedFiles, problems } = await readRepository(root, options.gitPath ?? []);
  for (const problem of problems) context.stderr.write(`weaveflux: ${placed(problem.message, problem)}\n`);
  // Applied, roles without what stands in a broken file would take away rights that the agent has.
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0)
    throw new WeavefluxError(
      'INVALID_MANIFEST',
      `${errors === 1 ? 'One error' : `${errors} errors`} in ${root} must be mended first, because what they hide may need rights, too.`,
    );
  if (manifests.length === 0)
    throw new WeavefluxError('NOT_FOUND', `There is no manifest in ${root}; is it the working copy of an environment?`);
  const settings = await readSettings(root);
  const needs = needsOf({ manifests, markedFiles, settings }, defaultNamespace);
  const documents = rightsDocuments(needs, { namespace, namespaced: options.namespaced === true, account });
  // What goes on to kubectl nobody reads, so it is said beside it.
  if (printer.json || context.stdout.isTTY !== true)
    for (const remark of documents.remarks) context.stderr.write(`weaveflux: ${remark}\n`);
  if (printer.json) printer.value({ apiVersion: 'v1', kind: 'List', items: rightsObjects(documents) });
  else context.stdout.write(rightsText(documents));
  return EXIT.ok;
}

async function rootOf({ options, context }: Session<Options>): Promise<string> {
  if (options.fromRepo === undefined)
    throw usage('rbac needs --from-repo [folder]: the working copy whose objects the rights are for.');
  if (options.fromRepo !== true) return resolve(context.cwd, options.fromRepo);
  return (await workingCopyRoot(context.cwd, context.env)) ?? context.cwd;
}

async function readRepository(root: string, paths: readonly string[]) {
  const { texts, problems } = await readWorkingCopy(root, paths);
  const manifests: Manifest[] = [];
  const found: Problem[] = [...problems];
  const markedFiles = new Set<string>();
  for (const [file, text] of texts) {
    const parsed = parseFile(file, text);
    const loaded = manifestsOf(parsed);
    manifests.push(...loaded.manifests);
    found.push(...loaded.problems);
    if (findMarkers(file, text, parsed).length > 0) markedFiles.add(file);
  }
  return { manifests, markedFiles, problems: found };
}

function namespaceOf(text: string): string {
  if (!isLabel(text)) throw usage(`a namespace got "${text}"; it takes ${NAMESPACE_RULE}.`);
  return text;
}

function accountOf(text: string, namespace: string): Account {
  const [first = '', second] = text.split('/');
  if (!isAccount(text)) throw usage(`--k8s-service-account got "${text}"; it takes a name, or namespace/name.`);
  return second === undefined ? { namespace, name: first } : { namespace: first, name: second };
}
