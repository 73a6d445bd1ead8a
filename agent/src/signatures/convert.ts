import { createHash, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../registry/parse-json.ts';
import type { Found } from './types.ts';

const loggedSchema = z.object({
  SignedEntryTimestamp: z.string(),
  Payload: z.object({
    body: z.string(),
    integratedTime: z.number().int(),
    logIndex: z.number().int(),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const bodySchema = z.object({ kind: z.string(), apiVersion: z.string() });
const stampedSchema = z.object({ SignedRFC3161Timestamp: z.string() });

/**
 * A signature of cosign's own layout, made by the key of a certificate, as the JSON of a bundle that signs the payload. Throws
 * an `Error` that says what is wrong with it.
 */
export function toBundle({
  payload,
  signature,
  certificate,
  logged,
  stamped,
}: Extract<Found, { kind: 'classic' }>): object {
  if (certificate === undefined) throw new Error('it has no certificate');
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: derOf(certificate) }] },
      tlogEntries: logged === undefined ? [] : [entryOf(logged)],
      timestampVerificationData: { rfc3161Timestamps: stamped === undefined ? [] : [stampOf(stamped)] },
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(payload).digest('base64') },
      signature: signature.toString('base64'),
    },
  };
}

function derOf(pem: string): string {
  try {
    return new X509Certificate(pem).raw.toString('base64');
  } catch {
    throw new Error('its certificate cannot be read');
  }
}

function entryOf(text: string): object {
  const entry = loggedSchema.safeParse(parseJson(text));
  const body = bodySchema.safeParse(entry.data && parseJson(Buffer.from(entry.data.Payload.body, 'base64')));
  if (!entry.success || !body.success) throw new Error('its entry in the transparency log cannot be understood');
  const { Payload, SignedEntryTimestamp } = entry.data;
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind: body.data.kind, version: body.data.apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
}

function stampOf(text: string): object {
  const stamp = stampedSchema.safeParse(parseJson(text));
  if (!stamp.success) throw new Error('its time stamp cannot be understood');
  return { signedTimestamp: stamp.data.SignedRFC3161Timestamp };
}
