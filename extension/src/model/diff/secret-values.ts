import * as l10n from '@vscode/l10n';
import { type Difference, isObject, type JsonObject, maskSecret, objectAt, toPointer } from '@weaveflux/shared';
import { isSecret, withSecretData } from './bookkeeping.ts';

/** Two sides of a comparison. */
export interface Pair {
  readonly left: JsonObject;
  readonly right: JsonObject;
}

/** How a Secret's value in the working copy stands to the one in the cluster. */
export type Verdict = 'equal' | 'differs' | 'unknown';

/** What is known of a Secret without seeing what the cluster has. */
export interface SecretKnowledge {
  /** The Secret as the working copy has it. */
  readonly wanted: JsonObject;
  /** As it was when the agent last delivered it; absent where that is not at hand. */
  readonly delivered: JsonObject | undefined;
  /** In what the cluster differs from what was delivered. */
  readonly differences: readonly Difference[];
}

/** What stands in the place of a value, by side. */
const WORDS: Readonly<Record<Verdict, Readonly<Record<keyof Pair, () => string>>>> = {
  equal: { left: () => l10n.t('<masked: equal>'), right: () => l10n.t('<masked: equal>') },
  differs: {
    left: () => l10n.t('<masked: differs> in the cluster'),
    right: () => l10n.t('<masked: differs> in the working copy'),
  },
  unknown: {
    left: () => l10n.t('<masked: not compared> in the cluster'),
    right: () => l10n.t('<masked: not compared> in the working copy'),
  },
};

/**
 * Both sides without a secret value. Of a Secret each value is `<masked: equal>`, `<masked: differs>` or
 * `<masked: not compared>`; the latter two say whose it is, so that the sides are seen to differ.
 */
export function maskPair({ left, right }: Pair, knowledge: SecretKnowledge): Pair {
  if (!isSecret(right)) return { left: withoutSecrets(left), right: withoutSecrets(right) };
  const verdict = (key: string) => verdictOf(key, knowledge);
  return { left: masked(left, 'left', verdict), right: masked(right, 'right', verdict) };
}

/** An object by itself without a secret value. */
export function withoutSecrets(object: JsonObject): JsonObject {
  const masked = maskSecret(object);
  if (!isSecret(object)) return masked;
  // Whatever stands there, if it is no mapping, it may be a secret, too.
  const fields = Object.entries(masked).map(([name, value]) =>
    (name === 'data' || name === 'stringData') && !isObject(value) ? [name, '<masked>'] : [name, value],
  );
  return Object.fromEntries(fields);
}

/** How a value of the working copy stands to the cluster's: by what was delivered, and whether the cluster still has that. */
export function verdictOf(key: string, { wanted, delivered, differences }: SecretKnowledge): Verdict {
  if (delivered === undefined) return 'unknown';
  const isDelivered = comparableValue(wanted, key) === comparableValue(delivered, key);
  const isChanged = differences.some(
    ({ path }) => path === '' || path === '/data' || path === toPointer(['data', key]),
  );
  if (isChanged) return isDelivered ? 'differs' : 'unknown';
  return isDelivered ? 'equal' : 'differs';
}

function masked(secret: JsonObject, side: keyof Pair, verdict: (key: string) => Verdict): JsonObject {
  const { stringData: _never, ...rest } = withoutSecrets(secret);
  if (!isObject(rest.data)) return rest;
  const values = Object.keys(rest.data).map((key) => [key, WORDS[verdict(key)][side]()]);
  return { ...rest, data: Object.fromEntries(values) };
}

/** Base64 may be folded. */
function comparableValue(secret: JsonObject, key: string): string {
  const value = objectAt(withSecretData(secret), ['data'])[key];
  return typeof value === 'string' ? value.replace(/\s/g, '') : JSON.stringify(value ?? null);
}
