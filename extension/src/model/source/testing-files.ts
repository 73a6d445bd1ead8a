import { createSourceReader } from './reader.ts';
import type { FileSource, TextRange } from './types.ts';

/** A Deployment of two images, 16 lines. */
export const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    weaveflux.dev/automated: "true"
    weaveflux.dev/tag.web: semver:~1.4
spec:
  template:
    spec:
      containers:
        - name: web
          image: "reg.example.com/shop/web:1.4.2" # the shop
        - name: side
          image: reg.example.com/shop/side
`;
/** A document to stand behind it. */
export const SETTINGS = `---
# settings of web
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data: {}
`;

/** What a range covers in a text. */
export function covered(text: string, { startLine, startCharacter, endLine, endCharacter }: TextRange): string {
  const lines = text.split('\n').slice(startLine, endLine + 1);
  const last = lines.length - 1;
  return lines
    .map((line, index) => line.slice(index === 0 ? startCharacter : 0, index === last ? endCharacter : undefined))
    .join('\n');
}

/** A short account of a file: what stands where. */
export function seen({ text, manifests }: FileSource): string[] {
  return manifests.map(({ name, stale, start, images, manifest }) => {
    const list = images.map((image) => `${image.container}=${covered(text, image.range)}`);
    return `${manifest.document} ${name}${stale ? ' (stale)' : ''} ${start.startLine + 1}: ${list.join(' ')}`.trim();
  });
}

/** All of a file that can be compared: of policies, which are functions, their texts. */
export function plain({ manifests }: FileSource): unknown[] {
  return manifests.map(({ policies, ...rest }) => ({
    ...rest,
    policies: [...policies.containers.values()].map(({ policy }) => policy?.text),
  }));
}

/** The file as a reader has it that knows nothing yet. */
export function read(text: string, path = 'shop/web.yaml'): FileSource {
  return createSourceReader().read(path, text);
}
