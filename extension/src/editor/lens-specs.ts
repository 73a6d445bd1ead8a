import type * as vscode from 'vscode';
import { UNKNOWN_STATE } from '../model/agent/state.ts';
import type { LensSpec } from '../model/lenses/lens.ts';
import { lensesOf } from '../model/lenses/lenses-of.ts';
import type { ManifestSource } from '../model/source/types.ts';
import type { Services } from '../services.ts';

/** The lenses of a document as things are known now, of all its manifests or of those that are wanted. */
export function lensSpecsOf(
  { sources, settings }: Services,
  document: vscode.TextDocument,
  isWanted: (manifest: ManifestSource) => boolean = () => true,
): LensSpec[] {
  const open = sources.of(document);
  if (open === undefined) return [];
  const { source, environment } = open;
  const manifests = source.manifests.filter(isWanted);
  if (manifests.length === 0) return [];
  return lensesOf({ ...source, manifests }, environment?.state ?? UNKNOWN_STATE, {
    settings: settings.read(),
    environment: environment?.id,
    now: new Date(),
  });
}
