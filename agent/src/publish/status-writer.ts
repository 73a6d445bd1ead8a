import { isDeepStrictEqual } from 'node:util';
import type { EnvironmentStatus } from '@weaveflux/shared';
import { hasCode } from '../targets/kubernetes/objects.ts';
import { pauseLength } from '../targets/kubernetes/watch-pause.ts';
import { afterForbidden } from './after-forbidden.ts';
import type { OwnEnvironment } from './own-environment.ts';
import type { OwnObject } from './own-object.ts';

/** Keeps the status of the Environment as it should be, and writes nothing while it is. */
export interface StatusWriter {
  /** Something may have changed: looks within a second. */
  soon(): void;
  /** Something important has: looks when what is being done has been noted. */
  promptly(): void;
  stop(): void;
}

/** What a status writer works with. */
export interface StatusWriterParts {
  readonly own: OwnEnvironment;
  /** The status that the object should have; `before` = the one that it has. */
  readonly compose: (object: OwnObject) => EnvironmentStatus;
  readonly random: () => number;
  /** Takes what keeps it from writing; told again only when it is another reason. */
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds. */
const SOON = 1_000;
const PROMPTLY = 20;
const NAMESPACE_MISSING = 10_000;
/** What a policy or a CRD of another version refuses, a person has to mend; a webhook that is away comes back. */
const AFTER_REFUSED = 120_000;

/** A writer that has nothing to write yet. Writes one after the other, each of what is so by then. */
export function createStatusWriter(parts: StatusWriterParts): StatusWriter {
  const { own, compose, random, warn, signal } = parts;
  let timer: { readonly handle: NodeJS.Timeout; readonly at: number } | undefined;
  let running = false;
  let again = false;
  let failures = 0;
  /** Those in a row that were for lack of rights. */
  let forbidden = 0;
  let notBefore = 0;
  let sent: { readonly status: EnvironmentStatus; readonly resourceVersion: string } | undefined;
  let isRefused = false;
  let refusedPause: NodeJS.Timeout | undefined;

  function wake(delay: number): void {
    if (signal.aborted) return;
    const at = Math.max(performance.now() + delay, notBefore);
    if (timer !== undefined && timer.at <= at) return;
    clearTimeout(timer?.handle);
    timer = { handle: setTimeout(look, at - performance.now()), at };
  }

  function look(): void {
    timer = undefined;
    again = running;
    if (running) return;
    running = true;
    void write()
      .then(() => {
        failures = 0;
        forbidden = 0;
      }, failed)
      .finally(() => {
        running = false;
        if (again) wake(PROMPTLY);
        again = false;
      });
  }

  async function write(): Promise<void> {
    const known = own.known.state === 'missing' ? await own.create(signal) : own.known;
    if (known.state === 'missing') wake(NAMESPACE_MISSING);
    if (known.state !== 'there') return;
    const status = compose(known.object);
    const { resourceVersion } = known.object;
    // A CRD of another version may drop fields, or refuse them: what was sent to just this object is not sent again.
    const isSent = sent?.resourceVersion === resourceVersion && saysTheSame(sent.status, status);
    if (isSent || isDeepStrictEqual(known.object.status, status)) return;
    const after = await own.writeStatus(status, signal).catch((error: unknown) => {
      if (hasCode(error, 'REJECTED')) sent = { status, resourceVersion };
      throw error;
    });
    isRefused = false;
    if (after.state === 'there') sent = { status, resourceVersion: after.object.resourceVersion };
    else wake(SOON);
  }

  function failed(error: unknown): void {
    if (signal.aborted) return;
    failures += 1;
    if (hasCode(error, 'FORBIDDEN')) {
      warn(error.message);
      forbidden += 1;
      notBefore = performance.now() + afterForbidden(forbidden);
      wake(0);
      return;
    }
    forbidden = 0;
    if (hasCode(error, 'REJECTED')) {
      refused(error.message);
      return;
    }
    wake(Math.max(SOON, pauseLength(error, failures, random())));
  }

  /** Each refused status has words of its own, so only the first is told until one is taken. */
  function refused(message: string): void {
    if (!isRefused) warn(message);
    isRefused = true;
    if (own.known.state === 'missing') notBefore = performance.now() + AFTER_REFUSED;
    clearTimeout(refusedPause);
    refusedPause = setTimeout(() => {
      sent = undefined;
      wake(PROMPTLY);
    }, AFTER_REFUSED);
  }

  return {
    soon: () => wake(SOON),
    promptly: () => wake(PROMPTLY),
    stop() {
      clearTimeout(timer?.handle);
      clearTimeout(refusedPause);
    },
  };
}

/** Since when a condition is so is told anew each time, as long as the API has not kept it. */
function saysTheSame(one: EnvironmentStatus, other: EnvironmentStatus): boolean {
  return isDeepStrictEqual(withoutTimes(one), withoutTimes(other));
}

function withoutTimes({ conditions, ...status }: EnvironmentStatus) {
  return { ...status, conditions: conditions?.map((condition) => ({ ...condition, lastTransitionTime: '' })) };
}
