import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';
import { loadClusterAccess } from '@weaveflux/shared/node';
import type { CliContext } from '../cli/context.ts';
import type { Printer } from '../cli/print.ts';
import { createClient, type KubernetesClient } from '../targets/kubernetes/client.ts';
import { adoptAll } from './adopt.ts';
import { printObjects } from './manifests.ts';
import { type MigrateRequest, type MigrationPlan, planMigration, refusalOf } from './migrate.ts';
import { headOf, linesAfter, type ObjectLine, OUR_FILE, planAsJson, type Report, reportOf } from './report.ts';

/** The options of `weaveflux migrate`, as typed. */
export interface MigrateOptions {
  readonly apply?: boolean;
  readonly file?: string;
  readonly write?: string;
  readonly namespace?: string;
  readonly environment?: string;
  readonly fluxNamespace?: string;
  readonly fluxDeployment?: string;
  readonly overlay?: readonly string[];
  readonly image?: string;
  readonly imagePullSecret?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What one migration works with. */
export interface MigrateSession {
  readonly options: MigrateOptions;
  readonly context: CliContext;
  readonly printer: Printer;
}

/** What says that a cluster cannot be looked at. */
const NO_CLUSTER: ReadonlySet<string> = new Set(['API_UNREACHABLE', 'TIMEOUT', 'UNAUTHORIZED', 'FORBIDDEN']);

/** Shows a migration or, with `apply`, takes the objects. Resolves with whether all went well. */
export async function runMigration(session: MigrateSession): Promise<boolean> {
  const { options, context } = session;
  const request = await requestOf(session);
  const client = await clientOf(options);
  try {
    const plan = await planWhatIsKnown(request, client, options.apply === true, context.signal);
    if (options.apply !== true) return await show(session, plan);
    const refusal = refusalOf(plan);
    if (refusal !== undefined) throw refusal;
    return await apply(session, plan, client as KubernetesClient);
  } finally {
    if (!(client instanceof Error)) await client.close();
  }
}

/** A file alone is enough for the manifests, so a cluster that does not answer is only said. */
async function planWhatIsKnown(
  request: MigrateRequest,
  client: KubernetesClient | WeavefluxError,
  needsCluster: boolean,
  signal: AbortSignal,
): Promise<MigrationPlan> {
  try {
    return await planMigration(request, client, signal);
  } catch (error) {
    signal.throwIfAborted();
    const known = asWeavefluxError(error);
    if (request.file === undefined || needsCluster || !NO_CLUSTER.has(known.code)) throw known;
    return await planMigration(request, known, signal);
  }
}

async function requestOf({ options, context }: MigrateSession): Promise<MigrateRequest> {
  return {
    ...(options.file === undefined ? {} : { file: await read(options.file, context.cwd) }),
    fluxNamespace: options.fluxNamespace,
    fluxDeployment: options.fluxDeployment,
    namespace: options.namespace,
    environment: options.environment ?? context.env.WEAVEFLUX_ENVIRONMENT ?? 'default',
    choices: { overlays: options.overlay, image: options.image, imagePullSecret: options.imagePullSecret },
    version: context.version,
  };
}

async function read(path: string, cwd: string): Promise<{ name: string; text: string }> {
  if (path === '-') return { name: 'stdin', text: await text(process.stdin) };
  try {
    return { name: path, text: await readFile(resolve(cwd, path), 'utf8') };
  } catch (cause) {
    throw new WeavefluxError(
      'UNREADABLE_FILE',
      `${path} cannot be read; --file takes a file with fluxd's Deployment.`,
      {
        cause,
      },
    );
  }
}

async function write(path: string, cwd: string, manifests: string): Promise<void> {
  try {
    await writeFile(resolve(cwd, path), manifests);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new WeavefluxError('INVALID_FLAG', `--write got ${path}, which cannot be written (${reason}).`, { cause });
  }
}

/** The cluster, or why there is none. */
async function clientOf({ kubeconfig, context }: MigrateOptions): Promise<KubernetesClient | WeavefluxError> {
  try {
    return createClient(await loadClusterAccess({ kubeconfig, context }));
  } catch (error) {
    return asWeavefluxError(error);
  }
}

async function show({ options, context, printer }: MigrateSession, plan: MigrationPlan): Promise<boolean> {
  const report = reportOf(plan, options.write ?? OUR_FILE, commandOf(options));
  const manifests = printObjects(plan.manifests, headOf(plan), plan.install);
  if (options.write !== undefined) await write(options.write, context.cwd, manifests);
  if (printer.json) {
    printer.value(planAsJson(plan, report));
    return true;
  }
  printReport(printer, report);
  if (options.write === undefined) {
    printer.line(`\nOur manifests, for ${OUR_FILE} (--write ${OUR_FILE} writes them):\n`);
    printer.block(manifests);
  } else printer.line(`\nOur manifests are written to ${options.write}.`);
  printNext(printer, report.next);
  return true;
}

async function apply(
  { options, context, printer }: MigrateSession,
  plan: MigrationPlan,
  client: KubernetesClient,
): Promise<boolean> {
  if ('unknown' in plan.objects) throw new WeavefluxError('API_UNREACHABLE', plan.objects.unknown);
  const { decisions, ownership, inventory, unread } = plan.objects;
  const adoptions = await adoptAll(client, inventory, decisions, ownership, context.signal);
  if (options.write !== undefined)
    await write(options.write, context.cwd, printObjects(plan.manifests, headOf(plan), plan.install));
  const lines = linesAfter(decisions, adoptions);
  const complete = unread.length === 0 && lines.every(({ action }) => action !== 'failed');
  const next = reportOf(plan, options.write ?? OUR_FILE, commandOf(options)).next.slice(-1);
  if (printer.json) printer.value({ objects: lines, complete, unread, next });
  else {
    printObjectLines(printer, lines);
    printer.line(
      `\nAdopted ${adoptions.filter(({ result }) => result === 'adopted').length} objects into ${ownership.owner}.`,
    );
    if (!complete)
      printer.line('This is not complete: put right what is named, then run it again; it changes nothing twice.');
    for (const sentence of unread) printer.line(`- ${sentence}`);
    printNext(printer, next);
  }
  return complete;
}

function printReport(printer: Printer, report: Report): void {
  printer.line(`${report.intro}\n`);
  printer.table(
    ['FLAG', 'CHANGE', 'WHY'],
    report.flags.map(({ flag, change, why }) => [flag, change, why]),
  );
  if (report.remarks.length > 0) printer.line('\nSee to:');
  for (const remark of report.remarks) printer.line(`- ${remark}`);
  printer.line('');
  if (report.objects.length > 0) printObjectLines(printer, report.objects);
  for (const sentence of report.summary) printer.line(sentence);
}

function printObjectLines(printer: Printer, lines: readonly ObjectLine[]): void {
  printer.table(
    ['OBJECT', 'ACTION', 'REASON'],
    lines.map(({ object, action, reason }) => [object, action, reason]),
  );
}

function printNext(printer: Printer, next: readonly string[]): void {
  printer.line('\nNext:');
  for (const [index, command] of next.entries()) printer.line(`  ${index + 1}. ${command}`);
}

/** The command with what it must be given again: namespace and environment are in every label. */
function commandOf(options: MigrateOptions): string {
  const names = {
    file: '--file',
    fluxNamespace: '--flux-namespace',
    fluxDeployment: '--flux-deployment',
    namespace: '--namespace',
    environment: '--environment',
    kubeconfig: '--kubeconfig',
    context: '--context',
  } as const;
  const words = Object.entries(names).flatMap(([name, flag]) => {
    const value = options[name as keyof typeof names];
    if (value === undefined) return [];
    return [`${flag}=${/^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value)}`];
  });
  return ['weaveflux migrate --from-flux', ...words].join(' ');
}
