import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';
import { type KubeconfigContexts, readContexts } from '@weaveflux/shared/node';
import { type AgentOffer, type OpenRepository, relatedAgents } from '../../model/agent/match-repository.ts';
import type { Settings } from '../../model/settings.ts';
import type { TokenStore } from './addresses.ts';
import { allPlaces, kubeconfigOf } from './all-places.ts';
import { sayUnusable } from './cluster.ts';
import type { Place } from './places.ts';
import { createSession, type Session, type SessionPorts } from './session.ts';
import { createSharedSearches } from './shared-search.ts';

/** What all sessions share. */
export interface HubPorts extends Pick<SessionPorts, 'isWatched' | 'now'> {
  readonly settings: () => Settings;
  readonly tokens: TokenStore;
  /** Of the process: where agent files and kubeconfigs lie. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What one session is about. */
export interface SessionSubject extends Pick<SessionPorts, 'repository' | 'chosen' | 'changed' | 'log'> {
  /** The context of the kubeconfig that was chosen. */
  readonly context: () => string | undefined;
}

/** All that reaches out of the editor; loaded when something is needed for the first time. */
export interface Hub {
  open(subject: SessionSubject): Session;
  /** Every agent of a repository at every place, whatever its branch; for choosing one. */
  offers(repository: OpenRepository, context: string | undefined): Promise<readonly AgentOffer[]>;
  /** Errors: one sentence where there is no usable kubeconfig. */
  contexts(): Promise<KubeconfigContexts>;
  /** What was found a moment ago is not believed any more. */
  forget(): void;
  dispose(): void;
}

/** Makes what sessions share. Nothing is looked for before one is opened. */
export function createHub({ settings, tokens, env, isWatched, now }: HubPorts): Hub {
  const closing = new AbortController();
  const searches = createSharedSearches(now, closing.signal);
  const places = (context: string | undefined): readonly Place[] =>
    allPlaces({ settings: settings(), context, tokens, env, searches });
  return {
    open: ({ context, ...subject }) => createSession({ ...subject, places: () => places(context()), isWatched, now }),
    async offers(repository, context) {
      const found = await Promise.all(places(context).map((place) => place.search(closing.signal)));
      return relatedAgents(
        repository,
        found.flatMap(({ agents }) => agents),
      );
    },
    async contexts() {
      try {
        return await readContexts(kubeconfigOf(settings(), env), env);
      } catch (cause) {
        const error = asWeavefluxError(cause);
        throw new WeavefluxError(error.code, sayUnusable(error), { cause });
      }
    },
    forget: () => searches.forget(),
    dispose: () => closing.abort(),
  };
}
