import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new token for the people's API: 256 random bits as text. */
export function createToken(random: (size: number) => Buffer = randomBytes): string {
  return random(32).toString('base64url');
}

/** Whether an `Authorization` header carries this token. Takes the same time whatever differs. */
export function bearerMatches(header: string | undefined, token: string): boolean {
  const given = /^Bearer +([^\s]+)$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token)) && given !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
