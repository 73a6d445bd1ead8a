import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { parseJson } from '../registry/parse-json.ts';
import { oneLine, QUOTED } from '../text/one-line.ts';
import { toBundle } from './convert.ts';
import { isSignedBy } from './keys.ts';
import { isPayloadOf, isStatementOf } from './layouts.ts';
import type { Identity, OpenBundle, Sigstore } from './sigstore.ts';
import type { Found, SignatureRule, Signer } from './types.ts';

/** What checking draws on; each is had only when a signature needs it. */
export interface VerifyTools {
  sigstore(): Promise<Sigstore>;
  /** What certificates, logs and time stamps must lead to. Rejects where it cannot be had. */
  trustedRoot(): Promise<TrustedRoot>;
}

/** A signature that can be read. */
type Readable = Exclude<Found, { kind: 'damaged' }>;
type ByKey = Extract<Signer, { kind: 'key' }>;
type ByIdentity = Extract<Signer, { kind: 'keyless' }>;

const IN_TOTO = 'application/vnd.in-toto+json';
const OTHER_IMAGE = 'what was signed is not this image';

/**
 * Why a signature of the image with this digest is not what a rule asks for, as the end of a sentence; `undefined` = it is.
 * Rejects only where the tools cannot be had.
 */
export async function refusalOf(
  found: Found,
  { signer, by }: Pick<SignatureRule, 'signer' | 'by'>,
  digest: string,
  tools: VerifyTools,
): Promise<string | undefined> {
  if (signer.kind === 'nobody') return 'nobody can sign it as the rule cannot be understood';
  if (found.kind === 'damaged') return broken(found.why);
  if (signer.kind === 'key') return refusalByKey(found, signer, by, digest, tools);
  return refusalByIdentity(found, signer, by, digest, tools);
}

/** A key is believed by itself: neither a certificate nor a log has a say. */
async function refusalByKey(
  found: Readable,
  { keys }: ByKey,
  by: string,
  digest: string,
  tools: VerifyTools,
): Promise<string | undefined> {
  const isSigned = (data: Buffer, signatures: readonly Buffer[]): boolean =>
    keys.some((key) => signatures.some((signature) => isSignedBy(key, data, signature)));
  const stranger = `it is not signed by ${by}`;
  if (found.kind === 'classic') {
    if (!isSigned(found.payload, [found.signature])) return stranger;
    return isPayloadOf(found.payload, digest) ? undefined : OTHER_IMAGE;
  }
  const opened = open(await tools.sigstore(), found);
  if (typeof opened === 'string') return opened;
  const { statement } = opened;
  if (statement === undefined) return broken('it holds no statement about an image');
  if (!isSigned(enveloped(statement.type, statement.payload), statement.signatures)) return stranger;
  return isAbout(statement, digest) ? undefined : OTHER_IMAGE;
}

async function refusalByIdentity(
  found: Readable,
  signer: ByIdentity,
  by: string,
  digest: string,
  tools: VerifyTools,
): Promise<string | undefined> {
  if (found.kind === 'classic' && found.certificate === undefined) return `it is signed by a key, and not by ${by}`;
  const sigstore = await tools.sigstore();
  const opened = open(sigstore, found);
  if (typeof opened === 'string') return opened;
  const { bundle, statement, hasCertificate } = opened;
  if (!hasCertificate) return `it is signed by a key, and not by ${by}`;
  const root = await tools.trustedRoot();
  let who: Identity;
  try {
    who = sigstore.signerOf(bundle, found.kind === 'classic' ? found.payload : undefined, root);
  } catch (error) {
    return `a signature of it does not hold (${quoted(messageOf(error))})`;
  }
  if (who.issuer !== signer.issuer || !signer.isMeant(who.identity)) {
    return `it is signed by ${quoted(who.identity)} (${quoted(who.issuer)}), and not by ${by}`;
  }
  const isMeant = found.kind === 'classic' ? isPayloadOf(found.payload, digest) : isAbout(statement, digest);
  return isMeant ? undefined : OTHER_IMAGE;
}

function open(sigstore: Sigstore, found: Readable): OpenBundle | string {
  try {
    return sigstore.open(found.kind === 'classic' ? toBundle(found) : parseJson(found.text));
  } catch (error) {
    return broken(messageOf(error));
  }
}

function isAbout(statement: OpenBundle['statement'], digest: string): boolean {
  return statement?.type === IN_TOTO && isStatementOf(statement.payload, digest);
}

/** What the signature of an envelope covers (DSSE's pre-authentication encoding). */
function enveloped(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function broken(why: string): string {
  return `a signature of it cannot be understood (${quoted(why)})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a certificate or another program says is text from outside. */
function quoted(text: string): string {
  return oneLine(text, QUOTED).replace(/\.$/, '');
}
