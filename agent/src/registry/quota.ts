import { MAX_PAUSE } from './retry.ts';

/** What a host says of how many more requests it takes. */
export interface Quota {
  /** Requests a window; absent where the host does not say. */
  readonly limit?: number;
  /** Requests that are left of them. */
  readonly remaining: number;
  /** Milliseconds until there are new ones, or the whole window where the host does not say how much of it is over. */
  readonly resetIn: number;
}

/** Headers of an answer, in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Less than this share of the limit is little. */
const LITTLE = 0.2;
/** What is little where the limit is not known. */
const FEW = 20;
/** Seconds; a longer window is nonsense. */
const MAX_WINDOW = 7 * 24 * 3600;
/** Seconds: what is greater is no span of time but seconds since 1970. */
const FIRST_DATE = 1_000_000_000;
const MAX_LENGTH = 1024;

/**
 * The tightest quota that an answer tells, in any spelling that is in use: `RateLimit: "p";r=5;t=60` with `RateLimit-Policy`,
 * `RateLimit: limit=…, remaining=…, reset=…`, the three headers `RateLimit-Limit`, `-Remaining` and `-Reset` (with `X-` too),
 * and Docker Hub's `ratelimit-remaining: 76;w=21600`. What makes no sense is taken as not said. `now` is milliseconds since 1970.
 */
export function readQuota(headers: Headers, now: number): Quota | undefined {
  const quotas = [...ofPolicies(headers), ofFields(headers), ofThree(headers, '', now), ofThree(headers, 'x-', now)];
  const said = quotas.filter((quota) => quota !== undefined);
  return said.toSorted((a, b) => spacingOf(b) - spacingOf(a) || a.remaining - b.remaining)[0];
}

/** Milliseconds that requests should be apart, so that what is left lasts until there is more; 0 = no matter. At most 15 minutes. */
export function spacingOf({ limit, remaining, resetIn }: Quota): number {
  const isLittle = remaining === 0 || remaining < (limit === undefined ? FEW : limit * LITTLE);
  return isLittle ? Math.min(MAX_PAUSE, resetIn / Math.max(1, remaining)) : 0;
}

/** `RateLimit: "burst";r=5;t=60, "day";r=900;t=6000` and the limits of `RateLimit-Policy: "burst";q=10;w=60`. */
function ofPolicies(headers: Headers): (Quota | undefined)[] {
  const policies = new Map(items(headers['ratelimit-policy']).map(({ name, params }) => [name, params]));
  return items(headers.ratelimit).map(({ name, params }) => {
    const policy = policies.get(name);
    return quotaOf(count(policy?.get('q')), count(params.get('r')), seconds(params.get('t') ?? policy?.get('w')));
  });
}

/** `RateLimit: limit=100, remaining=50, reset=5`. */
function ofFields(headers: Headers): Quota | undefined {
  const fields = pairs(text(headers.ratelimit).split(/[,;]/));
  return quotaOf(count(fields.get('limit')), count(fields.get('remaining')), seconds(fields.get('reset')));
}

function ofThree(headers: Headers, prefix: string, now: number): Quota | undefined {
  const [limit] = items(headers[`${prefix}ratelimit-limit`]);
  const [remaining] = items(headers[`${prefix}ratelimit-remaining`]);
  const reset = seconds(text(headers[`${prefix}ratelimit-reset`]), now);
  const window = seconds(remaining?.params.get('w') ?? limit?.params.get('w'));
  return quotaOf(count(limit?.name), count(remaining?.name), reset ?? window);
}

function quotaOf(
  limit: number | undefined,
  remaining: number | undefined,
  span: number | undefined,
): Quota | undefined {
  if (remaining === undefined || span === undefined) return undefined;
  return { ...(limit === undefined ? {} : { limit }), remaining, resetIn: span * 1000 };
}

/** The members of a list with their parameters: `"a";q=1, b;w=2`. */
function items(value: string | string[] | undefined): { name: string; params: ReadonlyMap<string, string> }[] {
  return text(value)
    .split(',')
    .map((member) => {
      const [name = '', ...params] = member.split(';');
      return { name: name.trim(), params: pairs(params) };
    });
}

/** `a=1`, `b=2` by their names. */
function pairs(parts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    parts.map((part): [string, string] => {
      const [name = '', said = ''] = part.split('=');
      return [name.trim(), said.trim()];
    }),
  );
}

function text(value: string | string[] | undefined): string {
  return (typeof value === 'string' ? value : (value ?? []).join(', ')).slice(0, MAX_LENGTH);
}

function count(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : undefined;
}

/** A span of time; a date, where `now` is told, as the span until then. */
function seconds(value: string | undefined, now?: number): number | undefined {
  if (value === undefined || !/^\d{1,12}(?:\.\d{1,9})?$/.test(value)) return undefined;
  const said = Number(value);
  const span = now !== undefined && said >= FIRST_DATE ? Math.max(0, said - now / 1000) : said;
  return span <= MAX_WINDOW ? span : undefined;
}
