import type { DashboardAction, DashboardCommand } from '../../src/model/dashboard/commands.ts';
import type { StringKey } from '../../src/model/dashboard/strings.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import { wfLink } from '../elements/controls.ts';
import type { EnvironmentView } from '../view.ts';
import { refusalOf } from './header.ts';

const LABELS: Partial<Record<DashboardCommand, StringKey>> = {
  sync: 'sync',
  release: 'actRelease',
  releaseHeld: 'actReleaseHeld',
  approve: 'actApprove',
  unpin: 'actUnpin',
  confirmPrune: 'actConfirmPrune',
  diffWithCluster: 'actDiff',
  showDrift: 'actDrift',
  history: 'actHistory',
  explain: 'actExplain',
  showLog: 'actLog',
};

/** Of these, what asks the agent to act; the others read, or edit the file. */
const ACTS: ReadonlySet<DashboardCommand> = new Set(['sync', 'confirmPrune', 'approve']);
const RELEASES: ReadonlySet<DashboardCommand> = new Set(['release', 'releaseHeld']);

/** What a row is about. */
export interface RowTitle {
  readonly shown: string;
  /** Where it is shown shorter. */
  readonly full: string;
  readonly actions: readonly DashboardAction[];
}

/** What a row is about; it opens the line, where there is one. */
export function rowTitle({ act, text }: EnvironmentView, { shown, full, actions }: RowTitle): Node {
  const open = actions.find(({ command }) => command === 'open');
  if (open === undefined) return h('span', { class: 'row-title cut', title: full }, shown);
  return h(
    'button',
    {
      type: 'button',
      class: 'row-title wf-link plain cut',
      title: full,
      'aria-label': `${text.t('actOpen')} ${full}`,
      'data-testid': 'do-open',
      'on:click': () => act(open),
    },
    shown,
  );
}

/** What else can be done, as links in a row. `about` is what the row is about. */
export function links(view: EnvironmentView, actions: readonly DashboardAction[], about: string): Child {
  const others = actions.filter(({ command }) => command !== 'open');
  if (others.length === 0) return undefined;
  const { text, environment, act } = view;
  return h(
    'span',
    { class: 'row-actions' },
    others.map((action) => {
      const { command } = action;
      const needsRight = ACTS.has(command) || (RELEASES.has(command) && environment.rights.releaseActs);
      return wfLink({
        label: text.t(LABELS[command] ?? 'actOpen'),
        about,
        refused: needsRight ? refusalOf(view) : undefined,
        testId: `do-${command}`,
        onPress: () => act(action),
      });
    }),
  );
}
