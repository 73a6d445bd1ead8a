/** A Deployment of the editor's files: one container, `cart`. */
export interface Workload {
  readonly name: string;
  readonly image: string;
  /** Below `metadata`, each a line with its own indentation and line feed. */
  readonly annotations?: string;
  /** Above the first line, with its line feed. */
  readonly before?: string;
  /** Behind the image, to the end of its line. */
  readonly behind?: string;
}

/** 18 lines, the image in the last but `annotations` and `before`; nothing runs, so that a cluster has little to do. */
export function deployment({ name, image, annotations = '', before = '', behind = '' }: Workload): string {
  return `${before}apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
${annotations}spec:
  replicas: 0
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: cart
          env:
            - { name: WORD, value: "say: ${name}" }
          image: ${image}${behind}
`;
}

/** A file that is edited: a release of `shop:deployment/<its name without ending>` at 1.4.2 must change just the tag. */
export interface EditedFile {
  readonly title: string;
  readonly file: string;
  readonly workload: string;
  readonly text: string;
}

/** Files whose bytes are easily lost. The image of each is `image`, at 1.4.1; nothing else in them says `1.4.1`. */
export function editedFiles(image: string): readonly EditedFile[] {
  const at = (name: string, more: Partial<Workload> = {}) => deployment({ name, image, ...more });
  const json = (name: string) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'cart', image }] } },
    },
  });
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'of-list', namespace: 'shop' } };
  const list = { apiVersion: 'v1', kind: 'List', items: [configMap, json('list')] };
  return [
    file('Windows line ends', 'windows.yaml', at('windows', { before: '# ours\n' }).replaceAll('\n', '\r\n')),
    file('a byte order mark', 'mark.yaml', `\uFEFF${at('mark')}`),
    file('no line feed at its end', 'open-end.yaml', at('open-end').trimEnd()),
    file(
      'tabs before and in comments',
      'tabs.yaml',
      at('tabs', { before: '#\tours\n', behind: '\t# a\ttab' }).replace('spec:', 'spec:\t# tab'),
    ),
    file(
      'blanks at ends of lines',
      'blanks.yaml',
      at('blanks', { behind: '   ' }).replace('spec:', 'spec:  \n   \n\t'),
    ),
    file(
      'signs of two units before the image, in its line and above',
      'signs.yaml',
      at('signs', {
        before: '# 🛒 Größe 漢字 𝒳\n',
        annotations: '  annotations: { note: "🛒🛒 für alle" }\n',
        behind:
          ' } # 🛒\n        - { name: more, env: [{ name: WORD, value: "🛒" }], image: ' +
          image.replace('1.4.1', '1.4.2') +
          ' }',
      })
        .replace('        - name: cart\n          env:\n            - { name', '        - { name: cart, env: [{ name')
        .replace('value: "say: signs" }\n          image', 'value: "🛒𝒳 é" }], image'),
    ),
    file('JSON', 'json.json', `${JSON.stringify(json('json'), null, 2)}\n`),
    file('JSON with tabs, in a YAML file', 'inside.yaml', `${JSON.stringify(json('inside'), null, '\t')}\n`),
    file('a List in JSON', 'list.json', JSON.stringify(list, null, 4)),
    file(
      'separators in block scalars',
      'blocks.yaml',
      `# of blocks\n---\n${BLOCKS}--- # the workload\n${at('blocks')}...\n`,
    ),
    {
      ...file('a name that addresses escape', 'odd/ein käse #1 100% 🛒 a+b?.yaml', at('odd')),
      workload: 'apps/Deployment/shop/odd',
    },
  ];
}

const BLOCKS = `apiVersion: v1
kind: ConfigMap
metadata: { name: blocks, namespace: shop }
data:
  more: |
    ---
    apiVersion: apps/v1
    kind: Deployment
    ...
  again: >-
    one
     ---
    two
`;

function file(title: string, name: string, text: string): EditedFile {
  const workload = `apps/Deployment/shop/${name.replace(/\.\w+$/, '')}`;
  return { title, file: name, workload, text };
}

/** What a release at 1.4.2 makes of a text. */
export function released(text: string): string {
  return text.replace('1.4.1', '1.4.2');
}

/** So many Deployments in one file, 25 lines each but the first. */
export function longFile(image: string, count: number): string {
  const comments = '# so that the file is long\n'.repeat(6);
  return Array.from({ length: count }, (_, index) =>
    deployment({ name: `long-${String(index).padStart(3, '0')}`, image, before: comments }),
  ).join('---\n');
}

/** A short Deployment, as somebody types one; its image in quotes. */
export function shortDeployment(name: string, image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  template:
    spec:
      containers:
        - name: cart
          image: "${image}"
`;
}

/** A workload whose image is an anchor, used by another container as well, and one whose container takes it by a merge key. */
export function sharedFile(image: string): string {
  const annotations = `  annotations:\n    base: &image ${image}\n`;
  const behind = '\n        - { name: again, image: *image }';
  const merged = deployment({ name: 'merged', image, behind: '\n        - { <<: *base, name: again }' });
  return [
    deployment({ name: 'shared', image: '*image', annotations, behind }),
    merged.replace('- name: cart', '- &base\n          name: cart'),
  ].join('---\n');
}

/** A workload beside which markers stand, one of them in a text that only looks like it, and their ImagePolicy. */
export function markedFile(image: string): string {
  const marker = '# {"$imagepolicy": "flux:cart"}';
  return `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: { name: cart, namespace: flux }
spec: { image: ${image.replace(/:[^:]*$/, '')} }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: cart, namespace: flux }
spec:
  imageRepositoryRef: { name: cart }
  policy: { semver: { range: ~1.4 } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: marked, namespace: shop }
data:
  text: |
    ---
    image: ${image.replace('1.4.1', '1.4.0')} ${marker}
---
${deployment({ name: 'marked', image, behind: ` ${marker}` })}`;
}

/** A Helm template: no YAML before it is rendered. */
export const TEMPLATE = `{{- if .Values.cart.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "cart.name" . }}
  annotations:
    weaveflux.dev/automated: true
spec:
  template:
    spec:
      containers:
        - name: cart
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
{{- end }}
`;

/** The lines (1-based) of a text that have this. */
export function linesWith(text: string, part: string): number[] {
  return text.split('\n').flatMap((line, index) => (line.includes(part) ? [index + 1] : []));
}
