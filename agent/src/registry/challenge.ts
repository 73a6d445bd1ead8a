/** One way of proving who asks, as a `WWW-Authenticate` header names it (RFC 9110, 11.6.1). */
export interface Challenge {
  /** Lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const BLANKS = /[ \t]*/y;
const SEPARATORS = /[ \t,]*/y;
const MAX_LENGTH = 8192;

/** All challenges of a header's values, in their order; what cannot be read ends the list. */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  const text = (typeof header === 'string' ? header : (header ?? []).join(', ')).slice(0, MAX_LENGTH);
  const reader = createReader(text);
  const found: { scheme: string; params: Map<string, string> }[] = [];
  for (reader.take(SEPARATORS); !reader.done(); reader.take(SEPARATORS)) {
    const word = reader.take(TOKEN);
    if (word === undefined) break;
    const value = reader.take(EQUALS) === undefined ? undefined : readValue(reader);
    const current = found.at(-1);
    if (value !== undefined && current !== undefined) current.params.set(word.toLowerCase(), value);
    else if (value !== undefined) break;
    else {
      found.push({ scheme: word.toLowerCase(), params: new Map() });
      skipToken68(reader);
    }
  }
  return found;
}

/** The challenge to answer: Bearer with a realm before Basic, `undefined` where neither is offered. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  const bearer = challenges.find(({ scheme, params }) => scheme === 'bearer' && params.has('realm'));
  return bearer ?? challenges.find(({ scheme }) => scheme === 'basic');
}

interface Reader {
  /** The text that a sticky expression matches here, its first group if it has one; moves past it. */
  take(expression: RegExp): string | undefined;
  peek(expression: RegExp): boolean;
  done(): boolean;
}

function createReader(text: string): Reader {
  let at = 0;
  function match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = at;
    return expression.exec(text);
  }
  return {
    take(expression) {
      const found = match(expression);
      if (found === null) return undefined;
      at += found[0].length;
      return found[1] ?? found[0];
    },
    peek: (expression) => match(expression) !== null,
    done: () => at >= text.length,
  };
}

function readValue(reader: Reader): string {
  const quoted = reader.take(QUOTED);
  return quoted === undefined ? (reader.take(TOKEN) ?? '') : quoted.replaceAll(/\\(.)/g, '$1');
}

/** `Negotiate TlRMTVNTUAAB==`: one value without a name, of no use here. */
function skipToken68(reader: Reader): void {
  reader.take(BLANKS);
  if (reader.peek(TOKEN68)) reader.take(TOKEN68);
}
