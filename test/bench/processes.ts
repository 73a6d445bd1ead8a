import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second in /proc (USER_HZ), 100 on every Linux. */
const TICKS = 100;

/** CPU seconds that a process and its ended children have used so far (proc(5), `stat`). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Fields 14 to 17: utime, stime, cutime, cstime.
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** Resident memory now and at its highest, in MB (10^6 bytes). */
export function residentMemory(pid: number): { readonly now: number; readonly highest: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) =>
    (Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))?.[1]) * 1024) / 1e6;
  return { now: megabytes('VmRSS'), highest: megabytes('VmHWM') };
}

/** CPU seconds that this process's own children (the rig's servers) have used so far, by the names of their programs. */
export function cpuOfChildren(names: readonly string[]): number {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => isChild(pid, names))
    .reduce((sum, pid) => sum + cpuSeconds(Number(pid)), 0);
}

function isChild(pid: string, names: readonly string[]): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const name = status.match(/^Name:\t(.*)$/m)?.[1] ?? '';
    return names.includes(name) && status.includes(`\nPPid:\t${process.pid}\n`);
  } catch {
    // Gone since it was listed.
    return false;
  }
}
