import * as vscode from 'vscode';
import type { TextRange } from '../model/source/types.ts';

/** A range of the model as VS Code has it. */
export function rangeOf({ startLine, startCharacter, endLine, endCharacter }: TextRange): vscode.Range {
  return new vscode.Range(startLine, startCharacter, endLine, endCharacter);
}
