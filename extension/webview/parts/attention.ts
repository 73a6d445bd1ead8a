import type { Attention } from '../../src/model/dashboard/snapshot.ts';
import type { StringKey } from '../../src/model/dashboard/strings.ts';
import { h, type Node } from '../dom/node.ts';
import { wfCard } from '../elements/controls.ts';
import { type IconName, icon } from '../elements/icon.ts';
import type { EnvironmentView } from '../view.ts';
import { links, rowTitle } from './row.ts';

/** So many are shown at first; the others are a number. */
const SHOWN = 8;

const LOOKS: Readonly<Record<Attention['kind'], { readonly icon: IconName; readonly word: StringKey }>> = {
  repository: { icon: 'unplugged', word: 'kindRepository' },
  failed: { icon: 'failed', word: 'kindFailed' },
  missing: { icon: 'missing', word: 'kindMissing' },
  contested: { icon: 'warning', word: 'kindContested' },
  drift: { icon: 'drift', word: 'kindDrift' },
  prune: { icon: 'trash', word: 'kindPrune' },
  policy: { icon: 'warning', word: 'kindPolicy' },
  problem: { icon: 'warning', word: 'kindProblem' },
};

/** What waits for a person. */
export function attention(view: EnvironmentView): Node {
  const { environment, text } = view;
  const all = environment.attention;
  return wfCard(
    { id: 'attention', title: text.t('attention'), count: all.length },
    all.length === 0
      ? h('p', { class: 'empty calm' }, icon('healthy'), text.t('attentionNone'))
      : h(
          'ul',
          { class: 'rows' },
          all.slice(0, SHOWN).map((item) => row(view, item)),
        ),
    all.length > SHOWN && h('p', { class: 'more' }, text.t('more', all.length - SHOWN)),
  );
}

function row(view: EnvironmentView, { id, kind, severity, title, text, actions }: Attention): Node {
  const { icon: picture, word } = LOOKS[kind];
  return h(
    'li',
    { key: id, class: `row row-${severity}`, 'data-testid': `attention-${kind}` },
    icon(picture),
    h(
      'div',
      { class: 'row-text' },
      h(
        'div',
        { class: 'row-head' },
        rowTitle(view, { shown: title, full: title, actions }),
        h('span', { class: 'tag' }, view.text.t(word)),
      ),
      text !== '' && h('p', { class: 'row-detail', title: text }, text),
      links(view, actions, title),
    ),
  );
}
