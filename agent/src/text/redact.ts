const MASK = '***';

/** Shorter ones would mask ordinary words. */
const SHORTEST = 4;

/**
 * Text without the given secrets, also as base64 or percent-encoded or inside JSON, and without user and password of
 * any URL, whoever put them there (a user alone stays for ssh: `ssh://git@host`).
 */
export function redact(text: string, secrets: Iterable<string>): string {
  const spellings = [...secrets].filter((secret) => secret.length >= SHORTEST).flatMap(spellingsOf);
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  const masked = longestFirst.reduce((rest, spelling) => rest.replaceAll(spelling, MASK), text);
  return masked.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)([^\s/"']*)@/gi, (match, scheme: string, user: string) =>
    /ssh:/i.test(scheme) && !user.includes(':') ? match : `${scheme}${MASK}@`,
  );
}

function spellingsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  const inUrl = [encodeURIComponent(secret), encodeURI(secret)];
  return [secret, base64, base64.replace(/=+$/, ''), ...inUrl, JSON.stringify(secret).slice(1, -1)];
}
