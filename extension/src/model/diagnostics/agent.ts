import type { Problem } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';

/** Something that the agent says of a line of the repository. */
export interface AgentProblem {
  readonly problem: Problem;
  readonly file: string;
  /** 1-based, in the revision that the agent has read. */
  readonly line: number;
  /** The container whose image it is about. */
  readonly container?: string;
}

/** What an agent that is connected says of files, by file, each thing once. */
export function agentProblems(state: AgentState): ReadonlyMap<string, readonly AgentProblem[]> {
  const { connection, status, images } = state;
  if (connection.kind !== 'connected' || status === undefined) return new Map();
  const all = [
    ...placed(status.repository.problem, {}),
    ...status.sync.problems.flatMap((problem) => placed(problem, {})),
    ...status.objects.flatMap(({ key, file, line, problem }) => placed(problem, { object: key, file, line })),
    ...images.flatMap(({ object, file, line, container, problem }) =>
      placed(problem, { object, file, line }).map((found) => ({ ...found, container })),
    ),
  ];
  const once = new Map(all.map((it) => [JSON.stringify([it.file, it.line, it.problem.code, it.problem.message]), it]));
  return Map.groupBy(once.values(), ({ file }) => file);
}

/** Where a problem names no place itself, it is at the one that it was found with. */
function placed(
  problem: Problem | undefined,
  about: { readonly object?: string; readonly file?: string | undefined; readonly line?: number | undefined },
): AgentProblem[] {
  if (problem === undefined) return [];
  const isOfFile = problem.file === undefined || problem.file === about.file;
  const file = problem.file ?? about.file;
  if (file === undefined) return [];
  const object = problem.object ?? about.object;
  const line = Math.max(1, problem.line ?? (isOfFile ? about.line : undefined) ?? 1);
  return [{ problem: object === undefined ? problem : { ...problem, object }, file, line }];
}
