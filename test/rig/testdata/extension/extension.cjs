const vscode = require('vscode');

const COLOURS = ['red', 'green', 'blue'];

exports.activate = (context) => {
  const log = vscode.window.createOutputChannel('Fixture', { log: true });
  log.info(`activated, KUBECONFIG is ${process.env.KUBECONFIG}`);
  context.subscriptions.push(
    log,
    vscode.languages.registerCodeLensProvider({ language: 'yaml' }, { provideCodeLenses }),
    vscode.window.registerTreeDataProvider('fixture.tree', tree),
    vscode.commands.registerCommand('fixture.bump', bump),
    vscode.commands.registerCommand('fixture.pick', pick),
    vscode.commands.registerCommand('fixture.tell', tell),
    vscode.commands.registerCommand('fixture.page', page),
  );
};

function provideCodeLenses(document) {
  const range = document.lineAt(0).range;
  return [new vscode.CodeLens(range, { title: 'bump the version', command: 'fixture.bump', arguments: [document.uri] })];
}

const tree = {
  getChildren: (parent) => (parent ? [] : ['first thing', 'second thing']),
  getTreeItem: (label) => new vscode.TreeItem(label),
};

async function bump(uri = vscode.window.activeTextEditor.document.uri) {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(0, 0, 0, 1000), 'version: 2');
  await vscode.workspace.applyEdit(edit);
}

async function pick() {
  const colour = await vscode.window.showQuickPick(COLOURS, { placeHolder: 'Which colour?' });
  const name = await vscode.window.showInputBox({ prompt: 'A name for it' });
  await vscode.window.showInformationMessage(`${name} is ${colour}`);
}

async function tell() {
  const greeting = vscode.workspace.getConfiguration('fixture').get('greeting');
  const answer = await vscode.window.showInformationMessage(`${greeting} from the fixture`, 'Answer');
  if (answer) await vscode.window.showInformationMessage('Really?', { modal: true }, 'Yes');
}

function page() {
  const panel = vscode.window.createWebviewPanel('fixture', 'Page', vscode.ViewColumn.One, { enableScripts: true });
  panel.webview.onDidReceiveMessage((count) => panel.webview.postMessage(`the host got ${count}`));
  panel.webview.html = `<button>send</button><p></p><script>
    const api = acquireVsCodeApi();
    document.querySelector('button').addEventListener('click', () => api.postMessage(1));
    window.addEventListener('message', ({ data }) => { document.querySelector('p').textContent = data; });
  </script>`;
}
