import * as vscode from 'vscode';
import { agesAt } from '../model/changes/age.ts';
import type { Finding } from '../model/diagnostics/finding.ts';
import type { Fix } from '../model/fixes/fix.ts';
import { fixesFor } from '../model/fixes/fixes.ts';
import { lossy } from '../model/source/limits.ts';
import type { Services } from '../services.ts';
import { SOURCE } from './diagnostic.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Found } from './look.ts';
import { rangeOf } from './ranges.ts';

/** Makes the ways to mend what the diagnostics show. */
export function createQuickFixes({ sources }: Services, diagnostics: Diagnostics): vscode.CodeActionProvider {
  return {
    provideCodeActions(document, range, context, token) {
      const found = diagnostics.of(document);
      const open = found === undefined || token.isCancellationRequested ? undefined : sources.of(document);
      if (found === undefined || open === undefined) return [];
      const facts = {
        source: open.source,
        state: open.environment?.state,
        ages: agesAt(new Date(), vscode.env.language),
      };
      const refused = lossy(open.source.path, open.source.text);
      const here = found.findings.filter((finding) => rangeOf(finding.range).intersection(range) !== undefined);
      return here.flatMap((finding) => {
        const shown = context.diagnostics.filter((diagnostic) => isOf(diagnostic, finding));
        const fixes = fixesFor(finding, facts).flatMap((fix) => actionOf(fix, found, shown, refused) ?? []);
        return [...fixes, ...explanation(finding, found, shown)];
      });
    },
  };
}

function isOf(diagnostic: vscode.Diagnostic, finding: Finding): boolean {
  return (
    diagnostic.source === SOURCE && diagnostic.code === finding.code && diagnostic.range.isEqual(rangeOf(finding.range))
  );
}

/** Where the file must not be edited, VS Code shows the reason instead of making the change. */
function actionOf(
  fix: Fix,
  { uri, others }: Found,
  diagnostics: vscode.Diagnostic[],
  refused: string | undefined,
): vscode.CodeAction | undefined {
  const { title, replaces, isPreferred, open } = fix;
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = diagnostics;
  action.isPreferred = isPreferred;
  if (replaces.length > 0 && refused !== undefined) action.disabled = { reason: refused };
  else if (replaces.length > 0) {
    action.edit = new vscode.WorkspaceEdit();
    for (const { range, text } of replaces) action.edit.replace(uri, rangeOf(range), text);
  }
  if (open === undefined) return action;
  const other = others.get(open.path);
  if (other === undefined) return undefined;
  const selection = new vscode.Range(open.line - 1, 0, open.line - 1, 0);
  action.command = { title, command: 'vscode.open', arguments: [other, { selection }] };
  return action;
}

/** Of what the agent says of an object it can tell more. */
function explanation(
  { object }: Finding,
  { environment }: Found,
  diagnostics: vscode.Diagnostic[],
): vscode.CodeAction[] {
  if (object === undefined || environment === undefined) return [];
  const title = vscode.l10n.t('Explain');
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = diagnostics;
  action.command = {
    title,
    command: 'weaveflux.explain',
    arguments: [{ environment: environment.id, workload: object }],
  };
  return [action];
}
