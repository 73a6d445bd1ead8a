import type { Problem } from '@weaveflux/shared';
import type { FileSource } from '../source/types.ts';
import { type Finding, lineRange } from './finding.ts';

/** What is known beside the text when it is decided whether what cannot be read is ours to tell. */
export interface ReadingFacts {
  /** Another extension underlines what is no YAML or JSON in this file. */
  readonly hasSyntaxCheck: boolean;
  /** An agent reads the file. */
  readonly isDelivered: boolean;
}

/**
 * What could not be read, as far as it is Kubernetes' and ours to tell: not templates, which something renders first, and not
 * what other tools call a kind, unless an agent takes it for a manifest.
 */
export function readingFindings(source: FileSource, facts: ReadingFacts): Finding[] {
  if (source.problems.length === 0) return [];
  const lines = source.text.split('\n');
  return source.problems.flatMap((problem) => {
    const line = Math.min(problem.line ?? 1, lines.length) - 1;
    const { code, severity, message } = problem;
    return isOurs(problem, documentAround(lines, line), lines[line] ?? '', source, facts)
      ? [{ code, severity, message, range: lineRange(line, lines[line] ?? '') }]
      : [];
  });
}

function isOurs({ code }: Problem, document: string, line: string, source: FileSource, facts: ReadingFacts): boolean {
  if (code === 'INVALID_YAML') {
    if (facts.hasSyntaxCheck || line.includes('{{')) return false;
    return source.manifests.some(({ stale }) => stale) || namesKind(document);
  }
  return facts.isDelivered || isKubernetes(document);
}

/** The lines of the document that holds a line. */
function documentAround(lines: readonly string[], line: number): string {
  const isMarker = (text: string | undefined) => text?.startsWith('---') === true;
  let start = line;
  while (start > 0 && !isMarker(lines[start])) start--;
  const end = lines.findIndex((text, index) => index > line && isMarker(text));
  return lines.slice(start, end < 0 ? lines.length : end).join('\n');
}

function namesKind(document: string): boolean {
  return writtenValue(document, 'apiVersion') !== undefined && writtenValue(document, 'kind') !== undefined;
}

const OF_OTHER_TOOLS = /(?:^|\.)(?:x-k8s\.io|(?:kubeadm|kubelet|kubeproxy|kubescheduler)(?:\.config)?\.k8s\.io)$/;

/** By its API group; a `Config` of the core group is kubectl's. */
function isKubernetes(document: string): boolean {
  const [group, version] = (writtenValue(document, 'apiVersion') ?? '').split('/');
  if (group === undefined) return false;
  if (version === undefined) return /^v\d/.test(group) && writtenValue(document, 'kind') !== 'Config';
  if (['apps', 'batch', 'autoscaling', 'policy'].includes(group)) return true;
  return /\.(?:k8s\.io|fluxcd\.io)$/.test(group) && !OF_OTHER_TOOLS.test(group);
}

/** The value of a key at the beginning of a line, also of an item in a list. */
function writtenValue(document: string, key: string): string | undefined {
  return new RegExp(`^[ \\t{-]*["']?${key}["']?[ \\t]*:[ \\t]*["']?([\\w./-]+)`, 'm').exec(document)?.[1];
}
