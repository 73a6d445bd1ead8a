import { flat, h, type Node } from '../dom/node.ts';
import type { EnvironmentView, View } from '../view.ts';
import { attention } from './attention.ts';
import { bareHeader, header } from './header.ts';
import { banner, notice } from './notice.ts';
import { services } from './services.ts';
import { stats } from './stats.ts';
import { timeline } from './timeline.ts';
import { times } from './times.ts';
import { updates } from './updates.ts';

/** With more rows than this beside the services, there is room for the times below the timeline only. */
const FEW = 4;

/** The whole page. */
export function dashboard(view: View): (Node | string)[] {
  const { environment } = view.snapshot;
  if (environment === undefined) return [bareHeader(view), notice(view)];
  const known: EnvironmentView = { ...view, environment };
  const isShort = environment.attention.length + environment.updates.length <= FEW;
  return flat([
    header(known),
    banner(view),
    stats(known),
    h(
      'div',
      { key: 'parts', class: 'parts' },
      services(known),
      h('div', { key: 'side', class: 'side' }, attention(known), updates(known), isShort && times(known)),
      timeline(known),
      !isShort && times(known),
    ),
  ]);
}
