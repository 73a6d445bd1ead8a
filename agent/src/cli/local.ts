import { resolve } from 'node:path';
import {
  applyChanges,
  type Change,
  type ImageStatus,
  isMarkerSource,
  type Manifest,
  type Outcome,
  placesBeside,
  planChanges,
  type RequestedBy,
  unifiedDiff,
} from '@weaveflux/shared';
import type { Rendered } from '../render/cache.ts';
import { markedIn } from '../render/marked.ts';
import { renderManifests } from '../render/read-files.ts';
import { renderPlaces } from '../render/read-places.ts';
import type { ChangeOptions } from './changes.ts';
import type { Session } from './command.ts';
import { EXIT } from './context.ts';
import { factsOf } from './local-images.ts';
import type { Printer } from './print.ts';
import { place, stateCell } from './text.ts';
import { workingCopyRoot } from './who.ts';
import { readSettings, readWorkingCopy, type WorkingCopy, writeWorkingCopy } from './working-copy.ts';

/** What a person wants changed. */
export interface Wanted {
  readonly changes: readonly Change[];
  readonly requestedBy: RequestedBy;
}

/**
 * Makes the changes in the files of the working copy, with the agent's own code; nothing is committed. An agent is
 * only asked where a policy shall choose the tag, since only it knows the registry. Resolves with the exit code.
 */
export async function changeWorkingCopy(session: Session<ChangeOptions>, wanted: Wanted): Promise<number> {
  const { context, options, printer } = session;
  const root = await rootOf(session);
  const copy = await readWorkingCopy(root, []);
  const texts = new Map([...copy.texts, ...copy.withheld, ...copy.others]);
  const stated = readStated(copy, wanted.changes);
  const [images, settings] = await Promise.all([
    wanted.changes.some(letsPolicyChoose) ? imagesOf(session) : [],
    readSettings(root),
  ]);
  const plan = planChanges({
    manifests: [...stated.manifests, ...stated.places],
    marked: markedIn(stated, ({ id }) => id).images,
    changes: wanted.changes,
    requestedBy: wanted.requestedBy,
    tagsFor: () => undefined,
    previousTag: () => undefined,
    ...factsOf(images, settings.images),
  });
  const changed = applyChanges(texts, plan.edits);
  context.signal.throwIfAborted();
  if (!options.dryRun) await writeWorkingCopy(root, changed);
  const diff = [...changed].map(([file, after]) => unifiedDiff(file, texts.get(file) ?? '', after)).join('');
  const problems = [...copy.problems, ...stated.problems].filter(({ severity }) => severity === 'error');
  if (printer.json) {
    const files = [...changed.keys()];
    printer.value({ outcomes: plan.outcomes, problems: [...problems, ...plan.problems], files, diff });
  } else {
    for (const problem of problems) printer.problem(problem);
    print(plan.outcomes, [...changed.keys()], options.dryRun ? diff : undefined, printer);
  }
  return plan.outcomes.some(({ result }) => result === 'failed') ? EXIT.failed : EXIT.ok;
}

/** The folder that was named, else the top of the working copy around the current one. */
async function rootOf({ context, options }: Session<ChangeOptions>): Promise<string> {
  if (options.path !== undefined) return resolve(context.cwd, options.path);
  return (await workingCopyRoot(context.cwd, context.env)) ?? context.cwd;
}

/** What the files state. The namespace that a person types is believed of manifests that leave theirs out. */
function readStated({ texts, withheld, others }: WorkingCopy, changes: readonly Change[]) {
  const namespace = changes.map(({ workload }) => /^([^:]*):[^:]*$/.exec(workload)?.[1]).find(Boolean) ?? '';
  const applied = rendered(texts, renderManifests);
  const kept = rendered(withheld, renderManifests);
  const unapplied = [...kept, ...rendered(others, renderPlaces)];
  return {
    manifests: applied.flatMap(({ manifests }) => manifests.map((manifest) => settle(manifest, namespace))),
    places: [...applied.flatMap(placesBeside), ...unapplied.flatMap(({ places }) => places)],
    withheldPolicies: kept.flatMap(({ manifests }) => manifests.filter(isMarkerSource)),
    markers: new Map([...applied, ...unapplied].map(({ file, markers }) => [file, markers])),
    problems: applied.flatMap(({ problems }) => problems),
  };
}

function rendered(texts: ReadonlyMap<string, string>, render: (file: { path: string }, text: string) => Rendered) {
  return [...texts].map(([file, text]) => ({ file, ...render({ path: file }, text) }));
}

/** Policies of Flux v2 stay as written: markers find them in any namespace then. */
function settle(manifest: Manifest, namespace: string): Manifest {
  const { id } = manifest;
  if (id.namespace !== '' || isMarkerSource(manifest)) return manifest;
  return { ...manifest, id: { ...id, namespace } };
}

function letsPolicyChoose(change: Change): boolean {
  return (
    (change.kind === 'release' && change.tag === undefined) || (change.kind === 'automate' && change.fromNow === true)
  );
}

/** What the agent knows, or nothing where there is none: then the refusal says how to name the tag. */
async function imagesOf({ client, context }: Session<ChangeOptions>): Promise<readonly ImageStatus[]> {
  try {
    return await (await client()).images(context.signal);
  } catch {
    return [];
  }
}

/** With a diff, the edits are only shown. */
function print(
  outcomes: readonly Outcome[],
  files: readonly string[],
  diff: string | undefined,
  printer: Printer,
): void {
  const rows = outcomes.map((outcome) => [outcome.subject, stateCell(outcome.result), outcome.message, place(outcome)]);
  printer.table(['CHANGE', 'RESULT', 'MESSAGE', 'FILE'], rows);
  if (diff !== undefined && diff !== '') printer.block(diff);
  if (files.length === 0) printer.line('No file changes.');
  else printer.line(`${diff === undefined ? 'Edited' : 'Would edit'} ${files.join(', ')}.`);
}
