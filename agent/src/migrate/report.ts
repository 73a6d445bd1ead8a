import { displayName, type JsonObject } from '@weaveflux/shared';
import { redact } from '../text/redact.ts';
import type { Adoption } from './adopt.ts';
import type { Decision } from './decide.ts';
import type { FlagChange } from './flags.ts';
import { type MigrationPlan, oursOf } from './migrate.ts';

/** The file that the documentation calls ours. */
export const OUR_FILE = 'weaveflux-deployment.yaml';

const RBAC = 'rbac.authorization.k8s.io';

/** A plan as people read it: sentences and tables. */
export interface Report {
  readonly intro: string;
  readonly flags: readonly FlagChange[];
  /** What stays behind or needs a look; one sentence each. */
  readonly remarks: readonly string[];
  readonly objects: readonly ObjectLine[];
  readonly summary: readonly string[];
  /** What to do now, a command or a sentence each. */
  readonly next: readonly string[];
}

/** One object and what is done with it. */
export interface ObjectLine {
  readonly object: string;
  readonly action: 'adopt' | 'adopted' | 'skip' | 'failed';
  readonly reason: string;
}

/** What a person sees of a plan. `file` = where our manifests are written to; `again` = this command with its options. */
export function reportOf(plan: MigrationPlan, file: string, again: string): Report {
  const { objects } = plan;
  const known = 'unknown' in objects ? undefined : objects;
  return {
    intro: introOf(plan),
    flags: [...plan.translated.changes, ...plan.parts.changes],
    remarks: remarksOf(plan),
    objects: (known?.decisions ?? []).map(lineOf),
    summary: summaryOf(plan),
    next: nextOf(plan, file, again),
  };
}

/** The lines of objects after they were taken. */
export function linesAfter(decisions: readonly Decision[], adoptions: readonly Adoption[]): ObjectLine[] {
  const results = new Map(adoptions.map((adoption) => [adoption.object.uid, adoption]));
  return decisions.map((decision): ObjectLine => {
    const adoption = results.get(decision.object.uid);
    if (adoption === undefined) return lineOf(decision);
    const action = adoption.result === 'skipped' ? 'skip' : adoption.result;
    return { object: displayName(decision.object.id), action, reason: adoption.reason };
  });
}

/** Comments for the top of our file. */
export function headOf({ fluxd, namespace, parts }: MigrationPlan): string[] {
  return [
    `Weaveflux in place of the fluxd "${fluxd.name}" in namespace ${fluxd.namespace}; made by "weaveflux migrate --from-flux".`,
    `It uses, in namespace ${namespace}: ${parts.uses.join(', ')}.`,
    'Apply it when fluxd is stopped and its objects are taken: docs/migrate-from-flux-v1.md.',
  ];
}

/** The plan for scripts. */
export function planAsJson(plan: MigrationPlan, report: Report): JsonObject {
  const { fluxd, namespace, objects } = plan;
  return {
    fluxd: { namespace: fluxd.namespace, name: fluxd.name, image: fluxd.image, pods: fluxd.pods },
    namespace,
    flags: report.flags.map((change) => ({ ...change })),
    remarks: [...report.remarks],
    objects: report.objects.map((line) => ({ ...line })),
    complete: !('unknown' in objects) && objects.unread.length === 0,
    manifests: [...plan.manifests],
    next: [...report.next],
  };
}

function introOf({ fluxd, pods = [], translated, namespace, objects }: MigrationPlan): string {
  const { set } = translated;
  const where = set.paths.length === 0 ? '' : `, ${set.paths.join(', ')}`;
  const stopped = pods.length > 0 ? 'It is stopping.' : 'It does not run.';
  const known = fluxd.pods > 0 ? 'It runs.' : stopped;
  const runs = 'unknown' in objects ? 'Whether it runs is not known.' : known;
  const url = redact(translated.flags.get('git-url')?.at(-1) ?? '', []);
  const ours = namespace === fluxd.namespace ? 'the same namespace, where its Secrets are' : `namespace ${namespace}`;
  return `fluxd ${fluxd.namespace}/${fluxd.name} (${fluxd.image}) follows ${url}, branch ${set.branch}${where}. ${runs} Weaveflux goes into ${ours}.`;
}

function lineOf({ object, action, reason }: Decision): ObjectLine {
  return { object: displayName(object.id), action, reason };
}

function remarksOf(plan: MigrationPlan): string[] {
  const { fluxd, namespace, parts, flux, objects, translated } = plan;
  const remarks = [...parts.leftOut];
  if ([...translated.flags.keys()].some((name) => name.startsWith('registry-ecr-')))
    remarks.push("ECR's login is not built yet: images there are delivered, but new tags are not looked for.");
  if (plan.pods === undefined && !('unknown' in objects))
    remarks.push(
      `You may not list pods in namespace ${fluxd.namespace}: see yourself that fluxd's are gone before you go on.`,
    );
  if (namespace !== fluxd.namespace && parts.uses.length > 0)
    remarks.push(`Copy to namespace ${namespace} what the agent uses in ${fluxd.namespace}: ${parts.uses.join(', ')}.`);
  for (const name of flux.helmOperators)
    remarks.push(
      `The Helm Operator ${name} is not covered yet: leave it running; HelmReleases in the repository are applied as they are, and it goes on with them.`,
    );
  for (const name of flux.memcacheds.filter((one) => one.startsWith(`${fluxd.namespace}/`)))
    remarks.push(`The memcached ${name} is not needed by the agent; remove it when you remove fluxd.`);
  if (plan.moreKinds.length > 0)
    remarks.push(
      `fluxd had all rights. Ours are those of the manifests, which also name what fluxd delivered: ${plan.moreKinds.map(({ group, plural }) => (group === '' ? plural : `${plural}.${group}`)).join(', ')}.`,
    );
  if (oursOf(objects).some(({ id }) => id.group === RBAC) && !plan.install.overlays.has('cluster-admin'))
    remarks.push(
      'The repository holds roles: the agent may only grant what it may do itself, so give it more rights where it says so, or take --overlay cluster-admin.',
    );
  const key = `${fluxd.namespace}:deployment/${fluxd.name}`;
  if (oursOf(objects).some(({ id }) => displayName(id) === key))
    remarks.push(
      `fluxd's own Deployment is in the repository (it carries its mark), so the agent would start fluxd again: remove it there, or set its replicas to 0, before the agent starts.`,
    );
  return remarks;
}

function summaryOf({ objects }: MigrationPlan): string[] {
  if ('unknown' in objects) return [`The objects of fluxd are not known: ${objects.unknown}`];
  const { decisions, copies, unread } = objects;
  const count = (action: Decision['action']) => decisions.filter((decision) => decision.action === action).length;
  const counts = `${count('adopt')} to adopt, ${count('adopted')} adopted already, ${count('skip')} left alone`;
  const lines = [copies === 0 ? `${counts}.` : `${counts}; ${copies} made by controllers for these follow them.`];
  if (decisions.length === 0) lines.push('Nothing in the cluster carries a mark of fluxd.');
  else if (count('adopt') + count('adopted') === 0)
    lines.push(
      'No mark fits these flags. If --git-url, --git-branch or --git-path were changed after fluxd last synced, give its Deployment as it was with --file.',
    );
  if (unread.length > 0) lines.push('This is not complete, so run it again when all of these answer:', ...unread);
  return lines;
}

function nextOf({ fluxd, objects }: MigrationPlan, file: string, again: string): string[] {
  const stop = `kubectl -n ${fluxd.namespace} scale deployment ${fluxd.name} --replicas=0`;
  return [...(fluxd.pods > 0 || 'unknown' in objects ? [stop] : []), `${again} --apply`, `kubectl apply -f ${file}`];
}
