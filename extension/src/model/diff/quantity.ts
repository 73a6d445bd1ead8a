/** Powers of ten and of two by the suffixes of Kubernetes' quantities. */
const SUFFIXES: Readonly<Record<string, readonly [base: 2n | 10n, exponent: number]>> = {
  n: [10n, -9],
  u: [10n, -6],
  m: [10n, -3],
  '': [10n, 0],
  k: [10n, 3],
  M: [10n, 6],
  G: [10n, 9],
  T: [10n, 12],
  P: [10n, 15],
  E: [10n, 18],
  Ki: [2n, 10],
  Mi: [2n, 20],
  Gi: [2n, 30],
  Ti: [2n, 40],
  Pi: [2n, 50],
  Ei: [2n, 60],
};
const QUANTITY = /^([+-]?)(\d{1,40})?(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/;

/** Whether two texts are the same quantity as Kubernetes counts (`1000m` and `1`, `0.5Gi` and `512Mi`). */
export function isSameQuantity(a: string, b: string): boolean {
  const [first, second] = [read(a), read(b)];
  if (first === undefined || second === undefined) return false;
  return first.numerator * second.denominator === second.numerator * first.denominator;
}

/** A quantity as a fraction, or `undefined` where the text is none. */
function read(text: string): { numerator: bigint; denominator: bigint } | undefined {
  const [all, sign, whole = '', part = '', power, suffix = ''] = QUANTITY.exec(text) ?? [];
  if (all === undefined || `${whole}${part}` === '') return undefined;
  const [base, exponent] = power === undefined ? (SUFFIXES[suffix] ?? [10n, 0]) : [10n, Number(power)];
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${part}`);
  const scale = base ** BigInt(Math.abs(exponent));
  const decimals = 10n ** BigInt(part.length);
  return exponent < 0
    ? { numerator: digits, denominator: decimals * scale }
    : { numerator: digits * scale, denominator: decimals };
}
