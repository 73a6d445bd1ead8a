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
import { matchesGlob } from '../registry/globs.ts';
import { readPublicKeys } from './keys.ts';
import type { SignatureRule, Signer } from './types.ts';

/** The texts of the files that rules name, by path; a path that the revision does not have is missing. */
export type KeyFiles = ReadonlyMap<string, string>;

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
  const problems = rules.flatMap(({ signer, line }) => {
    if (signer.kind !== 'nobody') return [];
    const message = `The entry of images.verify cannot be understood (${signer.why}), so no image that it is about is chosen; correct it.`;
    return [failure('INVALID_SETTINGS', message, { file: SETTINGS_FILE, line })];
  });
  return { rules, problems };
}

/** Those of the rules that are about an image repository (canonical name); each must be met. */
export function rulesFor<Rule extends Pick<SignatureRule, 'images'>>(
  rules: readonly Rule[],
  name: string,
): readonly Rule[] {
  if (rules.length === 0) return rules;
  const spellings = spellingsOf(name);
  return rules.filter(({ images }) => images.some((glob) => spellings.some((spelling) => matchesGlob(glob, spelling))));
}

/** Paths of key files as the rules name them, from the root of the repository. */
export function keyFilesOf({ verify = [] }: ImageSettings): string[] {
  const paths = verify.flatMap(({ key }) => (key !== undefined && isKeyFile(key) ? [pathOf(key)] : []));
  return [...new Set(paths)].filter((path) => path !== '' && !path.split('/').includes('..'));
}

function readRule(setting: SignatureRuleSetting, files: KeyFiles): SignatureRule {
  const { images, key, keyless, line } = setting;
  if (keyless !== undefined) {
    const { issuer, identity } = keyless;
    const id = fingerprint(['keyless', issuer, identity]);
    return { id, images, line, signer: keylessSigner(issuer, identity), by: `${identity} (${issuer})` };
  }
  const text = key ?? '';
  const isFile = isKeyFile(text);
  const pem = isFile ? files.get(pathOf(text)) : text;
  const by = isFile ? `the key ${pathOf(text)}` : 'the key given there';
  const signer: Signer =
    pem === undefined
      ? { kind: 'nobody', why: `there is no file ${JSON.stringify(text.slice(0, 200))} in the repository` }
      : keySigner(pem);
  return { id: fingerprint(['key', pem ?? '']), images, line, signer, by };
}

function keySigner(pem: string): Signer {
  try {
    return { kind: 'key', keys: readPublicKeys(pem) };
  } catch (error) {
    return { kind: 'nobody', why: `its key: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function keylessSigner(issuer: string, identity: string): Signer {
  if (!identity.startsWith(REGEXP)) return { kind: 'keyless', issuer, isMeant: (text) => text === identity };
  const source = identity.slice(REGEXP.length);
  const own = compileExpression(source);
  const whole = compileExpression(`\\A(?:${source})\\z`);
  if ('error' in own) return { kind: 'nobody', why: `its identity: ${own.error}` };
  if ('error' in whole) return { kind: 'nobody', why: `its identity: ${whole.error}` };
  return { kind: 'keyless', issuer, isMeant: whole.matches };
}

/** What people write for a repository: at Docker Hub the host, and the folder of official images, may be left out. */
function spellingsOf(name: string): string[] {
  const hub = 'index.docker.io/';
  if (!name.startsWith(hub)) return [name];
  const path = name.slice(hub.length);
  const short = path.startsWith('library/') ? [path.slice('library/'.length)] : [];
  return [name, `docker.io/${path}`, path, ...short, ...short.map((one) => `docker.io/${one}`)];
}

function pathOf(key: string): string {
  return key.trim().replace(/^\.?\/+/, '');
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
