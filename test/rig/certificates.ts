import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Whom a certificate names and where it is good for. */
export interface CertificateRequest {
  readonly commonName: string;
  /** Kubernetes reads groups from these. */
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  /** IPv4 addresses. */
  readonly addresses?: readonly string[];
}

/** A certificate authority of one test run. */
export interface Authority extends Certificate {
  /** A certificate for servers and clients alike, signed by this authority. */
  issue(request: CertificateRequest): Certificate;
}

type KeyType = 'ec' | 'rsa';

interface Signer {
  readonly name: Buffer;
  readonly key: KeyObject;
  readonly keyId: Buffer;
}

const DAY = 86_400_000;

/** Makes an authority with a key of its own: P-256, or RSA where what verifies knows nothing else. X.509 v3, RFC 5280. */
export function createAuthority(commonName: string, keyType: KeyType = 'ec'): Authority {
  const { privateKey, publicKey } = newKey(keyType);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const signer = { name: distinguishedName({ commonName }), key: privateKey, keyId: keyIdentifier(spki) };
  const cert = certificate(signer, signer.name, spki, authorityExtensions(signer.keyId));
  return {
    cert,
    key: pem(privateKey),
    issue(request) {
      const pair = newKey('ec');
      const subject = pair.publicKey.export({ type: 'spki', format: 'der' });
      const extensions = leafExtensions(request, signer.keyId);
      return { cert: certificate(signer, distinguishedName(request), subject, extensions), key: pem(pair.privateKey) };
    },
  };
}

function newKey(type: KeyType): { privateKey: KeyObject; publicKey: KeyObject } {
  return type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function certificate(signer: Signer, subject: Buffer, spki: Buffer, extensions: Buffer): string {
  const algorithm =
    signer.key.asymmetricKeyType === 'rsa'
      ? sequence(oid('1.2.840.113549.1.1.11'), NULL)
      : sequence(oid('1.2.840.10045.4.3.2'));
  const now = Date.now();
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x4a]), randomBytes(15)])),
    algorithm,
    signer.name,
    sequence(time(now - DAY), time(now + 3650 * DAY)),
    subject,
    spki,
    tagged(0xa3, extensions),
  );
  const der = sequence(body, algorithm, bitString(sign('sha256', body, signer.key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function authorityExtensions(keyId: Buffer): Buffer {
  return sequence(
    extension('2.5.29.19', sequence(TRUE), true),
    extension('2.5.29.15', tagged(0x03, Buffer.from([1, 0x86])), true),
    extension('2.5.29.14', tagged(0x04, keyId)),
  );
}

function leafExtensions(request: CertificateRequest, issuerKeyId: Buffer): Buffer {
  const names = [
    ...(request.dnsNames ?? []).map((name) => tagged(0x82, Buffer.from(name))),
    ...(request.addresses ?? []).map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  return sequence(
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.15', tagged(0x03, Buffer.from([5, 0xa0])), true),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.35', sequence(tagged(0x80, issuerKeyId))),
    ...(names.length > 0 ? [extension('2.5.29.17', sequence(...names))] : []),
  );
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), tagged(0x04, value));
}

function keyIdentifier(spki: Buffer): Buffer {
  return createHash('sha1').update(spki).digest();
}

function distinguishedName(request: CertificateRequest): Buffer {
  const parts = (request.organizations ?? []).map((name) => ['2.5.4.10', name] as const);
  const all = [...parts, ['2.5.4.3', request.commonName] as const];
  return sequence(...all.map(([id, text]) => tagged(0x31, sequence(oid(id), tagged(0x0c, Buffer.from(text))))));
}

// DER, ITU-T X.690: a tag, a length, the contents.

function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body), body]);
}

function lengthOf(body: Buffer): Buffer {
  if (body.length < 0x80) return Buffer.from([body.length]);
  if (body.length < 0x100) return Buffer.from([0x81, body.length]);
  return Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return tagged(0x30, ...contents);
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function bitString(value: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), value);
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tagged(0x17, Buffer.from(digits.slice(2)));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

const NULL = tagged(0x05);
const TRUE = tagged(0x01, Buffer.from([0xff]));
