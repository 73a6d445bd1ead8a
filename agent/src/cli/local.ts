import { resolve } from 'node:path';
import {
  applyChanges,
  type Change,
  type ImageStatus,
  manifestsOf,
  type Outcome,
  parseFile,
  parseObjectKey,
  planChanges,
  type RequestedBy,
  type Tag,
  unifiedDiff,
} from '@weaveflux/shared';
import type { ChangeOptions } from './changes.ts';
import type { Session } from './command.ts';
import { EXIT } from './context.ts';
import type { Printer } from './print.ts';
import { place, stateCell } from './text.ts';
import { readWorkingCopy, writeWorkingCopy } from './working-copy.ts';

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
  const root = resolve(context.cwd, options.path ?? '.');
  const texts = await readWorkingCopy(root, []);
  const files = [...texts].map(([file, text]) => manifestsOf(parseFile(file, text)));
  const images = wanted.changes.some(letsPolicyChoose) ? await imagesOf(session) : [];
  const plan = planChanges({
    manifests: files.flatMap(({ manifests }) => manifests),
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
  if (printer.json)
    printer.value({ outcomes: plan.outcomes, problems: plan.problems, files: [...changed.keys()], diff });
  else print(plan.outcomes, [...changed.keys()], options.dryRun ? diff : undefined, printer);
  return plan.outcomes.some(({ result }) => result === 'failed') ? EXIT.failed : EXIT.ok;
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
