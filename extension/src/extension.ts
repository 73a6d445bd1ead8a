import * as vscode from 'vscode';

/** Called by VS Code when the extension is first needed; registers its commands. */
export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('weaveflux.hello', () =>
      vscode.window.showInformationMessage('Weaveflux is installed. Open an environment repository to begin.'),
    ),
  );
}
