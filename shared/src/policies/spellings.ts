import { FLUX_FILTER_PREFIX, FLUX_PREFIXES, KEYS, type KeyDescription, type KeyName, PREFIX } from './keys.ts';

const PRECEDENCE = [PREFIX, ...FLUX_PREFIXES, FLUX_FILTER_PREFIX];

/** A key in one of its spellings. */
export interface KeySpelling {
  readonly key: KeyDescription;
  readonly container: string | undefined;
  readonly spelling: 'weaveflux' | 'flux';
}

/** What an annotation's key means: a key of the table, `unknown` for one under our prefix that is none, else `undefined`. */
export function readKey(text: string): KeySpelling | 'unknown' | undefined {
  if (text.startsWith(PREFIX)) return find(text.slice(PREFIX.length), 'weaveflux') ?? 'unknown';
  const prefix = FLUX_PREFIXES.find((known) => text.startsWith(known));
  if (prefix !== undefined) return find(text.slice(prefix.length), 'flux');
  return text.startsWith(FLUX_FILTER_PREFIX) ? find(`tag.${text.slice(FLUX_FILTER_PREFIX.length)}`, 'flux') : undefined;
}

/** Where several spellings of a key are there, that with the lowest number holds. */
export function precedenceOf(text: string): number {
  return PRECEDENCE.findIndex((prefix) => text.startsWith(prefix));
}

/** The spellings that mean the same, ours first: the order in which they win over each other. */
export function spellingsOf(name: KeyName, container?: string): string[] {
  const suffix = container === undefined ? name : `${name}.${container}`;
  const inFlux = KEYS.some(
    (known) => known.name === name && known.flux && known.perContainer === (container !== undefined),
  );
  if (!inFlux) return [PREFIX + suffix];
  const filter = name === 'tag' && container !== undefined ? [FLUX_FILTER_PREFIX + container] : [];
  return [PREFIX + suffix, ...FLUX_PREFIXES.map((prefix) => prefix + suffix), ...filter];
}

/**
 * The annotation to write for a key: the spelling that is there, else Flux v1's where the object has only Flux v1's
 * keys and Flux v1 knows this one, else ours.
 */
export function annotationKeyFor(
  existing: Readonly<Record<string, unknown>>,
  name: KeyName,
  container?: string,
): string {
  const spellings = spellingsOf(name, container);
  const [ours = PREFIX + name] = spellings;
  const present = spellings.find((spelling) => Object.hasOwn(existing, spelling));
  if (present !== undefined) return present;
  const used = Object.keys(existing);
  if (used.some((written) => written.startsWith(PREFIX))) return ours;
  const prefix = FLUX_PREFIXES.find((known) => used.some((written) => written.startsWith(known)));
  return (prefix === undefined ? undefined : spellings.find((spelling) => spelling.startsWith(prefix))) ?? ours;
}

/** The annotations that are there for a key, in every spelling: what to remove. */
export function annotationKeysOf(
  existing: Readonly<Record<string, unknown>>,
  name: KeyName,
  container?: string,
): string[] {
  return spellingsOf(name, container).filter((spelling) => Object.hasOwn(existing, spelling));
}

function find(name: string, spelling: KeySpelling['spelling']): KeySpelling | undefined {
  const dot = name.indexOf('.');
  const container = dot < 0 ? undefined : name.slice(dot + 1);
  const base = dot < 0 ? name : name.slice(0, dot);
  const key = KEYS.find(
    (known) =>
      known.name === base &&
      known.perContainer === (container !== undefined && container !== '') &&
      known.place !== 'label' &&
      (spelling === 'weaveflux' || known.flux),
  );
  return key === undefined ? undefined : { key, container, spelling };
}
