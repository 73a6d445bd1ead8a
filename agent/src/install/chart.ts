import { SET_BY_MANIFESTS } from './choices.ts';
import { RESOURCES } from './deployment.ts';
import { DOCUMENTS, type Document } from './documents.ts';
import type { Files } from './kustomize.ts';
import { printTree } from './print.ts';
import { CHART_STYLE, chartCondition, plainStyle } from './styles.ts';
import { type Fields, note } from './tree.ts';
import { CONTRADICTIONS, defaultOptions, IMAGE_REPOSITORY, OVERLAYS } from './values.ts';

const MADE = '# Made by `npm run deploy` from agent/src/install.';

/** `chart/`: the same objects as templates. Helm makes the namespace. */
export function chartFiles(version: string): Files {
  const files = new Map<string, string>();
  files.set('Chart.yaml', yaml(chart(version)));
  files.set('values.yaml', yaml(values(version)));
  files.set('templates/_helpers.tpl', helpers());
  const documents = DOCUMENTS.filter((document) => !document.notInChart);
  for (const [file, inside] of Map.groupBy(documents, (document) => document.file))
    files.set(`templates/${file}.yaml`, `${inside.flatMap(template).join('\n')}\n`);
  return files;
}

function chart(version: string): Fields {
  return {
    apiVersion: 'v2',
    name: 'weaveflux',
    description: 'Keeps this cluster equal to a Git repository, and releases new images by policy.',
    type: 'application',
    version,
    appVersion: version,
    kubeVersion: '>=1.28.0-0',
  };
}

function values(version: string): Fields {
  const { gitBranch, environment, secretName, secretKey, allowNamespaces } = defaultOptions(version);
  return {
    gitUrl: note('The repository of this environment: the one value that must be given.', ''),
    gitBranch,
    gitPath: note('Folders of it to deliver; none = the whole repository.', []),
    environment: note('The name of this environment. Its objects carry it as a label: choose it once.', environment),
    secretName: note('The Secret with the ssh key for the repository, and its key there.', secretName),
    secretKey,
    args: note('More flags of the agent, as in docs/reference/flags.md: ["--registry-rps=20"].', []),
    image: {
      repository: IMAGE_REPOSITORY,
      tag: note("Without one the chart's version.", ''),
    },
    imagePullSecret: note("The Secret that the agent's own image is pulled with.", ''),
    ...overlayValues(),
    allowNamespaces: note("Of namespaced: where the environment's objects are.", [...allowNamespaces]),
    resources: RESOURCES,
    nodeSelector: {},
    tolerations: [],
    serviceAccountAnnotations: note('An IAM role for ECR, for example.', {}),
  };
}

function overlayValues(): Fields {
  const meaning: Readonly<Record<keyof typeof OVERLAYS, string>> = {
    namespaced: 'Only Roles in allowNamespaces; nothing outside of namespaces.',
    'no-secrets': 'No right on Secrets at all.',
    readonly: 'Never pushes to Git: image updates are proposed only.',
    ha: 'Two replicas, of which one stands by.',
    persistent: 'A volume for the mirror of the repository and the known tags.',
    nodes: 'May list nodes, so that images fit their platforms where .weaveflux.yaml asks for it.',
    'cluster-admin': 'May do everything.',
  };
  const names = Object.keys(OVERLAYS) as (keyof typeof OVERLAYS)[];
  return Object.fromEntries(names.map((name) => [OVERLAYS[name].value, note(meaning[name], false)]));
}

function helpers(): string {
  const refused = CONTRADICTIONS.map(([one, other, why]) => {
    const [a, b] = [OVERLAYS[one].value, OVERLAYS[other].value];
    return `{{- if and $.Values.${a} $.Values.${b} }}{{ fail "${a} and ${b} cannot both be set: ${why}." }}{{ end -}}`;
  });
  const set = Object.keys(SET_BY_MANIFESTS).map((name) => `"--${name}"`);
  const refusedArgs = [
    `{{- range $arg := $.Values.args }}{{- range $flag := list ${set.join(' ')} }}`,
    '{{- if or (eq $arg $flag) (hasPrefix (printf "%s=" $flag) $arg) }}{{ fail (printf "args holds %s, which stands in several places: give its value of the chart." $flag) }}{{ end -}}',
    '{{- end }}{{ end -}}',
  ];
  return [
    '{{/* Made by `npm run deploy` from agent/src/install. */}}',
    '{{- define "weaveflux.image" -}}',
    ...refused,
    ...refusedArgs,
    '{{ $.Values.image.repository }}:{{ $.Values.image.tag | default $.Chart.AppVersion }}',
    '{{- end -}}',
    '{{- define "weaveflux.clusterName" -}}',
    'weaveflux{{ if ne $.Release.Namespace "weaveflux" }}-{{ $.Release.Namespace }}{{ end }}',
    '{{- end -}}',
    '',
  ].join('\n');
}

function template(document: Document): string[] {
  const heading = document.heading?.split('\n').map((line) => `# ${line}`) ?? [];
  const body = ['---', ...heading, ...printTree(document.tree, CHART_STYLE)];
  const repeated = document.each ? ['{{- range $allowed := $.Values.allowNamespaces }}', ...body, '{{- end }}'] : body;
  const conditions = document.conditions ?? [];
  const begin = conditions.map(([test, holding]) => `{{- if ${chartCondition(test, holding)} }}`);
  return [...begin, ...repeated, ...begin.map(() => '{{- end }}')];
}

function yaml(tree: Fields): string {
  return `${[MADE, ...printTree(tree, plainStyle(defaultOptions('')))].join('\n')}\n`;
}
