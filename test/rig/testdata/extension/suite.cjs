// A suite for the extension host: passes, unless it is told to fail.
const vscode = require('vscode');

exports.run = async () => {
  const commands = await vscode.commands.getCommands(true);
  console.log(`greeting is ${vscode.workspace.getConfiguration('fixture').get('greeting')}`);
  if (!commands.includes('workbench.action.files.save')) throw new Error('this is no workbench');
  if (process.env.FIXTURE_FAILS) throw new Error('told to fail');
};
