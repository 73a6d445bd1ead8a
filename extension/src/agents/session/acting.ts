import { WeavefluxError } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import type { Rights } from '../../model/agent/state.ts';

/** What needs the right to act; a plan needs it for documents only, so it tells nothing. */
const ACTS = ['sync', 'changes', 'suspend', 'resume', 'adopt'] as const;

/** A client whose acts tell whether one may act: the agent's refusal is the only place where a token's rights are known for sure. */
export function tellingRights(client: ApiClient, tell: (rights: Rights) => void): ApiClient {
  async function heard<T>(act: Promise<T>): Promise<T> {
    try {
      const answer = await act;
      tell({ kind: 'allowed' });
      return answer;
    } catch (error) {
      if (error instanceof WeavefluxError && error.code === 'FORBIDDEN')
        tell({ kind: 'denied', reason: error.message });
      throw error;
    }
  }
  const telling = ACTS.map((name) => [
    name,
    (...args: readonly unknown[]) =>
      heard((client[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args)),
  ]);
  return { ...client, ...Object.fromEntries(telling) };
}
