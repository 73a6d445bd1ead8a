import {
  failure,
  matchesGlob,
  type Problem,
  parseDuration,
  type RepositorySettings,
  SETTINGS_FILE,
  type WindowSetting,
  wallTime,
} from '@weaveflux/shared';
import { Cron } from 'croner';

/** A window of `.weaveflux.yaml`, ready to be asked. */
export interface Window {
  /** As people read it: its name, else its cron expression. */
  readonly name: string;
  readonly kind: 'allow' | 'deny';
  readonly timeZone: string;
  readonly applies: WindowSetting['applies'];
  /** Globs of names of workloads; absent = all. */
  readonly workloads?: readonly string[] | undefined;
  /** When it opens and for how many milliseconds; absent = that cannot be understood, so that it keeps everything closed. */
  readonly times?: { readonly opens: Cron; readonly duration: number };
  /** Where it is written, from 1. */
  readonly line: number;
}

/** Whether something may happen at a moment. */
export interface WindowState {
  readonly open: boolean;
  /** When that changes; `undefined` = it does not as far as can be told. */
  readonly until: Date | undefined;
  /** The window that it is open by, or is waited for; `undefined` = open because no window has a say now. */
  readonly window: Window | undefined;
}

/** At most so many openings and ends are looked at for when a state changes. */
const STEPS = 200;

/** A year: nothing longer is a window. */
const LONGEST = 366 * 24 * 3_600_000;

/** Settings as far as they are about windows. */
type Stated = Pick<RepositorySettings, 'windows' | 'images'>;

/**
 * The windows that are stated. None is about commits where images are only proposed: merging them is a person's will. One whose times cannot be understood is a problem at its line, and counts as closed: what
 * waits is only late, and says why, while what happens in spite of a window cannot be taken back.
 */
export function readWindows({ windows: settings, images }: Stated): { windows: Window[]; problems: Problem[] } {
  const windows: Window[] = [];
  const problems: Problem[] = [];
  for (const { name, allow, deny, for: length, timeZone, applies: stated, workloads, line } of settings) {
    const applies = stated.filter((what) => what !== 'commits' || images.write === undefined);
    if (applies.length === 0) continue;
    const pattern = allow ?? deny ?? '';
    const kind = allow === undefined ? 'deny' : 'allow';
    const window: Window = { name: name ?? pattern, kind, timeZone, applies, line, ...(workloads && { workloads }) };
    try {
      windows.push({ ...window, times: { opens: cronOf(pattern, timeZone), duration: durationOf(length) } });
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
      const message = `The window ${JSON.stringify(window.name)} cannot be understood (${why}), so it counts as closed; correct it.`;
      problems.push(failure('INVALID_SETTINGS', message, { file: SETTINGS_FILE, line }));
      windows.push(window);
    }
  }
  return { windows, problems };
}

/** The windows of commits that are about a workload (`displayName`). */
export function windowsFor(windows: readonly Window[], workload: string): Window[] {
  const ofCommits = windows.filter(({ applies }) => applies.includes('commits'));
  return ofCommits.filter(({ workloads }) => workloads?.some((glob) => matchesGlob(glob, workload)) ?? true);
}

/** The windows of deliveries. */
export function windowsOfDeploys(windows: readonly Window[]): Window[] {
  return windows.filter(({ applies }) => applies.includes('deploys'));
}

/** What something waits for, and until when, as the end of a sentence. */
export function sayWaiting({ window, until }: WindowState): string {
  if (window === undefined) return 'waits for a window';
  const { name, kind, times, timeZone, line } = window;
  if (times === undefined) return `waits because the window ${name} (${SETTINGS_FILE}:${line}) cannot be understood`;
  const what = kind === 'deny' ? `waits for the end of the window ${name}` : `waits for the window ${name}`;
  return until === undefined ? `${what}, which does not come` : `${what} until ${wallTime(until, timeZone)}`;
}

/** Whether these windows let something happen now, and when that changes. Deny goes before allow; without any allow all is open that is not denied. */
export function windowAt(windows: readonly Window[], now: Date): WindowState {
  const broken = windows.find(({ times }) => times === undefined);
  if (broken !== undefined) return { open: false, until: undefined, window: broken };
  const at = now.getTime();
  const here = momentOf(windows, at);
  if (here.open) return { open: true, until: dateOf(closesAt(windows, at)), window: here.by };
  const until = opensAt(windows, at);
  const waited = here.by ?? (until === undefined ? windows.find(isAllow) : momentOf(windows, until).by);
  return { open: false, until: dateOf(until), window: waited };
}

/** Whether one window is open by itself, and when it closes or opens next; neither is told of one that cannot be understood. */
export function ownState(window: Window, now: Date): { active: boolean; until: Date | undefined } {
  const end = endOf(window, now.getTime());
  return { active: end !== undefined, until: dateOf(end ?? nextOf(window, now.getTime())) };
}

function cronOf(pattern: string, timeZone: string): Cron {
  if (pattern.trim().split(/\s+/).length !== 5)
    throw new Error(`"${pattern}" is no cron expression of five fields, such as 0 9 * * 1-5`);
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new Error(`"${timeZone}" is no time zone, such as Europe/Berlin`);
  }
  try {
    return new Cron(pattern, { timezone: timeZone, mode: '5-part' });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^\w+: /, '') : '';
    throw new Error(`"${pattern}" is no cron expression: ${why}`);
  }
}

function durationOf(text: string): number {
  const duration = parseDuration(text);
  if (duration > 0 && duration <= LONGEST) return duration;
  throw new Error(`"${text}" is no length of a window; it takes more than nothing and at most a year`);
}

/** The state of a moment: denied by a window, allowed by one, or open or closed without. */
function momentOf(windows: readonly Window[], at: number): { open: boolean; by: Window | undefined } {
  const active = windows.filter((window) => endOf(window, at) !== undefined);
  const denying = active.find((window) => !isAllow(window));
  if (denying !== undefined) return { open: false, by: denying };
  const allowing = active.find(isAllow);
  return { open: allowing !== undefined || !windows.some(isAllow), by: allowing };
}

function opensAt(windows: readonly Window[], from: number): number | undefined {
  let at = from;
  for (let step = 0; step < STEPS; step++) {
    const denied = latest(windows.filter((window) => !isAllow(window)).map((window) => endOf(window, at)));
    if (denied !== undefined) at = denied;
    else if (momentOf(windows, at).open) return at;
    else {
      const next = earliest(windows.filter(isAllow).map((window) => nextOf(window, at)));
      if (next === undefined) return undefined;
      at = next;
    }
  }
  return undefined;
}

function closesAt(windows: readonly Window[], from: number): number | undefined {
  let at = from;
  for (let step = 0; step < STEPS; step++) {
    const denied = earliest(windows.filter((window) => !isAllow(window)).map((window) => nextOf(window, at)));
    const end = latest(windows.filter(isAllow).map((window) => endOf(window, at)));
    if (end === undefined || (denied !== undefined && denied <= end)) return denied;
    if (!momentOf(windows, end).open) return end;
    at = end;
  }
  return undefined;
}

/** When a window that is open at a moment closes, by its last opening; `undefined` = it is not open. */
function endOf({ times }: Window, at: number): number | undefined {
  if (times === undefined) return undefined;
  // Openings are at whole seconds, and what is asked for lies before the reference.
  const reference = Math.floor(at / 1000) * 1000 + 1000;
  const [start] = times.opens.previousRuns(1, new Date(reference));
  const end = start === undefined ? undefined : start.getTime() + times.duration;
  return end !== undefined && end > at ? end : undefined;
}

/** When a window opens next after a moment. */
function nextOf({ times }: Window, at: number): number | undefined {
  return times?.opens.nextRun(new Date(at))?.getTime();
}

function isAllow({ kind }: Window): boolean {
  return kind === 'allow';
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
