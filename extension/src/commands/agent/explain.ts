import * as vscode from 'vscode';
import { withProgress } from '../../asking/ask.ts';
import { chooseEnvironment } from '../../asking/environment.ts';
import { escaped } from '../../model/markdown.ts';
import { type Target, targetOf } from '../../model/target.ts';
import type { Services } from '../../services.ts';
import { subjectFor } from '../../subject/subject.ts';
import type { Command } from '../context.ts';
import type { VirtualTexts } from '../editing/virtual-texts.ts';

const PREVIEW = 'markdown.showPreviewToSide';

/** `weaveflux.explain`: the agent's sentences about an object and its images, to read beside the YAML. */
export const explainCommand: Command = async ({ services, texts }, argument) => {
  const target = targetOf(argument);
  const title = vscode.l10n.t('Explain');
  const { environmentId, key, name } = await whatToExplain(services, target, title);
  const wanted = environmentId === undefined ? target : { ...target, environment: environmentId };
  const environment = await chooseEnvironment(services, wanted, title);
  const { lines } = await withProgress(vscode.l10n.t('Asking why {0} is as it is', name), async (signal) => {
    const client = await environment.client();
    return client.explain(key, signal);
  });
  await show(texts, name, lines);
};

/** As a page to read, where VS Code's own Markdown extension is there; else as a text. */
async function show(texts: VirtualTexts, name: string, lines: readonly string[]): Promise<void> {
  const file = vscode.l10n.t('{0} explained', name.replaceAll('/', ' '));
  if ((await vscode.commands.getCommands(true)).includes(PREVIEW)) {
    const page = [`# ${escaped(name)}`, ...lines.map(escaped)].join('\n\n');
    await vscode.commands.executeCommand(PREVIEW, texts.put(`${file}.md`, `${page}\n`));
    return;
  }
  const document = await vscode.workspace.openTextDocument(
    texts.put(`${file}.txt`, `${lines.map(wrapped).join('\n\n')}\n`),
  );
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}

/** Any object may be explained; one that is named needs no file. */
async function whatToExplain(services: Services, target: Target, title: string) {
  const { workload } = target;
  if (workload !== undefined) {
    const [group, kind, namespace, last] = workload.split('/');
    const isKey = group !== undefined && kind !== undefined && last !== undefined;
    const name = isKey ? `${namespace === '' ? '' : `${namespace}:`}${kind.toLowerCase()}/${last}` : workload;
    return { environmentId: target.environment, key: workload, name };
  }
  const { environment, key, name } = await subjectFor(services, target, { title, what: 'workload' });
  return { environmentId: environment?.id, key, name };
}

/** In lines that fit beside the YAML. */
function wrapped(text: string): string {
  return text.replace(/(.{1,72})(?:\s+|$)/g, '$1\n').trimEnd();
}
