import type { DashboardAction, DashboardCommand } from '../../src/model/dashboard/commands.ts';
import type { DashboardSnapshot } from '../../src/model/dashboard/snapshot.ts';
import type { StringKey } from '../../src/model/dashboard/strings.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import { wfButton, wfSpinner } from '../elements/controls.ts';
import { type IconName, icon } from '../elements/icon.ts';
import type { View } from '../view.ts';

type Kind = DashboardSnapshot['connection']['kind'];

const LOOKS: Readonly<Record<Kind, { readonly icon: IconName; readonly title: StringKey; readonly text: StringKey }>> =
  {
    connecting: { icon: 'agent', title: 'connecting', text: 'connectingText' },
    connected: { icon: 'agent', title: 'connecting', text: 'connectingText' },
    lost: { icon: 'unplugged', title: 'lost', text: 'lostText' },
    restricted: { icon: 'lock', title: 'restricted', text: 'restrictedText' },
    'no-kubeconfig': { icon: 'unplugged', title: 'noKubeconfig', text: 'noKubeconfigText' },
    'not-found': { icon: 'search', title: 'notFound', text: 'notFoundText' },
    'no-permission': { icon: 'lock', title: 'noPermission', text: 'noPermissionText' },
    ambiguous: { icon: 'agent', title: 'ambiguous', text: 'ambiguousText' },
    closed: { icon: 'branch', title: 'closed', text: 'closedText' },
  };

const LABELS: Partial<Record<DashboardCommand, StringKey>> = {
  reconnect: 'actReconnect',
  showLog: 'actLog',
  trust: 'actTrust',
  chooseContext: 'actChooseContext',
  chooseEnvironment: 'actChooseEnvironment',
  setToken: 'actSetToken',
};

/** The whole page where nothing is known yet: what is missing, and what to do. */
export function notice(view: View): Node {
  const { connection } = view.snapshot;
  const { icon: picture, title, text } = LOOKS[connection.kind];
  const isWaiting = connection.kind === 'connecting' || connection.kind === 'connected';
  return h(
    'div',
    { key: 'notice', class: 'notice', 'data-testid': 'notice', 'data-kind': connection.kind },
    h('div', { class: 'notice-sign' }, isWaiting ? wfSpinner() : icon(picture)),
    h('h2', {}, view.text.t(title)),
    h('p', {}, view.text.t(text)),
    connection.message !== '' && h('p', { class: 'notice-message code' }, connection.message),
    h('div', { class: 'notice-actions' }, buttons(view, connection.actions)),
  );
}

/** Above what was last known, while the agent is away. */
export function banner(view: View): Child {
  const { connection } = view.snapshot;
  if (connection.kind === 'connected') return undefined;
  const { icon: picture, title } = LOOKS[connection.kind];
  const isWaiting = connection.kind === 'connecting';
  return h(
    'div',
    { key: 'banner', class: 'banner', 'data-testid': 'banner', 'data-kind': connection.kind },
    isWaiting ? wfSpinner() : icon(picture),
    h('p', {}, h('strong', {}, view.text.t(title)), ' ', connection.message, ' ', view.text.t('lastKnown')),
    h('div', { class: 'banner-actions' }, buttons(view, connection.actions)),
  );
}

function buttons({ text, act }: View, actions: readonly DashboardAction[]): Child {
  return actions.map((action, index) =>
    wfButton({
      label: text.t(LABELS[action.command] ?? 'actOpen'),
      isPrimary: index === 0,
      testId: `action-${action.command}`,
      onPress: () => act(action),
    }),
  );
}
