import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new token for the people's API: 256 random bits as text. */
export function createToken(random: (size: number) => Buffer = randomBytes): string {
  return random(32).toString('base64url');
}

/** The token of an `Authorization` header; '' where it carries none. */
export function bearerOf(header: string | undefined): string {
  return /^Bearer +([^\s]+)$/i.exec(header ?? '')?.[1] ?? '';
}

/** Whether two tokens are the same and not empty. Takes the same time whatever differs. */
export function tokensMatch(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token)) && given !== '';
}

/** What a token is known by where it must not be kept. */
export function fingerprint(token: string): string {
  return digest(token).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
