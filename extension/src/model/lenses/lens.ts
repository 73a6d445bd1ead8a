import { withoutAddress } from '../names.ts';
import type { Settings } from '../settings.ts';
import type { TextRange } from '../source/types.ts';
import type { Target } from '../target.ts';

/** One lens: what stands above a line, and what a click on it does. */
export interface LensSpec {
  readonly range: TextRange;
  /** May hold codicons: `$(pass) healthy`. */
  readonly title: string;
  readonly tooltip?: string;
  /** Absent = the lens only tells. */
  readonly command?: LensCommand;
  /** Set instead of `command` where the action is there but not for this person: why. */
  readonly refused?: LensRefusal;
}

/** A command of VS Code with what it is about. */
export interface LensCommand {
  readonly id: string;
  /** What it does, as in a list of actions: `Release 1.5.0…`. */
  readonly label: string;
  readonly arguments: readonly [Target];
}

/** An action that this person cannot take. */
export interface LensRefusal {
  readonly label: string;
  /** One sentence. */
  readonly reason: string;
}

/** What lenses depend on besides the file and the agent. */
export interface LensOptions {
  readonly settings: Pick<Settings, 'releaseMode'>;
  /** `Environment.id`; absent where the file is in no environment's repository. */
  readonly environment: string | undefined;
  readonly now: Date;
}

/** What a lens of an action says and does. */
export interface Action {
  readonly id: string;
  readonly title: string;
  /** As in a list of actions; absent = the title. */
  readonly label?: string;
  readonly tooltip?: string;
}

/** A lens that runs a command. */
export function commandLens(range: TextRange, action: Action, target: Target): LensSpec {
  const { id, title, label = title, tooltip } = action;
  const command: LensCommand = { id, label, arguments: [target] };
  return tooltip === undefined ? { range, title, command } : { range, title, tooltip, command };
}

/** Whether two lists of lenses look and do the same. */
export function isSameLenses(a: readonly LensSpec[], b: readonly LensSpec[]): boolean {
  return a.length === b.length && a.every((lens, index) => isSame(lens, b[index]));
}

function isSame(a: LensSpec, b: LensSpec | undefined): boolean {
  return (
    b !== undefined &&
    a.title === b.title &&
    a.tooltip === b.tooltip &&
    a.range.startLine === b.range.startLine &&
    JSON.stringify([a.range, a.command, a.refused]) === JSON.stringify([b.range, b.command, b.refused])
  );
}

const MAX_WORDS = 60;
const PLAIN = /^[\w.:~+^*-]{0,60}$/;

/** A text of somebody in a title: on one line, not too long, and nothing in it is taken for a codicon. */
export function inTitle(text: string): string {
  if (PLAIN.test(text)) return text;
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS - 1).trimEnd()}…` : line;
  return short.replace(/\$\([\w~-]+\)/g, '\\$&');
}

/** Who, in a title: without an address. */
export function nameInTitle(person: string): string {
  return inTitle(withoutAddress(person));
}
