import * as vscode from 'vscode';
import { readAgentUrl } from '../../model/agent/agent-url.ts';
import type { SettingsSource } from '../../services.ts';
import type { ManagedEnvironments } from '../create-environments.ts';

/** Asks for the token of an agent at an address, and keeps it in the secret storage. `asked`: the origin, where it is known. */
export async function setToken(
  { tokens, all }: ManagedEnvironments,
  settings: SettingsSource,
  asked: unknown,
): Promise<void> {
  const title = vscode.l10n.t('Set Token of an Agent');
  const asking = all.flatMap(({ state: { connection } }) =>
    'needsToken' in connection && connection.needsToken !== undefined ? [connection.needsToken] : [],
  );
  const origin = typeof asked === 'string' ? asked : await pickOrigin(title, settings, [...new Set(asking)]);
  if (origin === undefined) return;
  const token = await vscode.window.showInputBox({
    title,
    password: true,
    ignoreFocusOut: true,
    prompt: vscode.l10n.t('The token of the agent at {0}; it is kept in the secret storage only', origin),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('A token is needed.') : undefined),
  });
  if (token !== undefined) await tokens.set(origin, token.trim());
}

/** Forgets a token. */
export async function forgetToken({ tokens }: ManagedEnvironments): Promise<void> {
  const { origins } = tokens;
  if (origins.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No token of an agent is kept here.'));
    return;
  }
  const title = vscode.l10n.t('Forget Token of an Agent');
  const origin = await vscode.window.showQuickPick(origins, { title, placeHolder: vscode.l10n.t('Whose token?') });
  if (origin !== undefined) await tokens.forget(origin);
}

async function pickOrigin(
  title: string,
  settings: SettingsSource,
  asking: readonly string[],
): Promise<string | undefined> {
  const known = settings.read().agents.flatMap((address) => {
    const read = readAgentUrl(address);
    return read.kind === 'usable' ? [read.origin] : [];
  });
  const origins = [...new Set([...asking, ...known])];
  if (origins.length === 0) return addAddress(title);
  const items = [
    ...origins.map((origin) => ({
      label: origin,
      description: asking.includes(origin) ? vscode.l10n.t('asks for a token') : '',
      origin,
    })),
    { label: vscode.l10n.t('Another address…'), description: '', origin: undefined },
  ];
  const placeHolder = vscode.l10n.t('Where does the agent answer?');
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder });
  return chosen === undefined ? undefined : (chosen.origin ?? addAddress(title));
}

async function addAddress(title: string): Promise<string | undefined> {
  const address = await vscode.window.showInputBox({
    title,
    ignoreFocusOut: true,
    placeHolder: 'http://127.0.0.1:3030',
    prompt: vscode.l10n.t('Where does the agent answer? The address is added to the setting weaveflux.agents'),
    validateInput(text) {
      const read = readAgentUrl(text);
      return read.kind === 'refused' ? read.message : undefined;
    },
  });
  const read = readAgentUrl(address ?? '');
  if (address === undefined || read.kind === 'refused') return undefined;
  const configuration = vscode.workspace.getConfiguration('weaveflux');
  const before = configuration.inspect<readonly string[]>('agents')?.globalValue ?? [];
  await configuration.update('agents', [...before, read.url], vscode.ConfigurationTarget.Global);
  return read.origin;
}
