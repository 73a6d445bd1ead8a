const MASK = '***';

/** Shorter ones would mask ordinary words. */
const SHORTEST = 4;

/**
 * Text without the given secrets, also as base64 or percent-encoded or inside JSON, and without user and password of
 * any URL (a user alone stays outside http: `ssh://git@host`). The last step before something leaves the agent, not the only one: secrets do not belong in messages.
 */
export function redact(text: string, secrets: Iterable<string>): string {
  const spellings = [...secrets].filter((secret) => secret.length >= SHORTEST).flatMap(spellingsOf);
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  const masked = longestFirst.reduce((rest, spelling) => rest.replaceAll(spelling, MASK), text);
  return masked
    .replace(/(\bhttps?:\/\/)[^\s/"']+@/gi, `$1${MASK}@`)
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/:"']*:[^\s/"']*@/gi, `$1${MASK}@`);
}

function spellingsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [secret, base64, base64.replace(/=+$/, ''), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}
