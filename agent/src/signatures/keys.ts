import { createPublicKey, type KeyObject, verify } from 'node:crypto';

const PEM = /-----BEGIN (?:RSA )?PUBLIC KEY-----[^-]*-----END (?:RSA )?PUBLIC KEY-----/g;
const MOST = 20;
const KINDS = new Set(['ec', 'rsa', 'ed25519']);

/** The public keys in a PEM text: ECDSA, RSA of 2048 bits or more, Ed25519. Throws an `Error` that says what is wrong. */
export function readPublicKeys(text: string): KeyObject[] {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw new Error('it holds a private key, which must stay secret');
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0) throw new Error('it holds no public key in PEM');
  if (blocks.length > MOST) throw new Error(`it holds more than ${MOST} keys`);
  return blocks.map(readOne);
}

function readOne(pem: string): KeyObject {
  const key = parsed(pem);
  if (!KINDS.has(key.asymmetricKeyType ?? '')) throw new Error('it holds a key that is neither ECDSA, RSA nor Ed25519');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 2048) < 2048) throw new Error('its RSA key has less than 2048 bits');
  return key;
}

function parsed(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw new Error('it holds a public key that cannot be read');
  }
}

/** Whether this key made this signature of these bytes, as cosign signs: with SHA-256, or the hash that belongs to a larger curve. */
export function isSignedBy(key: KeyObject, data: Buffer, signature: Buffer): boolean {
  return hashesOf(key).some((hash) => {
    try {
      return verify(hash, data, key, signature);
    } catch {
      return false;
    }
  });
}

function hashesOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly (string | undefined)[] {
  if (asymmetricKeyType === 'ed25519') return [undefined];
  if (asymmetricKeyDetails?.namedCurve === 'secp384r1') return ['sha256', 'sha384'];
  return asymmetricKeyDetails?.namedCurve === 'secp521r1' ? ['sha256', 'sha512'] : ['sha256'];
}
