import type { DashboardAction } from '../src/model/dashboard/commands.ts';
import type { PageState } from '../src/model/dashboard/protocol.ts';
import type { DashboardSnapshot, EnvironmentSnapshot } from '../src/model/dashboard/snapshot.ts';
import type { Popover } from './elements/popover.ts';
import type { Text } from './text.ts';

/** All that the page is drawn from, and what its parts may do. */
export interface View {
  readonly snapshot: DashboardSnapshot;
  /** What the person chose. */
  readonly page: PageState;
  readonly text: Text;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Pixels that the timeline has. */
  readonly timelineWidth: number;
  readonly popover: Popover;
  /** Asks the host to do something. */
  act(action: DashboardAction): void;
  /** Draws the page anew with other choices, and remembers them. */
  change(page: Partial<PageState>): void;
}

/** A view of an environment of which something is known. */
export interface EnvironmentView extends View {
  readonly environment: EnvironmentSnapshot;
}
