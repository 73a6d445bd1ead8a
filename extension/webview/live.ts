import type { Change } from '../src/model/dashboard/changes.ts';
import { sayStanding } from './parts/header.ts';
import type { Text } from './text.ts';

/** Milliseconds between two announcements, so that nobody is talked over. */
const PAUSE = 5000;

/** Tells people who do not see the page what has changed. */
export interface Live {
  tell(changes: readonly Change[], text: Text): void;
}

/** A voice that speaks through a live region. What comes while it pauses is told together. */
export function createLive(region: HTMLElement): Live {
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function speak(): void {
    timer = undefined;
    if (waiting.length === 0) return;
    region.textContent = waiting.join(' ');
    waiting = [];
    timer = setTimeout(speak, PAUSE);
  }

  return {
    tell(changes, text) {
      waiting = [...new Set([...waiting, ...changes.map((change) => say(change, text))])].slice(-5);
      if (timer === undefined) speak();
    },
  };
}

function say(change: Change, text: Text): string {
  switch (change.kind) {
    case 'connection':
      return text.t(change.to === 'connected' ? 'saidConnected' : change.to === 'lost' ? 'lost' : 'connecting');
    case 'standing':
      return sayStanding(change.to, text);
    case 'failed':
      return text.t('saidFailed', change.services.join(', '));
    case 'recovered':
      return text.t('saidRecovered', change.services.join(', '));
    case 'released':
      return text.t('saidReleased', change.title);
  }
}
