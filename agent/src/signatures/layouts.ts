import * as z from 'zod';
import { parseJson } from '../registry/parse-json.ts';

/** What bundles call themselves, as artifacts and as layers. */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** What a bundle says that it states, where it is the signature of an image and no attestation. */
const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const PREDICATE_NOTE = 'dev.sigstore.bundle.predicateType';
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const annotations = z.record(z.string(), z.string()).nullish();

const manifestSchema = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest, annotations })).max(1_000),
});
const indexSchema = z.object({
  manifests: z.array(z.object({ digest, artifactType: z.string().nullish(), annotations })).max(10_000),
});
const payloadSchema = z.object({
  critical: z.object({
    type: z.literal('cosign container image signature'),
    image: z.object({ 'docker-manifest-digest': z.string() }),
  }),
});
const statementSchema = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
  predicateType: z.string(),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })).max(1_000),
});

/** A layer of cosign's own layout: where the payload is, and what is written about it. */
export interface ClassicLayer {
  /** Of the payload. */
  readonly digest: string;
  /** In base64. */
  readonly signature: string;
  readonly certificate?: string | undefined;
  readonly logged?: string | undefined;
  readonly stamped?: string | undefined;
}

/** The tag under which cosign keeps the signatures of a digest. */
export function classicTag(of: string): string {
  return `${of.replace(':', '-')}.sig`;
}

/** The tag that lists what refers to a digest, at registries that have no API for it. */
export function referrersTag(of: string): string {
  return of.replace(':', '-');
}

/** The signatures in a manifest of cosign's own layout; `undefined` where it is none. */
export function classicLayers(manifest: Buffer): ClassicLayer[] | undefined {
  const parsed = manifestSchema.safeParse(parseJson(manifest));
  if (!parsed.success) return undefined;
  return parsed.data.layers.flatMap(({ mediaType, digest: payload, annotations: notes }) => {
    const signature = notes?.['dev.cosignproject.cosign/signature'];
    if (mediaType !== SIMPLE_SIGNING || signature === undefined) return [];
    return [
      {
        digest: payload,
        signature,
        certificate: notes?.['dev.sigstore.cosign/certificate'],
        logged: notes?.['dev.sigstore.cosign/bundle'],
        stamped: notes?.['dev.sigstore.cosign/rfc3161timestamp'],
      },
    ];
  });
}

/** The digests of manifests with bundles in an index of what refers to an image; attestations that say so are left out. */
export function bundleManifests(index: Buffer): string[] | undefined {
  const parsed = indexSchema.safeParse(parseJson(index));
  if (!parsed.success) return undefined;
  return parsed.data.manifests.flatMap(({ artifactType, digest: manifest, annotations: notes }) => {
    if (artifactType && artifactType !== BUNDLE_TYPE) return [];
    const predicate = notes?.[PREDICATE_NOTE];
    return predicate !== undefined && predicate !== SIGN_PREDICATE ? [] : [manifest];
  });
}

/** The digest of the bundle in such a manifest; `undefined` where it has none. */
export function bundleLayer(manifest: Buffer): string | undefined {
  const parsed = manifestSchema.safeParse(parseJson(manifest));
  return parsed.data?.layers.find(({ mediaType }) => mediaType === BUNDLE_TYPE)?.digest;
}

/** Whether what was signed, in cosign's own layout, is this image. */
export function isPayloadOf(payload: Buffer, of: string): boolean {
  const parsed = payloadSchema.safeParse(parseJson(payload));
  return parsed.success && parsed.data.critical.image['docker-manifest-digest'] === of;
}

/** Whether a statement that was signed says that this image is signed; an attestation says something else of it. */
export function isStatementOf(statement: Buffer, of: string): boolean {
  const parsed = statementSchema.safeParse(parseJson(statement));
  if (!parsed.success || parsed.data.predicateType !== SIGN_PREDICATE) return false;
  const [algorithm = '', hex] = of.split(':');
  return parsed.data.subject.some((subject) => subject.digest[algorithm] === hex);
}
