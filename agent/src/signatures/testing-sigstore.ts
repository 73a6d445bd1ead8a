import { createHash, type KeyObject } from 'node:crypto';
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock';
import * as z from 'zod';
import {
  bundleText,
  enveloped,
  hexOf,
  SIGNATURE,
  signed,
  simplePayload,
  type TestClassic,
  testPair,
} from './testing.ts';

/** Who signs without a key. */
export interface TestIdentity {
  readonly issuer: string;
  /** A URL. */
  readonly identity: string;
}

/** A Sigstore of the test's own: authority, log of certificates and transparency log. */
export interface TestSigstore {
  /** JSON. */
  readonly trustedRoot: string;
  classic(digest: string, who: TestIdentity): Promise<TestClassic>;
  bundle(statement: Buffer, who: TestIdentity): Promise<Buffer>;
  /** A bundle whose log (Rekor 2) does not say when it was signed, but a time stamp does; or no log at all has it. */
  stampedBundle(statement: Buffer, who: TestIdentity, isLogged?: boolean): Promise<Buffer>;
}

const entrySchema = z.object({
  body: z.string(),
  integratedTime: z.number(),
  logIndex: z.number(),
  logID: z.string(),
  verification: z.object({
    signedEntryTimestamp: z.string(),
    inclusionProof: z.object({
      logIndex: z.number(),
      treeSize: z.number(),
      rootHash: z.string(),
      checkpoint: z.string(),
    }),
  }),
});
const SHA256_OID = '2.16.840.1.101.3.4.2.1';
const KEY_DETAILS = 'PKIX_ECDSA_P256_SHA_256';
const ISSUER_OID = '1.3.6.1.4.1.57264.1.8';
const LONG_AGO = '2020-01-01T00:00:00Z';

/** Makes one, which signs when it is asked to: its authority is no older than itself. */
export async function createTestSigstore(): Promise<TestSigstore> {
  const [authority, certificates, entries, stamps] = [testPair(), testPair(), testPair(), testPair()];
  const ctlog = await initializeCTLog(certificates);
  const ca = await initializeCA(authority, ctlog);
  const log = await initializeTLog('https://rekor.example.test', entries);

  const tsa = await initializeTSA(stamps, inFiveMinutes());

  async function stampOf(signature: Buffer): Promise<string> {
    const artifactHash = createHash('sha256').update(signature).digest();
    const request = { artifactHash, hashAlgorithmOID: SHA256_OID, nonce: 1, policyOID: '1.2.3.4.1' };
    return bytes(await tsa.timestamp(request)).toString('base64');
  }
  async function certified({ issuer, identity }: TestIdentity): Promise<{ key: KeyObject; certificate: Buffer }> {
    const { publicKey, privateKey } = testPair();
    const issued = await ca.issueCertificate({
      publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
      subjectAltName: identity,
      extensions: [{ oid: ISSUER_OID, value: issuer }],
    });
    return { key: privateKey, certificate: bytes(issued) };
  }
  async function logged(entry: object) {
    const [found] = Object.values(await log.log(entry));
    const { verification, ...rest } = entrySchema.parse(found);
    return { ...rest, proof: verification.inclusionProof, promise: verification.signedEntryTimestamp };
  }

  return {
    trustedRoot: rootText(bytes(ca.rootCertificate), ctlog.publicKey, log.publicKey, [
      bytes(tsa.intCertificate),
      bytes(tsa.rootCertificate),
    ]),
    async classic(digest, who) {
      const { key, certificate } = await certified(who);
      const payload = simplePayload(digest);
      const signature = signed(key, payload).toString('base64');
      const verifier = { content: Buffer.from(pem(certificate)).toString('base64') };
      const hash = { algorithm: 'sha256', value: hexOf(payload) };
      const spec = { signature: { content: signature, publicKey: verifier }, data: { hash } };
      const { body, integratedTime, logIndex, logID, promise } = await logged({
        kind: 'hashedrekord',
        apiVersion: '0.0.1',
        spec,
      });
      const bundle = { SignedEntryTimestamp: promise, Payload: { body, integratedTime, logIndex, logID } };
      return {
        payload,
        annotations: {
          [SIGNATURE]: signature,
          'dev.sigstore.cosign/certificate': pem(certificate),
          'dev.sigstore.cosign/bundle': JSON.stringify(bundle),
        },
      };
    },
    async bundle(statement, who) {
      const { key, certificate } = await certified(who);
      const signature = signed(key, enveloped(statement)).toString('base64');
      const spec = {
        payloadHash: { algorithm: 'sha256', value: hexOf(statement) },
        signatures: [{ signature, verifier: Buffer.from(pem(certificate)).toString('base64') }],
      };
      const { body, integratedTime, logIndex, logID, promise, proof } = await logged({
        kind: 'dsse',
        apiVersion: '0.0.1',
        spec,
      });
      const entry = {
        logIndex: String(logIndex),
        logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
        kindVersion: { kind: 'dsse', version: '0.0.1' },
        integratedTime: String(integratedTime),
        inclusionPromise: { signedEntryTimestamp: promise },
        inclusionProof: proofOf(proof),
        canonicalizedBody: body,
      };
      const material = { certificate: { rawBytes: certificate.toString('base64') }, tlogEntries: [entry] };
      return bundleText(material, statement, signature);
    },
    async stampedBundle(statement, who, isLogged = true) {
      const { key, certificate } = await certified(who);
      const signature = signed(key, enveloped(statement));
      const verifier = { x509Certificate: { rawBytes: certificate.toString('base64') }, keyDetails: KEY_DETAILS };
      const dsseV002 = {
        payloadHash: { algorithm: 'SHA2_256', digest: Buffer.from(hexOf(statement), 'hex').toString('base64') },
        signatures: [{ content: signature.toString('base64'), verifier }],
      };
      const { body, logIndex, logID, proof } = await logged({ kind: 'dsse', apiVersion: '0.0.2', spec: { dsseV002 } });
      const entry = {
        logIndex: String(logIndex),
        logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
        kindVersion: { kind: 'dsse', version: '0.0.2' },
        inclusionProof: proofOf(proof),
        canonicalizedBody: body,
      };
      const material = {
        certificate: { rawBytes: certificate.toString('base64') },
        tlogEntries: isLogged ? [entry] : [],
        timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: await stampOf(signature) }] },
      };
      return bundleText(material, statement, signature.toString('base64'));
    },
  };
}

/**
 * When stamps say that something was signed: certificates hold for ten minutes, so that one of the next five minutes fits; in whole
 * seconds, as fractions are not written as the standard has them.
 */
function inFiveMinutes(): Date {
  return new Date((Math.floor(Date.now() / 1000) + 300) * 1000);
}

function proofOf(proof: z.infer<typeof entrySchema>['verification']['inclusionProof']): object {
  return {
    logIndex: String(proof.logIndex),
    treeSize: String(proof.treeSize),
    rootHash: Buffer.from(proof.rootHash, 'hex').toString('base64'),
    hashes: [],
    checkpoint: { envelope: proof.checkpoint },
  };
}

function rootText(authority: Buffer, certificateLog: Buffer, log: Buffer, stamps: readonly Buffer[]): string {
  const validFor = { start: LONG_AGO };
  const logOf = (key: Buffer, baseUrl: string) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: key.toString('base64'), keyDetails: KEY_DETAILS, validFor },
    logId: { keyId: createHash('sha256').update(key).digest('base64') },
  });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: 'https://fulcio.example.test',
        certChain: { certificates: [{ rawBytes: authority.toString('base64') }] },
        validFor,
      },
    ],
    ctlogs: [logOf(certificateLog, 'https://ctfe.example.test')],
    tlogs: [logOf(log, 'https://rekor.example.test')],
    timestampAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'tsa' },
        uri: 'https://tsa.example.test',
        certChain: { certificates: stamps.map((one) => ({ rawBytes: one.toString('base64') })) },
        validFor,
      },
    ],
  });
}

function bytes(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
