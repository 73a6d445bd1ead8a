import { resolve } from 'node:path';
import {
  applyChanges,
  type Change,
  findMarkers,
  type ImageStatus,
  isImagePolicy,
  isImageRepository,
  type Manifest,
  manifestsOf,
  type Outcome,
  parseFile,
  parseObjectKey,
  placesOf,
  planChanges,
  type RequestedBy,
  type Tag,
  unifiedDiff,
} from '@weaveflux/shared';
import { markedIn } from '../render/marked.ts';
import { renderPlaces } from '../render/read-places.ts';
import type { ChangeOptions } from './changes.ts';
import type { Session } from './command.ts';
import { EXIT } from './context.ts';
import type { Printer } from './print.ts';
import { place, stateCell } from './text.ts';
import { workingCopyRoot } from './who.ts';
import { readWorkingCopy, type WorkingCopy, writeWorkingCopy } from './working-copy.ts';

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
  const images = wanted.changes.some(letsPolicyChoose) ? await imagesOf(session) : [];
  const plan = planChanges({
    manifests: [...stated.manifests, ...stated.places],
    marked: markedIn(stated, ({ id }) => id).images,
    changes: wanted.changes,
    requestedBy: wanted.requestedBy,
    tagsFor: () => undefined,
    previousTag: () => undefined,
    chosenTag: (object, container) => chosenTag(images, object, container),
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
  const unapplied = [...withheld, ...others].map(([file, text]) => ({ file, ...renderPlaces({ path: file }, text) }));
  const policies = [...withheld].flatMap(([file, text]) => policiesOf(file, text));
  const files = [...texts].map(([file, text]) => {
    const parsed = parseFile(file, text);
    const loaded = manifestsOf(parsed);
    const markers = findMarkers(file, text, parsed);
    const taken = new Set(loaded.manifests.map(({ document }) => document));
    const places = placesOf(file, parsed, markers).filter(({ document }) => !taken.has(document));
    return { file, ...loaded, markers, places };
  });
  return {
    manifests: files.flatMap(({ manifests }) => manifests.map((manifest) => settle(manifest, namespace))),
    places: [...files, ...unapplied].flatMap(({ places }) => places),
    withheldPolicies: policies,
    markers: new Map([...files, ...unapplied].map(({ file, markers }) => [file, markers])),
    problems: files.flatMap(({ problems }) => problems),
  };
}

/** The ImagePolicies and ImageRepositories of a file that is not applied. */
function policiesOf(file: string, text: string): Manifest[] {
  if (!text.includes('image.toolkit.fluxcd.io')) return [];
  return manifestsOf(parseFile(file, text)).manifests.filter((it) => isImagePolicy(it) || isImageRepository(it));
}

/** Policies of Flux v2 stay as written: markers find them in any namespace then. */
function settle(manifest: Manifest, namespace: string): Manifest {
  const { id } = manifest;
  if (id.namespace !== '' || isImagePolicy(manifest) || isImageRepository(manifest)) return manifest;
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

/** The agent may know of a namespace that the file leaves out. */
function chosenTag(images: readonly ImageStatus[], object: string, container: string): Tag | undefined {
  const id = parseObjectKey(object);
  return images.find((image) => {
    const known = parseObjectKey(image.object);
    if (image.container !== container || known === undefined || id === undefined) return false;
    const sameNamespace = id.namespace === '' || id.namespace === known.namespace;
    return sameNamespace && known.group === id.group && known.kind === id.kind && known.name === id.name;
  })?.chosen;
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
