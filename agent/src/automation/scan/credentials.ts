import { asWeavefluxError, type Json, valueAt, type WeavefluxError } from '@weaveflux/shared';
import type { Scan } from '../../registry/types.ts';
import type { KubernetesTarget } from '../../targets/kubernetes/types.ts';
import type { Subject } from '../subjects.ts';

/** What opens a registry, as docker config JSON texts. */
export interface Credentials {
  readonly texts: readonly string[];
  /** Why some could not be read. */
  readonly failed: WeavefluxError | undefined;
}

/** The pull secrets of subjects; those of the same service account and names are read once. */
export function createCredentials(target: Pick<KubernetesTarget, 'pullSecrets'>, signal: AbortSignal) {
  const known = new Map<string, Promise<Credentials>>();

  async function read({ namespace, podTemplate }: Subject): Promise<Credentials> {
    if (namespace === '') return { texts: [], failed: undefined };
    try {
      return { texts: await target.pullSecrets(namespace, podTemplate, signal), failed: undefined };
    } catch (error) {
      signal.throwIfAborted();
      return { texts: [], failed: asWeavefluxError(error) };
    }
  }

  function one(subject: Subject): Promise<Credentials> {
    const key = `${subject.namespace} ${namesOf(subject.podTemplate)}`;
    const reading = known.get(key) ?? read(subject);
    known.set(key, reading);
    return reading;
  }

  return {
    /** Of all these subjects together. */
    async of(subjects: readonly Subject[]): Promise<Credentials> {
      const all = await Promise.all(subjects.map(one));
      return {
        texts: [...new Set(all.flatMap(({ texts }) => texts))],
        failed: all.find(({ failed }) => failed !== undefined)?.failed,
      };
    },
  };
}

/** A scan whose problem also says why credentials could not be read, which is the likely reason of a refusal. */
export function withHint(scan: Scan, why: string | undefined): Scan {
  const { problem } = scan;
  if (problem === undefined || why === undefined) return scan;
  return { ...scan, problem: { ...problem, message: `${problem.message} ${why}` } };
}

/** Equal for pod templates that name the same pull secrets and service account. */
function namesOf(podTemplate: Json | undefined): string {
  const names = ['imagePullSecrets', 'serviceAccountName'].map(
    (field) => valueAt(podTemplate, ['spec', field]) ?? null,
  );
  return JSON.stringify(names);
}
