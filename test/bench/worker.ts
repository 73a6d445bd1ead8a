import { readFileSync } from 'node:fs';

/** A process of its own for what must begin cold: `worker.ts <module> <function> <file with the argument as JSON>`. */
const [module = '', name = '', file = ''] = process.argv.slice(2);
const functions: Record<string, (argument: unknown) => unknown> = await import(module);
const run = functions[name];
if (run === undefined) throw new Error(`${module} exports no ${name}`);
process.stdout.write(`${JSON.stringify(await run(JSON.parse(readFileSync(file, 'utf8'))))}\n`);
