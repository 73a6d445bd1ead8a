import {
  asWeavefluxError,
  DEFAULT_PRUNE_LIMIT,
  type Difference,
  displayName,
  failure,
  manifestsOf,
  type PlannedObject,
  type PlanRequest,
  type PlanResponse,
  type Problem,
  parseFile,
  toProblem,
} from '@weaveflux/shared';
import { inParallel } from '../concurrency/parallel.ts';
import type { DeliverySteps } from '../delivery/deliver.ts';
import type { Environment } from '../delivery/environment.ts';
import type { DesiredObject } from '../targets/kubernetes/types.ts';
import { leaving, type Stated } from './leaving.ts';
import { isOurs } from './ours.ts';

/** Dry runs in flight at once. */
const AT_ONCE = 8;

/** What delivering a revision, or the files of a working copy, would change. */
export async function plan(
  env: Environment,
  load: DeliverySteps['load'],
  request: PlanRequest,
  signal: AbortSignal,
): Promise<PlanResponse> {
  const wanted =
    'revision' in request
      ? await fromRevision(env, load, request.revision, signal)
      : fromTexts(request.documents, request.withheld);
  const resolved = await env.target.resolve(wanted.manifests, signal);
  const objects: PlannedObject[] = [];
  await inParallel(resolved.desired, AT_ONCE, async (object) => {
    objects.push(await planned(env, object, signal));
  });
  objects.push(...leaving(env, wanted, resolved));
  objects.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...(wanted.revision === undefined ? {} : { revision: wanted.revision }),
    objects,
    problems: [...wanted.problems, ...resolved.problems],
  };
}

async function fromRevision(
  env: Environment,
  load: DeliverySteps['load'],
  name: string,
  signal: AbortSignal,
): Promise<Stated> {
  const revision = await env.repository.resolve(name, signal);
  const { manifests, withheld, problems, brokenFiles, settings } = await load(revision, signal);
  return { revision, manifests, withheld, problems, brokenFiles, limit: settings.pruneLimit };
}

function fromTexts(
  documents: Readonly<Record<string, string>>,
  withheld: Readonly<Record<string, string>> = {},
): Stated {
  const files = Object.entries(documents).map(([file, text]) => ({ file, ...manifestsOf(parseFile(file, text)) }));
  const isBroken = ({ problems }: { problems: readonly Problem[] }) => problems.some((it) => it.severity === 'error');
  return {
    manifests: files.flatMap(({ manifests }) => manifests),
    withheld: Object.entries(withheld).flatMap(([file, text]) => manifestsOf(parseFile(file, text)).manifests),
    problems: files.flatMap(({ problems }) => problems),
    brokenFiles: files.filter(isBroken).map(({ file }) => file),
    limit: DEFAULT_PRUNE_LIMIT,
  };
}

/** Live content is shown only of objects that are this environment's; of others, only whether they are there. */
async function planned(env: Environment, object: DesiredObject, signal: AbortSignal): Promise<PlannedObject> {
  const { file, line } = object.manifest;
  const about = { key: object.key, name: displayName(object.id), file, line };
  const same = env.memory.applied.get(object.key)?.hash === object.hash && !env.memory.drift.has(object.key);
  if (same) return { ...about, action: 'unchanged', differences: [] };
  try {
    const live = await env.target.get(object.id, object.manifest.apiVersion, signal);
    if (live === undefined) return { ...about, action: 'created', differences: [] };
    if (!isOurs(env, object.key, live)) {
      const problem = failure('FOREIGN_OBJECT', `${about.name} exists and is not this environment's yet.`, {
        object: object.key,
        file,
        line,
      });
      return { ...about, action: 'configured', differences: [], problem: { ...problem, severity: 'warning' } };
    }
    const differences: Difference[] = await env.target.differences(object, live, signal);
    return { ...about, action: differences.length === 0 ? 'unchanged' : 'configured', differences };
  } catch (error) {
    signal.throwIfAborted();
    return {
      ...about,
      action: 'failed',
      differences: [],
      problem: toProblem(asWeavefluxError(error, { object: object.key, file, line })),
    };
  }
}
