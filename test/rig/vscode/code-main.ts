// The program behind `code`: the command line of a desktop's VS Code that runs tests, as far as it matters here.
import { resolve } from 'node:path';
import { runHostTests } from './host-tests.ts';

const args = process.argv.slice(2);

/** The value of `--name=value`, of the last where there are several. */
function option(name: string): string | undefined {
  return args.findLast((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const extensionPath = option('extensionDevelopmentPath');
const testsPath = option('extensionTestsPath');
if (extensionPath === undefined || testsPath === undefined) {
  console.error('This runs tests only: give --extensionDevelopmentPath=… and --extensionTestsPath=…');
  process.exit(2);
}
const { code } = await runHostTests({
  folders: args.filter((arg) => !arg.startsWith('-')).map((folder) => resolve(folder)),
  extensionPath: resolve(extensionPath),
  testsPath: resolve(testsPath),
  env: Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ''])),
  onLine: (line) => console.log(line),
});
process.exitCode = code;
