import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { dashboardHtml } from '../model/dashboard/html.ts';

/** Puts the page into a webview, which may load nothing but the bundles of the extension. */
export function fillWebview(webview: vscode.Webview, extensionUri: vscode.Uri, title: string): void {
  const dist = vscode.Uri.joinPath(extensionUri, 'dist');
  const uriOf = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  webview.html = dashboardHtml({
    cspSource: webview.cspSource,
    script: uriOf('dashboard.js'),
    style: uriOf('dashboard.css'),
    nonce: randomBytes(18).toString('base64url'),
    styleNonce: randomBytes(18).toString('base64url'),
    locale: vscode.env.language,
    title,
  });
}
