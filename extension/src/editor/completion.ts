import * as vscode from 'vscode';
import { agesAt } from '../model/changes/age.ts';
import type { Completion } from '../model/completion/completion.ts';
import { completionsAt } from '../model/completion/completions.ts';
import type { Lines } from '../model/completion/lines.ts';
import { settingsCompletions } from '../model/completion/settings.ts';
import type { Services } from '../services.ts';
import { rangeOf } from './ranges.ts';
import { isSettingsFile } from './settings-file.ts';
import { isYamlChecked } from './yaml-extension.ts';

const KINDS: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  policy: vscode.CompletionItemKind.Value,
  tag: vscode.CompletionItemKind.Constant,
};

/** Makes the completion of annotations, policies, tags of images, and the keys of `.weaveflux.yaml`. */
export function createCompletion(services: Services): vscode.CompletionItemProvider {
  return {
    provideCompletionItems(document, position, token) {
      if (token.isCancellationRequested) return [];
      return completionsIn(services, document, position).map(itemOf);
    },
  };
}

function completionsIn(
  { sources, environments }: Services,
  document: vscode.TextDocument,
  { line, character }: vscode.Position,
): Completion[] {
  const lines = linesOf(document);
  const cursor = { line, character };
  if (isSettingsFile(environments, document)) {
    // The YAML extension completes by the schema, which says the same.
    return isYamlChecked(document.uri) ? [] : settingsCompletions(lines, cursor);
  }
  const open = sources.of(document);
  if (open === undefined) return [];
  const { source, environment } = open;
  const found = completionsAt(
    { source, lines, state: environment?.state, ages: agesAt(new Date(), vscode.env.language) },
    cursor,
  );
  if (found.length > 0) environment?.need();
  return found;
}

function linesOf(document: vscode.TextDocument): Lines {
  const count = document.lineCount;
  return { count, at: (line) => (line >= 0 && line < count ? document.lineAt(line).text : '') };
}

function itemOf(completion: Completion, index: number): vscode.CompletionItem {
  const { kind, label, detail, documentation, text, isSnippet, range, filter, isPreselected, goesOn } = completion;
  const item = new vscode.CompletionItem(label, KINDS[kind]);
  item.insertText = isSnippet ? new vscode.SnippetString(text) : text;
  item.range = rangeOf(range);
  item.filterText = filter;
  // Ours are the only ones that know what is written here: they come first, in our order.
  item.sortText = `0${String(index).padStart(4, '0')}`;
  item.preselect = isPreselected;
  if (detail !== '') item.detail = detail;
  if (documentation !== '') item.documentation = new vscode.MarkdownString(documentation);
  if (goesOn) item.command = { command: 'editor.action.triggerSuggest', title: vscode.l10n.t('Suggest a value') };
  return item;
}
