import type { Found, Place } from './places.ts';

/** Places whose findings several repositories share for a moment, so that many open folders ask each of them once. */
export interface SharedSearches {
  /** The same place for the same key; `make` is called where it is not known yet. */
  place(key: string, make: () => Place): Place;
  /** What was found is not believed any more. */
  forget(): void;
}

interface Finding {
  readonly found: Promise<Found>;
  readonly at: number;
}

/** Milliseconds. */
const FRESH = 3_000;

/** `now`: milliseconds of a clock that only goes forward; `closing` ends every search. */
export function createSharedSearches(now: () => number, closing: AbortSignal): SharedSearches {
  const findings = new Map<string, Finding>();

  function search(key: string, place: Place): Promise<Found> {
    const known = findings.get(key);
    if (known !== undefined && now() - known.at < FRESH) return known.found;
    const found = place.search(closing);
    findings.set(key, { found, at: now() });
    return found;
  }

  return {
    place(key, make) {
      const place = make();
      return { kind: place.kind, search: (signal) => unlessAborted(search(key, place), signal) };
    },
    forget: () => findings.clear(),
  };
}

/** Who leaves does not end what others wait for. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    if (signal.aborted) leave();
  });
}
