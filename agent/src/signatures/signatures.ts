import { asWeavefluxError, SETTINGS_FILE } from '@weaveflux/shared';
import type { ArtifactReader } from '../registry/artifacts.ts';
import { findSignatures, type Signed } from './find.ts';
import { loadSigstore, type Sigstore } from './sigstore.ts';
import type { createTrustedRoot } from './trusted-root.ts';
import type { SignatureRule, Verdict } from './types.ts';
import { createVerdictStore } from './verdicts.ts';
import { refusalOf, type VerifyTools } from './verify.ts';

/** Says whether images are signed as rules require, and remembers it. */
export interface Signatures {
  /** What is known of an image repository (canonical name), by digest; with `dueAt` without what is to be asked for again then. */
  known(rules: readonly SignatureRule[], name: string, dueAt?: number): ReadonlyMap<string, Verdict>;
  /** Asks the registry, and remembers the answer. Never rejects: what cannot be checked is not verified. */
  check(rules: readonly SignatureRule[], signed: Signed, now: number, signal: AbortSignal): Promise<Verdict>;
}

/** What checking draws on. */
export interface SignatureSources {
  readonly reader: ArtifactReader;
  readonly trustedRoot: ReturnType<typeof createTrustedRoot>;
  /** Loads Sigstore's libraries, when they are needed for the first time. */
  readonly load?: () => Promise<Sigstore>;
}

/** The signatures of an environment's images. */
export function createSignatures({ reader, trustedRoot, load = loadSigstore }: SignatureSources): Signatures {
  const store = createVerdictStore();
  let loading: Promise<Sigstore> | undefined;
  const sigstore = (): Promise<Sigstore> => {
    loading ??= load();
    return loading;
  };
  const tools: VerifyTools = { sigstore, trustedRoot: async () => trustedRoot(await sigstore()) };

  return {
    known: (rules, name, dueAt) => store.of(keyOf(rules, name), dueAt),
    async check(rules, signed, now, signal) {
      const verdict = await verdictOf(reader, rules, signed, tools, signal);
      if (!signal.aborted) store.note(keyOf(rules, signed.repository.name), signed.digest, verdict, now);
      return verdict;
    },
  };
}

async function verdictOf(
  reader: ArtifactReader,
  rules: readonly SignatureRule[],
  signed: Signed,
  tools: VerifyTools,
  signal: AbortSignal,
): Promise<Verdict> {
  const impossible = rules.find(({ signer }) => signer.kind === 'nobody');
  if (impossible !== undefined) return notVerified(`${placeOf(impossible)} cannot be understood`);
  const open = new Map(rules.map((rule) => [rule, undefined as string | undefined]));
  try {
    for await (const found of findSignatures(reader, signed, signal)) {
      for (const [rule, before] of open) {
        const refusal = await refusalOf(found, rule, signed.digest, tools);
        if (refusal === undefined) open.delete(rule);
        else open.set(rule, before ?? refusal);
      }
      if (open.size === 0) return { state: 'verified' };
    }
  } catch (error) {
    const { message } = asWeavefluxError(error);
    return { ...notVerified(`its signatures could not be checked: ${message.replace(/\.$/, '')}`), passing: true };
  }
  const [first] = open;
  if (first === undefined) return { state: 'verified' };
  const [rule, refusal] = first;
  if (refusal !== undefined) return notVerified(`${refusal} (${placeOf(rule)})`);
  return { state: 'unsigned', reason: `no signature of it was found, and ${placeOf(rule)} requires one by ${rule.by}` };
}

function notVerified(reason: string): Exclude<Verdict, { state: 'verified' }> {
  return { state: 'not-verified', reason };
}

function placeOf({ line }: SignatureRule): string {
  return `${SETTINGS_FILE}:${line}`;
}

/** What is asked, and of which images: another demand has to be checked anew. */
function keyOf(rules: readonly SignatureRule[], name: string): string {
  const ids = rules.map(({ id, line }) => `${id} ${line}`).sort();
  return [name, ...ids].join('\n');
}
