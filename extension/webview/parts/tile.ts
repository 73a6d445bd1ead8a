import type { Service, ServiceState } from '../../src/model/dashboard/snapshot.ts';
import type { StringKey } from '../../src/model/dashboard/strings.ts';
import { type Child, h, type Node } from '../dom/node.ts';
import { type IconName, icon } from '../elements/icon.ts';
import type { Text } from '../text.ts';
import type { EnvironmentView } from '../view.ts';

/** What the states of services are called. */
export const STATE_WORDS: Readonly<Record<ServiceState, StringKey>> = {
  failed: 'stateFailed',
  missing: 'stateMissing',
  progressing: 'stateProgressing',
  unknown: 'stateUnknown',
  suspended: 'stateSuspended',
  healthy: 'stateHealthy',
};

/** At most so many replicas are drawn one by one. */
const PIECES = 8;

/** One workload. It opens its line; the menu of the right mouse button, or its key, has more. */
export function tile(view: EnvironmentView, service: Service, isReached: boolean): Node {
  const { key, state, name, open } = service;
  const facts = factsOf(service, view.text);
  return h(
    'div',
    { key, class: 'cell', role: 'gridcell' },
    h(
      'button',
      {
        type: 'button',
        class: `tile state-${state}`,
        tabindex: isReached ? 0 : -1,
        'aria-label': [name, service.kind, ...facts.map(({ text }) => text)].join(', '),
        'data-testid': `service-${key}`,
        'data-state': state,
        'data-vscode-context': JSON.stringify(contextOf(view, service)),
        'on:click': open && (() => view.act(open)),
        ...view.popover.at(() => details(service, facts)),
        'on:focusin': () => view.change({ service: key }),
      },
      h(
        'span',
        { class: 'tile-line' },
        icon(state, 'state'),
        h('span', { class: 'tile-name cut' }, name),
        marks(service),
      ),
      h('span', { class: 'tile-line' }, h('span', { class: 'tile-tag code cut' }, tagOf(service)), replicas(service)),
    ),
  );
}

/** What VS Code's menu hands to its commands; the page's own part is a target as theirs. */
function contextOf({ page }: EnvironmentView, { key, open, pinned, suspended }: Service): object {
  return {
    webviewSection: 'service',
    servicePinned: pinned !== undefined,
    serviceSuspended: suspended !== undefined,
    preventDefaultContextMenuItems: true,
    target: { environment: page.environment, workload: key, ...open?.target },
  };
}

function tagOf({ images }: Service): string {
  const [first] = images;
  if (first === undefined) return '';
  return images.length > 1 ? `${first.tag} +${images.length - 1}` : first.tag;
}

function marks({ update, pinned, drift, suspended }: Service): Child {
  return h(
    'span',
    { class: 'marks' },
    drift !== undefined && (drift.mode === 'contested' ? icon('warning', 'mark-bad') : icon('drift', 'mark-warning')),
    suspended !== undefined && icon('pause', 'mark-mute'),
    pinned !== undefined && icon('pinned', 'mark-mute'),
    update !== undefined && icon('update', 'mark-info'),
  );
}

/** How many of the replicas are ready: as pieces, or where they are many as a length. */
function replicas({ ready, desired }: Service): Child {
  if (ready === undefined || desired === undefined) return undefined;
  const pieces = desired <= PIECES ? Array.from({ length: desired }, (_, index) => index < ready) : [];
  return h(
    'span',
    { class: 'replicas' },
    pieces.length > 0
      ? pieces.map((isReady) => h('span', { class: isReady ? 'piece on' : 'piece' }))
      : desired > 0 &&
          h('span', { class: 'gauge' }, h('span', { 'style:width': `${Math.min(100, (ready / desired) * 100)}%` })),
    h('span', { class: 'replica-count' }, `${ready}/${desired}`),
  );
}

interface Fact {
  readonly icon: IconName;
  readonly kind: string;
  readonly text: string;
}

/** All there is to say of a service, one sentence each. */
function factsOf(service: Service, text: Text): Fact[] {
  const { state, message, ready, desired, images, update, pinned, drift, suspended } = service;
  const said = text.t(STATE_WORDS[state]);
  const facts: Fact[] = [{ icon: state, kind: `state-${state}`, text: message === '' ? said : `${said}: ${message}` }];
  const add = (name: IconName, kind: string, sentence: string) => facts.push({ icon: name, kind, text: sentence });
  if (ready !== undefined && desired !== undefined) add('agent', '', text.t('replicas', ready, desired));
  for (const { container, tag } of images) add('release', '', text.t('runs', container, tag));
  if (update !== undefined) add('update', 'mark-info', text.t('updateTo', update.tag));
  if (pinned !== undefined) add('pinned', '', sayPin(pinned, text));
  if (drift !== undefined) add(drift.mode === 'contested' ? 'warning' : 'drift', 'mark-warning', sayDrift(drift, text));
  if (suspended !== undefined) add('pause', '', text.t('leftAlone', suspended));
  return facts;
}

function sayPin({ by, reason }: NonNullable<Service['pinned']>, text: Text): string {
  const said = by === undefined ? text.t('pinned') : text.t('pinnedBy', by);
  return reason === undefined ? said : `${said}: ${reason}`;
}

function sayDrift({ mode, managers }: NonNullable<Service['drift']>, text: Text): string {
  const words = {
    correcting: 'driftCorrecting',
    reported: 'driftReported',
    ignored: 'driftIgnored',
    contested: 'driftContested',
  } as const;
  const said = text.t(words[mode]);
  return managers.length === 0 ? said : `${said} (${managers.join(', ')})`;
}

function details({ name, kind, namespace }: Service, facts: readonly Fact[]): Child {
  return [
    h(
      'p',
      { class: 'pop-title' },
      name,
      h('span', { class: 'faint' }, ` ${[kind, namespace].filter(Boolean).join(' · ')}`),
    ),
    h(
      'ul',
      {},
      facts.map((fact) => h('li', { class: fact.kind }, icon(fact.icon), h('span', {}, fact.text))),
    ),
  ];
}
