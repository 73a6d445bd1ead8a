import { WeavefluxError } from '../errors.ts';
import { applyEdits } from '../yaml/edits.ts';
import type { Edit } from '../yaml/types.ts';
import type { ImageChange } from './workload.ts';

/** The edits of image changes, by file: what the automation's own proposals come to. */
export function imageEdits(changes: readonly ImageChange[]): Map<string, Edit[]> {
  const edits = new Map<string, Edit[]>();
  for (const { place, fields } of changes) {
    const wanted = fields.map(({ path, value }): Edit => ({ document: place.document, path, value }));
    edits.set(place.file, [...(edits.get(place.file) ?? []), ...wanted]);
  }
  return edits;
}

/**
 * The new texts of the files that edits change. Errors of `applyEdits`: EDIT_CONFLICT with file and line, and NOT_FOUND
 * where a file is not among the texts.
 */
export function applyChanges(
  texts: ReadonlyMap<string, string>,
  edits: ReadonlyMap<string, readonly Edit[]>,
): Map<string, string> {
  const changed = new Map<string, string>();
  for (const [file, wanted] of edits) {
    const text = texts.get(file);
    if (text === undefined)
      throw new WeavefluxError('NOT_FOUND', `${file} is not in the repository.`, { about: { file } });
    const after = applyEdits(file, text, wanted);
    if (after !== text) changed.set(file, after);
  }
  return changed;
}
