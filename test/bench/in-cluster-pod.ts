import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { ApiObject } from '../rig/index.ts';
import type { NodeWorld } from '../support/node-world.ts';
import { residentMemory } from './processes.ts';

/** The main process of a pod's container, as the host sees it. */
export interface ContainerProcess {
  readonly pid: number;
  /** When it began, in milliseconds since 1970, to ten of them. */
  readonly startedAt: number;
  /** The directory of its cgroup where memory is counted. */
  readonly cgroup: string;
}

/** Memory in MB (10^6 bytes). */
export interface PodMemory {
  /** Of the main process (VmRSS), now and at its highest. */
  readonly resident: number;
  readonly residentHighest: number;
  /** Of the whole container, as `kubectl top` shows it: without files that may be dropped. */
  readonly workingSet: number;
  /** The most that the container ever used, cached files among it. */
  readonly highest: number;
}

const CGROUPS = '/sys/fs/cgroup';
/** Ticks a second in /proc (USER_HZ), 100 on every Linux. */
const TICKS = 100;

/** The main process of a running pod's first container. */
export function processOf(pod: ApiObject): ContainerProcess {
  const id = String(pod.status?.containerStatuses?.[0]?.containerID ?? '').replace('containerd://', '');
  if (id === '') throw new Error(`${pod.metadata.name} has no running container`);
  const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && isMain(entry, id));
  if (pid === undefined) throw new Error(`no process of container ${id.slice(0, 12)} is first in it`);
  return { pid: Number(pid), startedAt: startOf(pid), cgroup: memoryCgroup(pid) };
}

/** Whether a process is number 1 of this container. */
function isMain(pid: string, container: string): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(container)) return false;
    return /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // Gone since it was listed.
    return false;
  }
}

/** Field 22 of proc(5) `stat`: ticks since the machine started. */
function startOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Date.now() - (uptime - ticks / TICKS) * 1000;
}

function memoryCgroup(pid: string): string {
  const text = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  const first = text.match(/^\d+:memory:(.*)$/m)?.[1];
  return first === undefined ? join(CGROUPS, text.match(/^0::(.*)$/m)?.[1] ?? '') : join(CGROUPS, 'memory', first);
}

/** What the process and its container hold. */
export function memoryOf({ pid, cgroup }: ContainerProcess): PodMemory {
  const isFirstVersion = cgroup.startsWith(join(CGROUPS, 'memory/'));
  const [current, highest, inactive] = isFirstVersion
    ? ['memory.usage_in_bytes', 'memory.max_usage_in_bytes', 'total_inactive_file']
    : ['memory.current', 'memory.peak', 'inactive_file'];
  const read = (file: string) => readFileSync(join(cgroup, file), 'utf8');
  const droppable = Number(read('memory.stat').match(new RegExp(`^${inactive} (\\d+)$`, 'm'))?.[1]);
  const { now, highest: residentHighest } = residentMemory(pid);
  return {
    resident: now,
    residentHighest,
    workingSet: (Number(read(current ?? '')) - droppable) / 1e6,
    highest: Number(read(highest ?? '')) / 1e6,
  };
}

/** One event of an agent's log: its type, when it was (milliseconds since 1970), and the revision that it names. */
export interface LoggedEvent {
  readonly type: string;
  readonly at: number;
  readonly revision: string | undefined;
}

const lineSchema = z.object({ event: z.string(), ts: z.iso.datetime(), revision: z.string().optional() });

/** The events that the agent in this pod has logged; it was started with `--log-format=json`. */
export async function eventsOf(world: NodeWorld, pod: ApiObject): Promise<LoggedEvent[]> {
  const text = await world.kubectl('logs', pod.metadata.name);
  return text.split('\n').flatMap((line) => {
    const { data } = lineSchema.safeParse(jsonOf(line));
    return data === undefined ? [] : [{ type: data.event, at: Date.parse(data.ts), revision: data.revision }];
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Node's own warnings are no JSON.
    return undefined;
  }
}

/** The first event of a type about a revision, after a time; throws where there is none. */
export function eventOf(events: readonly LoggedEvent[], type: string, revision?: string, after = 0): LoggedEvent {
  const found = events.find(
    (event) => event.type === type && event.at >= after && (revision === undefined || event.revision === revision),
  );
  if (found === undefined) throw new Error(`no ${type} ${revision ?? ''} among ${events.map((e) => e.type).join(' ')}`);
  return found;
}
