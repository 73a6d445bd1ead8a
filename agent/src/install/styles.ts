import type { Style } from './print.ts';
import { scalar } from './scalar.ts';
import type { Slot, Test, Text } from './tree.ts';
import { fill, holds, type InstallOptions } from './values.ts';

/** Everything settled, as kubectl takes it. */
export function plainStyle(options: InstallOptions, allowed = ''): Style {
  return {
    settle: (test) => holds(test, options),
    condition: String,
    text: ({ parts }) =>
      scalar(parts.map((part) => (typeof part === 'string' ? part : fill(part.slot, options, allowed))).join('')),
    many: () => options.args.map((arg) => `- ${scalar(arg)}`),
    block: () => undefined,
  };
}

/** Nothing settled: a template of the chart, in which every value is asked for when it is rendered. */
export const CHART_STYLE: Style = {
  settle: () => undefined,
  condition: (test) => `$.Values.${test}`,
  text: chartText,
  many: () => ['{{- range $.Values.args }}', '- {{ . | quote }}', '{{- end }}'],
  block: ({ value }) => [`{{- with $.Values.${value} }}`, 'KEY: {{ toJson . }}', '{{- end }}'],
};

const EXPRESSIONS: Readonly<Record<Slot, string>> = {
  gitUrl: '(required "gitUrl is missing: the repository of this environment." $.Values.gitUrl)',
  gitBranch: '$.Values.gitBranch',
  gitPath: '(join "," $.Values.gitPath)',
  environment: '$.Values.environment',
  secretName: '$.Values.secretName',
  secretKey: '$.Values.secretKey',
  image: '(include "weaveflux.image" $)',
  imagePullSecret: '$.Values.imagePullSecret',
  namespace: '$.Release.Namespace',
  clusterName: '(include "weaveflux.clusterName" $)',
  allowNamespaces: '(join "," $.Values.allowNamespaces)',
  allowed: '$allowed',
};

function chartText({ parts }: Text): string {
  const values = parts.map((part) => (typeof part === 'string' ? JSON.stringify(part) : EXPRESSIONS[part.slot]));
  const [only] = values;
  return values.length === 1
    ? `{{ ${only} | quote }}`
    : `{{ printf "${'%s'.repeat(values.length)}" ${values.join(' ')} | quote }}`;
}

/** The condition of a test, for what stands around whole documents. */
export function chartCondition(test: Test, holding: boolean): string {
  return holding ? CHART_STYLE.condition(test) : `not ${CHART_STYLE.condition(test)}`;
}
