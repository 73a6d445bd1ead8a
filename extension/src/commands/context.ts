import type { Toasts } from '../asking/toasts.ts';
import type { Services } from '../services.ts';
import type { Reviews } from './editing/review.ts';
import type { VirtualTexts } from './editing/virtual-texts.ts';

/** What every command is given. */
export interface CommandContext {
  readonly services: Services;
  readonly toasts: Toasts;
  readonly texts: VirtualTexts;
  readonly reviews: Reviews;
  /** Lets something go on after the command has ended, such as a question in a toast; what fails is told. */
  readonly inBackground: (work: () => Promise<void>) => void;
}

/** A command; its arguments are what lenses, rows and key bindings hand over. Errors are told by who runs it. */
export type Command = (context: CommandContext, ...args: readonly unknown[]) => Promise<void>;
