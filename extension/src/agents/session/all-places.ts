import { agentFileDirectory } from '@weaveflux/shared/node';
import type { Settings } from '../../model/settings.ts';
import { atAddresses, type TokenStore } from './addresses.ts';
import { inCluster } from './cluster.ts';
import { thisMachine } from './machine.ts';
import type { Place } from './places.ts';
import type { SharedSearches } from './shared-search.ts';

/** What the places depend on. */
export interface PlaceOptions {
  readonly settings: Pick<Settings, 'agents' | 'kubeconfig' | 'namespace'>;
  /** The context that was chosen; absent = the kubeconfig's current one. */
  readonly context: string | undefined;
  readonly tokens: TokenStore;
  /** Of the process: where agent files and kubeconfigs lie. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly searches: SharedSearches;
}

/** The places where an agent may be, nearest first. Nothing else is ever looked at. */
export function allPlaces({ settings, context, tokens, env, searches }: PlaceOptions): readonly Place[] {
  const { agents, namespace } = settings;
  const kubeconfig = kubeconfigOf(settings, env);
  return [
    searches.place('machine', () => thisMachine(agentFileDirectory(env))),
    searches.place(`address ${agents.join(' ')}`, () => atAddresses(agents, tokens)),
    searches.place(`cluster ${JSON.stringify([kubeconfig, context, namespace])}`, () =>
      inCluster({ kubeconfig, context, namespace }, env),
    ),
  ];
}

/** The path of the kubeconfig in the settings; absent = where kubectl finds it. */
export function kubeconfigOf(
  { kubeconfig }: Pick<Settings, 'kubeconfig'>,
  env: PlaceOptions['env'],
): string | undefined {
  return kubeconfig?.replace(/^~(?=\/)/, env.HOME ?? '~');
}
