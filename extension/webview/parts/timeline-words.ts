import type { Lane, TimelineItem } from '../../src/model/dashboard/snapshot.ts';
import type { StringKey } from '../../src/model/dashboard/strings.ts';
import type { Text } from '../text.ts';

const LANE_WORDS: Readonly<Record<Lane, StringKey>> = {
  releases: 'laneReleases',
  interference: 'laneInterference',
  failures: 'laneFailures',
};

const ITEM_WORDS: Readonly<Record<Lane, StringKey>> = {
  releases: 'itemRelease',
  interference: 'itemInterference',
  failures: 'itemFailure',
};

/** What one thing of a lane is called. */
export function itemWord(lane: Lane): StringKey {
  return ITEM_WORDS[lane];
}

/** What a lane is called. */
export function laneWord(lane: Lane): StringKey {
  return LANE_WORDS[lane];
}

/** How long something was, or that it still is; empty for a moment. */
export function sayWhen({ lane, from, to, ongoing }: TimelineItem, text: Text): string {
  if (ongoing) return text.t('ongoing');
  if (to === undefined) return '';
  return text.t(lane === 'interference' ? 'correctedAfter' : 'overAfter', text.duration(to - from));
}
