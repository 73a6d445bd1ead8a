import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { inheritedEnvironment } from '../processes.ts';

/** Where and how a command runs, and what it reads; each line of its error output is told. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly onLine?: (line: string) => void;
}

const GO_VARIABLES =
  /^(GO[A-Z0-9]+|XDG_CACHE_HOME|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|(https?|no)_proxy|npm_config_.*)$/i;

/** Runs a command to its end and returns its output. Throws with the end of what it wrote when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const env = { ...inheritedEnvironment(), ...passedOn(), ...options.env };
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env,
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  // A command that ends before it has read everything says by its exit code what that means.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const output: string[] = [];
  const errors: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk));
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors.push(line);
    if (errors.length > 40) errors.shift();
    options.onLine?.(line);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve(output.join(''));
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${errors.join('\n')}`));
    });
  });
}

function passedOn(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => GO_VARIABLES.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}
