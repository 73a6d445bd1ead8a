import type { Update } from '../../src/model/dashboard/snapshot.ts';
import type { StringKey } from '../../src/model/dashboard/strings.ts';
import { h, type Node } from '../dom/node.ts';
import { wfCard } from '../elements/controls.ts';
import { icon } from '../elements/icon.ts';
import type { EnvironmentView } from '../view.ts';
import { links, rowTitle } from './row.ts';

/** So many are shown; the others are a number, and in the Updates view. */
const SHOWN = 8;

/** Absent where nothing but the person is waited for. */
const WORDS: Partial<Record<Update['kind'], StringKey>> = {
  approval: 'updateApproval',
  'needs-release': 'updateNeedsRelease',
  held: 'updateHeld',
  waiting: 'updateWaiting',
  pinned: 'updatePinned',
  manual: 'updateManual',
};

/** The images of which something newer is there. */
export function updates(view: EnvironmentView): Node {
  const { environment, text } = view;
  const all = environment.updates;
  return wfCard(
    { id: 'updates', title: text.t('updates'), count: all.length },
    all.length === 0
      ? h('p', { class: 'empty calm' }, icon('healthy'), text.t('updatesNone'))
      : h(
          'ul',
          { class: 'rows' },
          all.slice(0, SHOWN).map((update) => row(view, update)),
        ),
    all.length > SHOWN && h('p', { class: 'more' }, text.t('more', all.length - SHOWN)),
  );
}

function row(view: EnvironmentView, update: Update): Node {
  const { id, kind, name, container, from, to, built, policy, reason, actions } = update;
  const { text, now } = view;
  const word = WORDS[kind];
  const age = built === undefined ? undefined : text.t('built', text.ago(built, now));
  return h(
    'li',
    { key: id, class: `row update-${kind}`, 'data-testid': `update-${kind}` },
    icon(kind === 'pinned' ? 'pinned' : kind === 'held' || kind === 'waiting' ? 'pause' : 'update'),
    h(
      'div',
      { class: 'row-text' },
      h(
        'div',
        { class: 'row-head' },
        rowTitle(view, { shown: shownName(name, container), full: `${name} ${container}`, actions }),
        word !== undefined && h('span', { class: 'tag', title: reason }, text.t(word)),
        links(view, actions, `${name} ${container}`),
      ),
      h(
        'p',
        { class: 'versions' },
        h('span', { class: 'code faint cut', title: from }, from),
        h('span', { class: 'arrow', 'aria-hidden': 'true' }, '→'),
        h('span', { class: 'hidden' }, text.t('to')),
        h('strong', { class: 'code cut', title: to }, to),
        h('span', { class: 'faint cut', title: reason }, [policy, age].filter(Boolean).join(' · ')),
      ),
    ),
  );
}

/** `shop:deployment/cart` as `cart`, with its container where that is called otherwise. */
function shownName(name: string, container: string): string {
  const short = name.slice(name.lastIndexOf('/') + 1);
  return short === container ? short : `${short} ${container}`;
}
