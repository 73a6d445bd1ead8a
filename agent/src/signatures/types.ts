import type { KeyObject } from 'node:crypto';

/** Whose signature is asked for. */
export type Signer =
  /** One of these keys must have signed. */
  | { readonly kind: 'key'; readonly keys: readonly KeyObject[] }
  /** Somebody must have signed whom the issuer knows by such an identity. */
  | { readonly kind: 'keyless'; readonly issuer: string; isMeant(identity: string): boolean }
  /** Nobody can: the rule cannot be understood. */
  | { readonly kind: 'nobody'; readonly why: string };

/** A rule of `.weaveflux.yaml` about who must have signed an image. */
export interface SignatureRule {
  /** The same for the same demand, wherever it is written. */
  readonly id: string;
  /** Globs of image repositories. */
  readonly images: readonly string[];
  readonly signer: Signer;
  /** The signer as people read it, as the end of a sentence: `the key cosign.pub`. */
  readonly by: string;
  /** Where it is written, from 1. */
  readonly line: number;
}

/** How a digest stands with what is required of it. */
export type Verdict =
  | { readonly state: 'verified' }
  /** Why it is not taken, as the end of a sentence about it. */
  | {
      readonly state: 'unsigned' | 'not-verified';
      readonly reason: string;
      /** It could not be checked just now, which is no word about the image. */
      readonly passing?: true;
    };

/** A signature as the registry has it, not believed yet. */
export type Found =
  /** Of cosign's own layout: what was signed, by a key or by the key of a certificate. */
  | {
      readonly kind: 'classic';
      readonly payload: Buffer;
      readonly signature: Buffer;
      /** PEM. */
      readonly certificate?: string | undefined;
      /** What the transparency log said when it took the signature: JSON. */
      readonly logged?: string | undefined;
      /** A time stamp of the signature: JSON. */
      readonly stamped?: string | undefined;
    }
  /** A bundle of Sigstore: JSON. */
  | { readonly kind: 'bundle'; readonly text: string }
  /** Something that says it is a signature and cannot be read as one. */
  | { readonly kind: 'damaged'; readonly why: string };
