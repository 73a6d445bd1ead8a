import { startWorkbench } from '../vscode/workbench.ts';

// A workbench that is up, in a process that does not end by itself.
const [folder = '', extension = ''] = process.argv.slice(2);
await startWorkbench({ folders: [folder], extension: { kind: 'development', path: extension } });
console.log('up');
setInterval(() => undefined, 1000);
