import type { Bundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';

/** Who signed, as the certificate says it. */
export interface Identity {
  readonly issuer: string;
  readonly identity: string;
}

/** A bundle that is understood and not believed yet. */
export interface OpenBundle {
  /** What was signed, where it is a statement in an envelope. */
  readonly statement?: { readonly type: string; readonly payload: Buffer; readonly signatures: readonly Buffer[] };
  readonly hasCertificate: boolean;
  readonly bundle: Bundle;
}

/** Sigstore's own libraries, as far as they are used. */
export interface Sigstore {
  /** Understands the JSON of a bundle. Throws an `Error` that says what is wrong. */
  open(json: unknown): OpenBundle;
  /**
   * Who signed a bundle (`artifact` = what a signature without an envelope is about): the signature, the certificate's chain, its
   * entry in the log of certificates, and the entry of the signature in a transparency log or its time stamp must fit the root.
   * Throws an `Error` that says what does not.
   */
  signerOf(bundle: Bundle, artifact: Buffer | undefined, root: TrustedRoot): Identity;
  /** Understands a trusted root in JSON. Throws where it is none. */
  readRoot(json: unknown): TrustedRoot;
}

/** Loads the libraries, which takes a moment and memory: only who has a rule that needs them does. */
export async function loadSigstore(): Promise<Sigstore> {
  const [{ bundleFromJSON }, { toSignedEntity, toTrustMaterial, Verifier }, { TrustedRoot }] = await Promise.all([
    import('@sigstore/bundle'),
    import('@sigstore/verify'),
    import('@sigstore/protobuf-specs'),
  ]);
  return {
    open: (json) => opened(bundleFromJSON(json)),
    signerOf(bundle, artifact, root) {
      // An instance without a log cannot ask for an entry in it; when a signature was made must be proved in any case.
      const verifier = new Verifier(toTrustMaterial(root), {
        tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
        ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
        timestampThreshold: 1,
      });
      const { identity } = verifier.verify(toSignedEntity(bundle, artifact));
      return {
        issuer: identity?.extensions?.issuer ?? '',
        identity: identity?.subjectAlternativeName ?? '',
      };
    },
    readRoot: (json) => TrustedRoot.fromJSON(json),
  };
}

function opened(bundle: Bundle): OpenBundle {
  const { content, verificationMaterial } = bundle;
  const hasCertificate = verificationMaterial.content.$case !== 'publicKey';
  if (content.$case !== 'dsseEnvelope') return { bundle, hasCertificate };
  const { payloadType, payload, signatures } = content.dsseEnvelope;
  const statement = { type: payloadType, payload, signatures: signatures.map(({ sig }) => sig) };
  return { bundle, hasCertificate, statement };
}
