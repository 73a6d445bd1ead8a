import type { Workbench } from '../rig/index.ts';
import { LARGE_TAG } from './editor-file.ts';
import { watchReads } from './host-reads.ts';
import {
  activate,
  callInHost,
  openAndAsk,
  residentMemory,
  takeChanges,
  typeAndAsk,
  untilQuiet,
  usedMemory,
  watchLenses,
} from './host-side.ts';
import { type Startup, startupOf } from './host-startup.ts';
import { type HostWorld, LARGE, SMALL } from './host-world.ts';

const KEYSTROKES = 20;
const EVENTS = 10;
/** Milliseconds between two events: each finds the extension at rest. */
const REST = 700;
const LIVE = /healthy 2\/2/;

/** What a start and the first view cost a host. */
export interface FirstView extends Startup {
  /** Milliseconds of processor time of the start. */
  readonly processor: number;
  /** Bytes that the process has more. */
  readonly resident: number;
  /** Bytes in use at the end. */
  readonly used: number;
  /** Files of the repository that any process has read, but the one that is shown. */
  readonly read: readonly string[];
}

/** Milliseconds of the lenses of the large file. */
export interface LensRound {
  readonly opened: number;
  readonly typed: readonly number[];
  /** From an event to VS Code hearing that lenses are others, and to the screen. */
  readonly heard: readonly number[];
  readonly shown: readonly number[];
}

/** A fresh host's first view: the Environments view, and a small file with its lenses. */
export async function firstView(world: HostWorld): Promise<FirstView> {
  await using workbench = await world.open();
  await callInHost(workbench, untilQuiet, undefined);
  const reads = await watchReads(world.folder);
  const before = await callInHost(workbench, residentMemory, undefined);
  const processor = await callInHost(workbench, activate, undefined);
  await workbench.openView('Weaveflux');
  await workbench.openFile(SMALL);
  await workbench.waitForLens(LIVE);
  await workbench.treeRow(/^Workloads/).waitFor();
  await callInHost(workbench, untilQuiet, undefined);
  const resident = (await callInHost(workbench, residentMemory, undefined)) - before;
  const used = await callInHost(workbench, usedMemory, undefined);
  const read = (await reads()).filter((path) => path !== SMALL);
  const startup = await startupOf(workbench);
  return { ...startup, processor, resident, used, read };
}

/** The large file as the first that a fresh host reads, in milliseconds; and bytes in use before anything of ours was. */
export async function coldLenses(world: HostWorld): Promise<{ readonly opened: number; readonly used: number }> {
  await using workbench = await world.open();
  await callInHost(workbench, untilQuiet, undefined);
  const used = await callInHost(workbench, usedMemory, undefined);
  await callInHost(workbench, watchLenses, undefined);
  await callInHost(workbench, activate, undefined);
  const opened = await callInHost(workbench, openAndAsk, LARGE);
  return { opened, used };
}

/** The large file in a host that has shown the lenses of another one; then keystrokes, then events. */
export async function warmLenses(world: HostWorld): Promise<LensRound> {
  await using workbench = await world.open();
  await callInHost(workbench, untilQuiet, undefined);
  await callInHost(workbench, watchLenses, undefined);
  await callInHost(workbench, activate, undefined);
  await workbench.openFile(SMALL);
  await workbench.waitForLens(LIVE);
  await callInHost(workbench, untilQuiet, undefined);
  const opened = await callInHost(workbench, openAndAsk, LARGE);
  await workbench.waitForLens(LIVE);
  await callInHost(workbench, untilQuiet, undefined);
  const typed = await callInHost(workbench, typeAndAsk, { tag: LARGE_TAG, times: KEYSTROKES });
  await workbench.command('File: Revert File');
  await callInHost(workbench, untilQuiet, undefined);
  const events = await followEvents(world, workbench);
  return { opened, typed, ...events };
}

async function followEvents(world: HostWorld, workbench: Workbench): Promise<Pick<LensRound, 'heard' | 'shown'>> {
  const heard: number[] = [];
  const shown: number[] = [];
  for (let event = 0; event < EVENTS; event++) {
    const ready = event % 2;
    await new Promise((resolve) => setTimeout(resolve, REST));
    await callInHost(workbench, takeChanges, undefined);
    const onScreen = untilOnScreen(workbench, `healthy ${ready}/2`);
    const began = Date.now();
    world.tell({ ready });
    shown.push((await onScreen) - began);
    const [change] = await callInHost(workbench, takeChanges, undefined);
    if (change === undefined) throw new Error('VS Code was not told that lenses are others');
    heard.push(change - began);
  }
  world.tell({ ready: 2 });
  await workbench.waitForLens(LIVE);
  return { heard, shown };
}

/** The time of the first frame, in milliseconds since the epoch, in which a lens has this text. */
async function untilOnScreen({ page }: Workbench, text: string): Promise<number> {
  const lenses = "[...document.querySelectorAll('.codelens-decoration')]";
  const isThere = `${lenses}.some(({ textContent }) => textContent.includes(${JSON.stringify(text)}))`;
  const time = await page.waitForFunction(`${isThere} && Date.now()`, undefined, { polling: 'raf' });
  return Number(await time.jsonValue());
}
