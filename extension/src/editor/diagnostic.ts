import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import type { Finding } from '../model/diagnostics/finding.ts';
import type { Found } from './look.ts';
import { rangeOf } from './ranges.ts';

/** What every diagnostic of ours names as its source. */
export const SOURCE = 'weaveflux';

const SEVERITIES: Readonly<Record<Finding['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** A finding as VS Code shows it; of what the agent says its code leads to an explanation. */
export function diagnosticOf(finding: Finding, { environment, others }: Found): vscode.Diagnostic {
  const { code, severity, message, range, object, other } = finding;
  const diagnostic = new vscode.Diagnostic(rangeOf(range), message, SEVERITIES[severity]);
  diagnostic.source = SOURCE;
  diagnostic.code =
    object === undefined || environment === undefined ? code : { value: code, target: explain(environment, object) };
  const uri = other && others.get(other.path);
  if (other !== undefined && uri !== undefined) {
    const place = new vscode.Location(uri, new vscode.Position(other.line - 1, 0));
    diagnostic.relatedInformation = [new vscode.DiagnosticRelatedInformation(place, vscode.l10n.t('Stated here, too'))];
  }
  return diagnostic;
}

/** The code of a diagnostic as text. */
export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

function explain({ id }: Environment, workload: string): vscode.Uri {
  const target = JSON.stringify([{ environment: id, workload }]);
  return vscode.Uri.from({ scheme: 'command', path: 'weaveflux.explain', query: encodeURIComponent(target) });
}
