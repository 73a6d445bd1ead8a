import type { ErrorCode, ObjectStatus } from '@weaveflux/shared';
import { isKeyOf } from '../agent/match.ts';
import type { AgentState } from '../agent/state.ts';
import type { FileSource, ManifestSource, TextRange } from '../source/types.ts';
import type { AgentProblem } from './agent.ts';
import { type Finding, lineRange } from './finding.ts';

/** What the open file itself shows at once, and the agent only when it is committed and read. */
const SEEN_LIVE = new Set<ErrorCode>(['INVALID_POLICY', 'UNKNOWN_KEY']);
const OF_READING = new Set<ErrorCode>(['INVALID_YAML', 'INVALID_MANIFEST']);

/** Longer than any line is shown: the range of a line whose text is not known. */
const WHOLE_LINE = 10_000;

/** What the agent says of a file that is not open. */
export function closedFindings(problems: readonly AgentProblem[]): Finding[] {
  return problems.map((it) => findingAt(it, { ...lineRange(it.line - 1, ''), endCharacter: WHOLE_LINE }));
}

/**
 * What the agent says of an open file. What is about an object goes with it, wherever that stands in the text now, and is left
 * out where the object is gone; what the text itself shows otherwise by now is left out, too.
 */
export function openFindings(
  problems: readonly AgentProblem[],
  source: FileSource,
  found: readonly Finding[],
  state: AgentState,
): Finding[] {
  const lines = source.text.split('\n');
  return problems.flatMap((it) => {
    const manifest = manifestOf(it, source);
    if (it.problem.object !== undefined && manifest === undefined && source.tooLarge === undefined) return [];
    const line = Math.min(it.line + driftOf(manifest, state), lines.length) - 1;
    const text = lines[Math.max(0, line)] ?? '';
    const range = imageRange(it, manifest) ?? lineRange(Math.max(0, line), text);
    return isOutdated(it, text, source) || isTold(it, range, found) ? [] : [findingAt(it, range)];
  });
}

function findingAt({ problem: { code, severity, message, object } }: AgentProblem, range: TextRange): Finding {
  return { code, severity, message, range, ...(object === undefined ? {} : { object }) };
}

function manifestOf({ problem: { object } }: AgentProblem, { manifests }: FileSource): ManifestSource | undefined {
  if (object === undefined) return undefined;
  return manifests.find(({ key }) => key === object) ?? manifests.find(({ key }) => isKeyOf(object, key));
}

/** By how many lines an object stands further down than where the agent read it. */
function driftOf(manifest: ManifestSource | undefined, { status }: AgentState): number {
  if (manifest === undefined) return 0;
  const isSame = ({ key }: ObjectStatus) => key === manifest.key || isKeyOf(key, manifest.key);
  const line = status?.objects.find(isSame)?.line;
  return line === undefined ? 0 : manifest.start.startLine + 1 - line;
}

function imageRange({ container }: AgentProblem, manifest: ManifestSource | undefined): TextRange | undefined {
  return manifest?.images.find((image) => image.container === container)?.range;
}

function isOutdated({ problem: { code, object } }: AgentProblem, line: string, source: FileSource): boolean {
  if (source.tooLarge !== undefined) return false;
  // Whether the ImagePolicy of a marker is there, only all of the repository says.
  if (SEEN_LIVE.has(code)) return !line.includes('$imagepolicy');
  return OF_READING.has(code) && object === undefined && source.problems.every((problem) => problem.code !== code);
}

/** Whether the file itself was found to say the same. */
function isTold({ problem: { code } }: AgentProblem, range: TextRange, found: readonly Finding[]): boolean {
  return found.some((it) => it.code === code && it.range.startLine === range.startLine);
}
