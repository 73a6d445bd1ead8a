import { readFileSync } from 'node:fs';
import type { CliContext } from './context.ts';

/** Milliseconds after which another Ctrl-C is a person's who does not want to wait, not the same one sent on. */
const IMPATIENT = 1_000;

/** The context of this process: its streams, environment and folder, and its first Ctrl-C or SIGTERM as the signal. */
export function processContext(runAgent: CliContext['runAgent']): CliContext {
  const controller = new AbortController();
  // npm, timeout and systemd send a signal to the whole group and parents send it on: it comes twice and must not kill.
  process.on('SIGTERM', () => controller.abort());
  let asked: number | undefined;
  process.on('SIGINT', () => {
    if (asked !== undefined && performance.now() - asked > IMPATIENT) process.exit(130);
    asked ??= performance.now();
    controller.abort();
  });
  // Whoever read the output has gone, as head does when it has seen enough: there is nobody left to go on for.
  process.stdout.on('error', () => controller.abort());
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => new Date(),
    signal: controller.signal,
    version: packageVersion(),
    runAgent,
  };
}

/** Put in by the bundler: a bundle has no package.json beside it. */
declare const WEAVEFLUX_VERSION: string;

/** The version of this package. */
export function packageVersion(): string {
  if (typeof WEAVEFLUX_VERSION === 'string') return WEAVEFLUX_VERSION;
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0';
}
