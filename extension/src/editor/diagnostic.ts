import * as vscode from 'vscode';
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

/** A finding as VS Code shows it. */
export function diagnosticOf(finding: Finding, { others }: Found): vscode.Diagnostic {
  const { code, severity, message, range, other } = finding;
  const diagnostic = new vscode.Diagnostic(rangeOf(range), message, SEVERITIES[severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = code;
  const uri = other && others.get(other.path);
  if (other !== undefined && uri !== undefined) {
    const place = new vscode.Location(uri, new vscode.Position(other.line - 1, 0));
    diagnostic.relatedInformation = [new vscode.DiagnosticRelatedInformation(place, vscode.l10n.t('Stated here, too'))];
  }
  return diagnostic;
}
