import type { Toasts } from '../asking/toasts.ts';
import type { Services } from '../services.ts';
import type { VirtualDocuments } from './documents.ts';
import type { Plans } from './plans.ts';

/** What every command of diffs is given. */
export interface DiffContext {
  readonly services: Services;
  readonly toasts: Toasts;
  readonly documents: VirtualDocuments;
  readonly plans: Plans;
  /** Lets something go on after the command has ended, such as a question in a toast; what fails is told. */
  readonly inBackground: (work: () => Promise<void>) => void;
}

/** A command; its argument is what lenses, rows, menus and key bindings hand over. Errors are told by who runs it. */
export type DiffCommand = (context: DiffContext, argument: unknown) => Promise<void>;
