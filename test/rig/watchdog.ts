import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/**
 * Reads "start PGID", "end PGID", "command TEXT" and "directory PATH". The end of input means that the process that
 * started it is gone, however it went: then every group still started is killed, every command run and every
 * directory removed, several times: what is killed may go on writing for a moment.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
groups=' '
commands=
while read -r verb value; do
  case $verb in
    start) groups="$groups$value " ;;
    end) groups=$(printf '%s' "$groups" | sed "s/ $value / /") ;;
    command) commands="$commands
$value" ;;
    directory) set -- "$@" "$value" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
/bin/sh -c "$commands"
[ $# -eq 0 ] || for pause in 0.2 0.3 0.5 1 2 4; do sleep "$pause"; rm -rf -- "$@"; done
`;

let watchdog: Writable | undefined;

function tell(line: string): void {
  watchdog ??= startWatchdog();
  watchdog.write(`${line}\n`);
}

function startWatchdog(): Writable {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'weaveflux-rig-watchdog'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    cwd: '/',
  });
  child.unref();
  const input = child.stdin;
  if ('unref' in input && typeof input.unref === 'function') input.unref();
  input.on('error', () => undefined);
  return input;
}

/** From now on this process group dies with this process, even when this one is killed with -9. */
export function guardGroup(pid: number): void {
  tell(`start ${pid}`);
}

/** The group has ended by itself; its number may belong to another one soon. */
export function releaseGroup(pid: number): void {
  tell(`end ${pid}`);
}

/** This line of shell runs when this process has gone, also after an orderly end: it must do no harm then. */
export function guardCommand(line: string): void {
  tell(`command ${line}`);
}

/** Makes a temporary directory that is removed when this process has gone. */
export function temporaryDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `weaveflux-${name}-`));
  tell(`directory ${directory}`);
  return directory;
}
