import { WeavefluxError } from '../src/errors.ts';
import { parseYamlValue } from '../src/yaml/documents.ts';

/** A kubeconfig's text as a value. INVALID_YAML, without quoting the text, which may hold secrets. */
export function parseKubeconfigText(file: string, text: string): unknown {
  try {
    return parseYamlValue(text, file);
  } catch {
    throw new WeavefluxError('INVALID_YAML', `The kubeconfig ${file} is neither YAML nor JSON.`, { about: { file } });
  }
}
