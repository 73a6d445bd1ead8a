import type { DashboardCommand } from '../../src/model/dashboard/commands.ts';
import type { SnapshotCommit, Standing } from '../../src/model/dashboard/snapshot.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import { wfButton } from '../elements/controls.ts';
import { type IconName, icon } from '../elements/icon.ts';
import type { Text } from '../text.ts';
import type { EnvironmentView, View } from '../view.ts';

const ICON_OF: Readonly<Record<Standing['kind'], IconName>> = {
  healthy: 'healthy',
  pending: 'unknown',
  progressing: 'progressing',
  failing: 'failed',
  suspended: 'suspended',
};

/** Name, how it stands, what is applied, and what can be done with the whole environment. */
export function header(view: EnvironmentView): Node {
  const { snapshot, environment, text } = view;
  const { standing } = environment;
  return h(
    'header',
    { key: 'header', class: `head standing-${standing.kind}`, 'data-testid': 'header' },
    h('div', { class: 'head-sign' }, icon(ICON_OF[standing.kind])),
    h(
      'div',
      { class: 'head-text' },
      h('h1', {}, snapshot.name),
      h('p', { class: 'head-standing', 'data-testid': 'standing' }, sayStanding(standing, text)),
    ),
    h('div', { class: 'head-actions', role: 'toolbar', 'aria-label': text.t('actions') }, actions(view)),
    facts(view),
  );
}

/** The header while nothing is known but the name. */
export function bareHeader({ snapshot: { name, branch } }: View): Node {
  return h(
    'header',
    { key: 'header', class: 'head', 'data-testid': 'header' },
    h('div', { class: 'head-sign' }, icon('agent')),
    h('div', { class: 'head-text' }, h('h1', {}, name), h('p', { class: 'head-standing' }, branch)),
  );
}

/** How an environment stands, in one sentence. */
export function sayStanding(standing: Standing, text: Text): string {
  switch (standing.kind) {
    case 'healthy':
      return text.count(standing.total, 'healthyOne', 'healthyMany');
    case 'pending':
      return text.t('pending');
    case 'progressing':
      return text.t(standing.of === 'services' ? 'progressing' : 'progressingObjects', standing.ready, standing.total);
    case 'failing': {
      const said = standing.reason === '' ? text.t('failing') : text.t('failingWith', standing.reason);
      return standing.more === 0 ? said : `${said} ${text.count(standing.more, 'moreReasonsOne', 'moreReasonsMany')}`;
    }
    case 'suspended': {
      const { by, reason, until } = standing;
      return until === undefined
        ? text.t('suspendedBy', by, reason)
        : text.t('suspendedByUntil', by, reason, text.date(until));
    }
  }
}

function actions(view: EnvironmentView): Child {
  const { environment, text } = view;
  const { suspended, updates, rights } = environment;
  const ready = updates.filter(({ kind }) => kind === 'available').length;
  const refused = refusalOf(view);
  const button = (command: DashboardCommand, label: string, picture: IconName, why?: string, isPrimary = false) =>
    wfButton({
      label,
      icon: picture,
      isPrimary,
      refused: why,
      testId: `action-${command}`,
      onPress: () => view.act({ command, target: {} }),
    });
  return [
    ready > 0 &&
      button(
        'releaseUpdates',
        text.count(ready, 'releaseUpdatesOne', 'releaseUpdatesMany'),
        'release',
        rights.releaseActs ? refused : undefined,
        true,
      ),
    button('sync', text.t('sync'), 'sync', refused),
    suspended
      ? button('resume', text.t('resume'), 'play', refused)
      : button('suspend', text.t('suspend'), 'pause', refused),
  ];
}

/** Why the person may not act now; `undefined` where they may. */
export function refusalOf({ environment: { rights }, snapshot, text }: EnvironmentView): string | undefined {
  if (rights.mayAct) return undefined;
  if (snapshot.connection.kind !== 'connected') return text.t('noAgent');
  return rights.reason ?? text.t('noRight');
}

function facts(view: EnvironmentView): Node {
  const { snapshot, environment, text, now } = view;
  const { applied, waiting, checked, version, readOnly } = environment;
  const { branch, agent } = snapshot;
  return h(
    'ul',
    { class: 'facts' },
    branch !== undefined && fact('branch', 'branch', text.t('branch', branch), branch),
    applied !== undefined && h('li', { key: 'applied' }, icon('commit'), commit(view, applied, text.t('applied'))),
    waiting !== undefined && h('li', { key: 'waiting' }, icon('clock'), commit(view, waiting, text.t('newest'))),
    agent !== undefined && fact('agent', 'agent', text.t('agent', agent, version), `${agent} · ${version}`),
    checked !== undefined &&
      h('li', { key: 'checked', title: text.date(checked) }, icon('sync'), text.t('checked', text.ago(checked, now))),
    readOnly && fact('read-only', 'lock', text.t('readOnlyWhy'), text.t('readOnly')),
  );
}

function fact(key: string, picture: IconName, label: string, shown: string): Node {
  return h(
    'li',
    { key, title: label },
    icon(picture),
    h('span', { class: 'hidden' }, label),
    h('span', { 'aria-hidden': 'true', class: 'cut' }, shown),
  );
}

function commit({ act }: View, { revision, subject }: SnapshotCommit, label: string): Child {
  return [
    h('span', { class: 'fact-label' }, label),
    h(
      'button',
      {
        type: 'button',
        class: 'wf-link code',
        'aria-label': `${label} ${revision.slice(0, 7)} ${subject ?? ''}`,
        'data-testid': 'open-revision',
        'on:click': () => act({ command: 'open', target: { revision } }),
      },
      revision.slice(0, 7),
    ),
    subject !== undefined && h('span', { class: 'cut', title: subject }, subject),
  ];
}
