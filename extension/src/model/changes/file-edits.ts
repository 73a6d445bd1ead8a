import {
  applyChanges,
  asWeavefluxError,
  type Change,
  type ImageChange,
  type Manifest,
  type Outcome,
  type Problem,
  planChanges,
  type RequestedBy,
  type Tag,
  toProblem,
} from '@weaveflux/shared';
import { workloadsIn } from './file-workloads.ts';

/** A change of a workload, and the file that states it. The workload is named by its key as the file has it. */
export interface FileChange {
  /** Path inside the repository. */
  readonly file: string;
  readonly change: Change;
}

/** What is wished of files as an editor has them. */
export interface FileEditRequest {
  /** By path: all files that are named in the changes. */
  readonly texts: ReadonlyMap<string, string>;
  readonly changes: readonly FileChange[];
  /** An empty name where nobody knows who. */
  readonly requestedBy: RequestedBy;
  /** ImagePolicies and ImageRepositories of other files, where a file's markers need them. */
  readonly policies?: readonly Manifest[];
  /** What is known of the tag that a person chose for a container, or that its policy chooses. */
  chosenTag(object: string, container: string): Tag | undefined;
}

/** What the changes come to. */
export interface FileEdits {
  /** The texts afterwards, of files that are others than before. */
  readonly texts: ReadonlyMap<string, string>;
  /** The images among them. */
  readonly images: readonly ImageChange[];
  /** One a change that was not refused with its whole file. */
  readonly outcomes: readonly Outcome[];
  /** Why changes were refused; a file of which one edit is impossible stays as it is. */
  readonly problems: readonly Problem[];
}

/** Decides changes of files, with the agent's own code. A file that cannot be edited leaves the others standing. */
export function editFiles(request: FileEditRequest): FileEdits {
  const files = Map.groupBy(request.changes, ({ file }) => file);
  const edited = [...files].map(([file, changes]) => editFile(request, file, changes));
  return {
    texts: new Map(edited.flatMap(({ texts }) => [...texts])),
    images: edited.flatMap(({ images }) => images),
    outcomes: edited.flatMap(({ outcomes }) => outcomes),
    problems: edited.flatMap(({ problems }) => problems),
  };
}

function editFile(request: FileEditRequest, file: string, changes: readonly FileChange[]): FileEdits {
  const { texts, policies, requestedBy, chosenTag } = request;
  const text = texts.get(file) ?? '';
  const { manifests, marked, problem } = workloadsIn(file, text, policies);
  if (problem !== undefined) return refusal(problem);
  const plan = planChanges({
    manifests,
    marked,
    changes: changes.map(({ change }) => change),
    requestedBy,
    tagsFor: () => undefined,
    previousTag: () => undefined,
    chosenTag,
  });
  try {
    const { images, outcomes, problems } = plan;
    return { texts: applyChanges(new Map([[file, text]]), plan.edits), images, outcomes, problems };
  } catch (error) {
    return refusal(toProblem(asWeavefluxError(error, { file })));
  }
}

function refusal(problem: Problem): FileEdits {
  return { texts: new Map(), images: [], outcomes: [], problems: [problem] };
}
