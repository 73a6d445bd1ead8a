import * as vscode from 'vscode';
import type { LensSpec } from '../model/lenses/lens.ts';
import type { ManifestSource } from '../model/source/types.ts';
import type { Services } from '../services.ts';
import { lensSpecsOf } from './lens-specs.ts';

/**
 * Makes the lenses' actions as code actions of their lines: lenses are out of reach of the keyboard. They are of no kind, so that
 * the light bulb shows them and lists of fixes for a problem do not.
 */
export function createLensActions(services: Services): vscode.CodeActionProvider {
  const kind = vscode.CodeActionKind.Empty;
  return {
    provideCodeActions(document, range, { only }, token) {
      if (token.isCancellationRequested || (only !== undefined && only.value !== kind.value)) return [];
      const { line } = range.start;
      const specs = lensSpecsOf(services, document, (manifest) => hasLensAt(manifest, line));
      const own = specs.filter((spec) => spec.range.startLine === line);
      if (own.length > 0) services.sources.of(document)?.environment?.need();
      return own.flatMap((spec) => actionOf(spec, own) ?? []);
    },
  };
}

function hasLensAt({ start, images }: ManifestSource, line: number): boolean {
  return start.startLine === line || images.some(({ range }) => range.startLine === line);
}

function actionOf(spec: LensSpec, all: readonly LensSpec[]): vscode.CodeAction | undefined {
  const { command, refused } = spec;
  const label = command?.label ?? refused?.label;
  if (label === undefined) return undefined;
  const container = command?.arguments[0].container;
  const isAlone = all.every((other) => (other.command?.arguments[0].container ?? container) === container);
  const title =
    isAlone || container === undefined
      ? vscode.l10n.t('Weaveflux: {0}', label)
      : vscode.l10n.t('Weaveflux: {0} ({1})', label, container);
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.Empty);
  if (command !== undefined) action.command = { title, command: command.id, arguments: [...command.arguments] };
  if (refused !== undefined) action.disabled = { reason: refused.reason };
  return action;
}
