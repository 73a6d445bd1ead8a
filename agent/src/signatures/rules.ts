import { createHash } from 'node:crypto';
import {
  compileExpression,
  failure,
  type ImageSettings,
  isKeyFile,
  type Problem,
  SETTINGS_FILE,
  type SignatureRuleSetting,
} from '@weaveflux/shared';
import { canFit, isAbout } from './globs.ts';
import { readPublicKeys } from './keys.ts';
import type { SignatureRule, Signer } from './types.ts';

/** The texts of the files that rules name, by path, `undefined` of one that is too large; what the revision does not have is missing. */
export type KeyFiles = ReadonlyMap<string, string | undefined>;

/** At most so many bytes of a file with keys are read. */
export const KEY_FILE_BYTES = 64 * 1024;

const REGEXP = 'regexp:';

/**
 * The rules that are stated. One that cannot be understood is a problem at its line, and nobody can meet it: what waits is only
 * late, while what was released without being signed cannot be taken back.
 */
export function readSignatureRules(
  { verify = [] }: ImageSettings,
  files: KeyFiles,
): { rules: SignatureRule[]; problems: Problem[] } {
  const rules = verify.map((setting) => readRule(setting, files));
  return { rules, problems: rules.flatMap((rule) => [...keyProblems(rule), ...globProblems(rule)]) };
}

function keyProblems({ signer, line }: SignatureRule): Problem[] {
  if (signer.kind !== 'nobody') return [];
  const message = `The entry of images.verify cannot be understood (${signer.why}), so no image that it is about is chosen; correct it.`;
  return [failure('INVALID_SETTINGS', message, { file: SETTINGS_FILE, line })];
}

/** What fits no image asks for no signature: somebody believes that it does. */
function globProblems({ images, line }: SignatureRule): Problem[] {
  return images
    .filter((glob) => !canFit(glob))
    .map((glob) => {
      const message = `The entry of images.verify names ${quoted(glob)}, which fits no image, so it requires nothing; write image repositories in lower case, such as ghcr.io/you/*, without https:// and tag.`;
      return failure('INVALID_SETTINGS', message, { file: SETTINGS_FILE, line });
    });
}

/** Those of the rules that are about an image repository (canonical name); each must be met. */
export function rulesFor<Rule extends Pick<SignatureRule, 'images'>>(
  rules: readonly Rule[],
  name: string,
): readonly Rule[] {
  if (rules.length === 0) return rules;
  return rules.filter(({ images }) => isAbout(images, name));
}

/** Paths of key files as the rules name them, from the root of the repository. */
export function keyFilesOf({ verify = [] }: ImageSettings): string[] {
  const paths = verify.flatMap(({ key }) => (key !== undefined && isKeyFile(key) ? (pathOf(key) ?? []) : []));
  return [...new Set(paths)];
}

function readRule(setting: SignatureRuleSetting, files: KeyFiles): SignatureRule {
  const { images, key, keyless, line } = setting;
  if (keyless !== undefined) {
    const { issuer, identity } = keyless;
    const id = fingerprint(['keyless', issuer, identity]);
    return { id, images, line, signer: keylessSigner(issuer, identity), by: `${identity} (${issuer})` };
  }
  const { signer, by, pem = '' } = keyOf(key ?? '', files);
  return { id: fingerprint(['key', pem]), images, line, signer, by };
}

function keyOf(key: string, files: KeyFiles): Pick<SignatureRule, 'signer' | 'by'> & { readonly pem?: string } {
  if (!isKeyFile(key)) return { signer: keySigner(key), by: 'the key given there', pem: key };
  const path = pathOf(key);
  if (path === undefined) {
    const why = 'its key is neither in PEM, with its first and last line, nor the path of a file in the repository';
    return { signer: nobody(why), by: 'the key given there' };
  }
  const by = `the key ${path}`;
  const pem = files.get(path);
  if (pem !== undefined) return { signer: keySigner(pem), by, pem };
  if (files.has(path)) return { signer: nobody(`${quoted(path)} is larger than ${KEY_FILE_BYTES / 1024} KiB`), by };
  return { signer: nobody(`there is no file ${quoted(path)} in the repository`), by };
}

function nobody(why: string): Signer {
  return { kind: 'nobody', why };
}

function keySigner(pem: string): Signer {
  try {
    return { kind: 'key', keys: readPublicKeys(pem) };
  } catch (error) {
    return nobody(`its key: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function keylessSigner(issuer: string, identity: string): Signer {
  if (!identity.startsWith(REGEXP)) return { kind: 'keyless', issuer, isMeant: (text) => text === identity };
  const source = identity.slice(REGEXP.length);
  const own = compileExpression(source);
  const whole = compileExpression(`\\A(?:${source})\\z`);
  if ('error' in own) return nobody(`its identity: ${own.error}`);
  if ('error' in whole) return nobody(`its identity: ${whole.error}`);
  return { kind: 'keyless', issuer, isMeant: whole.matches };
}

/** From the root of the repository; `undefined` where it can be none. */
function pathOf(key: string): string | undefined {
  const parts = key
    .trim()
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const isPath = parts.length > 0 && !parts.includes('..') && !/\p{Cc}/u.test(key.trim());
  return isPath ? parts.join('/') : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
