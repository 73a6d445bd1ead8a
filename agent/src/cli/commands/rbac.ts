import { resolve } from 'node:path';
import { findMarkers, type Manifest, manifestsOf, type Problem, parseFile } from '@weaveflux/shared';
import { Command, Option } from 'commander';
import { DEFAULT_NAMESPACE } from '../../install/values.ts';
import {
  type Account,
  type RightsDocuments,
  rightsDocuments,
  rightsObjects,
  rightsText,
} from '../../rbac/documents.ts';
import { needsOf } from '../../rbac/needs.ts';
import { type CliCommand, type Runner, type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import { placed } from '../text.ts';
import { workingCopyRoot } from '../who.ts';
import { readWorkingCopy } from '../working-copy.ts';

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
  const root = await rootOf(session);
  const { manifests, markedFiles, problems } = await readRepository(root, options.gitPath ?? []);
  const namespace = options.namespace ?? DEFAULT_NAMESPACE;
  const needs = needsOf({ manifests, markedFiles }, options.k8sDefaultNamespace ?? 'default');
  const account = options.k8sServiceAccount === undefined ? undefined : accountOf(options.k8sServiceAccount, namespace);
  const documents = rightsDocuments(needs, { namespace, namespaced: options.namespaced === true, account });
  for (const problem of problems) context.stderr.write(`weaveflux: ${placed(problem.message, problem)}\n`);
  if (printer.json) printJson(session, documents);
  else context.stdout.write(rightsText(documents));
  return problems.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok;
}

function printJson({ context, printer }: Session<Options>, documents: RightsDocuments): void {
  for (const remark of documents.remarks) context.stderr.write(`weaveflux: ${remark}\n`);
  printer.value({ apiVersion: 'v1', kind: 'List', items: rightsObjects(documents) });
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

function accountOf(text: string, namespace: string): Account {
  const [first = '', second, ...rest] = text.split('/');
  if (first === '' || second === '' || rest.length > 0)
    throw usage(`--k8s-service-account got "${text}"; it takes a name, or namespace/name.`);
  return second === undefined ? { namespace, name: first } : { namespace: first, name: second };
}

function items(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').filter((item) => item !== '')];
}
