import * as z from 'zod';

/** Who must have signed which images, as `.weaveflux.yaml` states it. Whether keys and expressions can be understood is not checked here. */
export const signatureRuleSchema = z
  .object({
    images: z
      .array(z.string().min(1).max(500))
      .min(1)
      .max(200)
      .describe('Image repositories, such as ghcr.io/you/*; * stands for any text, slashes too.'),
    key: z
      .string()
      .min(1)
      .max(20_000)
      .optional()
      .describe('A public key in PEM, or the path of a file in the repository; of several keys one must have signed.'),
    keyless: z
      .object({
        issuer: z
          .string()
          .min(1)
          .max(500)
          .describe('Who vouched for the signer, such as https://token.actions.githubusercontent.com.'),
        identity: z
          .string()
          .min(1)
          .max(1_000)
          .describe(
            'Who signed, exactly as the certificate says it, or regexp: and an expression that fits it as a whole.',
          ),
      })
      .strict()
      .optional()
      .describe('A certificate of Sigstore in place of a key.'),
  })
  .strict()
  .refine(({ key, keyless }) => (key === undefined) !== (keyless === undefined), {
    message: 'an entry has either key or keyless',
  });

/** A rule about signatures with the line at which it is written, from 1. */
export interface SignatureRuleSetting extends z.infer<typeof signatureRuleSchema> {
  readonly line: number;
}

/** Whether a `key` is the path of a file in the repository, and not the key itself. */
export function isKeyFile(key: string): boolean {
  return !key.includes('-----BEGIN');
}
