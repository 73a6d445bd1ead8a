import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Bytes as they lie in a registry beside an image: blobs first, then the manifest, under a tag or its own digest. */
export interface TestArtifact {
  /** A tag; absent = the manifest's digest. */
  readonly tag?: string;
  readonly mediaType: string;
  readonly manifest: Buffer;
  readonly blobs: readonly Buffer[];
}

/** A signature in cosign's own layout. */
export interface TestClassic {
  readonly payload: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
}

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const IN_TOTO = 'application/vnd.in-toto+json';
const SIGN = 'https://sigstore.dev/cosign/sign/v1';
/** Where cosign's own layout keeps a signature. */
export const SIGNATURE = 'dev.cosignproject.cosign/signature';

/** A pair of keys; the public one as PEM. */
export function testKeys(kind: 'p256' | 'p384' | 'rsa' | 'ed25519' = 'p256'): { pem: string; key: KeyObject } {
  const { publicKey, privateKey } = testPair(kind);
  return { pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), key: privateKey };
}

/** A pair of keys. */
export function testPair(kind: Parameters<typeof testKeys>[0] = 'p256'): {
  publicKey: KeyObject;
  privateKey: KeyObject;
} {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (kind === 'ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: kind === 'p384' ? 'P-384' : 'P-256' });
}

/** What cosign signs in its own layout. */
export function simplePayload(digest: string, reference = 'example.test/app'): Buffer {
  const image = { 'docker-manifest-digest': digest };
  const critical = { identity: { 'docker-reference': reference }, image, type: 'cosign container image signature' };
  return Buffer.from(JSON.stringify({ critical, optional: null }));
}

/** A statement that an image is signed, or with another predicate an attestation of it. */
export function statementOf(digest: string, predicateType = SIGN): Buffer {
  const subject = [{ digest: { sha256: digest.replace('sha256:', '') } }];
  return Buffer.from(
    JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} }),
  );
}

/** A signature by a key in cosign's own layout. */
export function classicByKey(key: KeyObject, digest: string, payload = simplePayload(digest)): TestClassic {
  return { payload, annotations: { [SIGNATURE]: signed(key, payload).toString('base64') } };
}

/** A bundle with a signature by a key. */
export function bundleByKey(key: KeyObject, statement: Buffer): Buffer {
  const signature = signed(key, enveloped(statement)).toString('base64');
  return bundleText({ publicKey: { hint: 'any' } }, statement, signature);
}

/** Signatures in cosign's own layout, under the tag where cosign looks for them. */
export function classicArtifact(digest: string, signatures: readonly TestClassic[]): TestArtifact {
  const config = Buffer.from('{}');
  const layers = signatures.map(({ payload, annotations }) => ({
    ...descriptor(SIMPLE_SIGNING, payload),
    annotations,
  }));
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers,
  };
  const blobs = [config, ...signatures.map(({ payload }) => payload)];
  return { tag: `${digest.replace(':', '-')}.sig`, mediaType: OCI_MANIFEST, manifest: json(manifest), blobs };
}

/** The manifests of bundles, and the index under the tag by which they are found where there is no API for it. */
export function bundleArtifacts(digest: string, bundles: readonly Buffer[], predicate = SIGN): TestArtifact[] {
  const empty = Buffer.from('{}');
  const manifests = bundles.map((bundle) =>
    json({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: BUNDLE,
      config: descriptor('application/vnd.oci.empty.v1+json', empty),
      layers: [descriptor(BUNDLE, bundle)],
      subject: { mediaType: OCI_MANIFEST, digest, size: 1 },
    }),
  );
  const annotations = { 'dev.sigstore.bundle.predicateType': predicate };
  const entries = manifests.map((manifest) => ({
    ...descriptor(OCI_MANIFEST, manifest),
    artifactType: BUNDLE,
    annotations,
  }));
  const index = json({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries });
  return [
    ...manifests.map((manifest, at) => ({ mediaType: OCI_MANIFEST, manifest, blobs: [empty, bundles[at] ?? empty] })),
    { tag: digest.replace(':', '-'), mediaType: OCI_INDEX, manifest: index, blobs: [] },
  ];
}

/** The text of a bundle around a statement in an envelope. */
export function bundleText(material: object, statement: Buffer, signature: string): Buffer {
  const dsseEnvelope = {
    payload: statement.toString('base64'),
    payloadType: IN_TOTO,
    signatures: [{ sig: signature }],
  };
  return json({ mediaType: BUNDLE, verificationMaterial: material, dsseEnvelope });
}

/** A signature, with SHA-256 where the kind of key has no hash of its own. */
export function signed(key: KeyObject, data: Buffer): Buffer {
  return sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, key);
}

/** What the signature of an envelope covers. */
export function enveloped(statement: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${statement.length} `), statement]);
}

function descriptor(mediaType: string, content: Buffer): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: `sha256:${hexOf(content)}`, size: content.length };
}

/** SHA-256 in hexadecimal. */
export function hexOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
