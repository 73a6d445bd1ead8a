import * as vscode from 'vscode';
import { agesAt } from '../model/changes/age.ts';
import { hoverAt } from '../model/hovers/hover.ts';
import { OPEN_COMMAND } from '../model/markdown.ts';
import type { Services } from '../services.ts';
import { rangeOf } from './ranges.ts';

/** Makes the hovers on images, policies and other annotations. */
export function createHovers({ sources, settings }: Services): vscode.HoverProvider {
  return {
    provideHover(document, { line, character }, token) {
      const open = token.isCancellationRequested ? undefined : sources.of(document);
      if (open === undefined) return undefined;
      const { source, environment } = open;
      const facts = {
        environment: environment?.id,
        state: environment?.state,
        ages: agesAt(new Date(), vscode.env.language),
        mistakesStand: settings.read().diagnostics,
      };
      const found = hoverAt(source, { line, character }, document.lineAt(line).text, facts);
      if (found === undefined) return undefined;
      environment?.need();
      const markdown = new vscode.MarkdownString(found.markdown);
      markdown.isTrusted = { enabledCommands: [OPEN_COMMAND] };
      return new vscode.Hover(markdown, rangeOf(found.range));
    },
  };
}
