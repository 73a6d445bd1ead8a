import * as l10n from '@vscode/l10n';
import { failure, type PlanRequest, type Problem, type Selection, selectFiles } from '@weaveflux/shared';
import { cleanPath, isKept } from '../agent/paths.ts';

/** The files of a working copy, or of a revision of the clone, as the agent would take them. */
export interface PlannedFiles {
  readonly selection: Selection<{ readonly path: string }>;
  /** The texts of those that could be read, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What is asked of the agent about such files, and what it cannot know of them. */
export function planRequest({ texts, selection }: PlannedFiles): { request: PlanRequest; problems: Problem[] } {
  const { files, withheldFiles, problems } = selection;
  const unread = [...files, ...withheldFiles].filter(({ path }) => !texts.has(path));
  const documents = textsOf(files, texts);
  const withheld = textsOf(withheldFiles, texts);
  return {
    request: Object.keys(withheld).length === 0 ? { documents } : { documents, withheld },
    problems: [...problems, ...unread.map(({ path }) => unreadable(path))],
  };
}

/** Which files of a revision the agent would take, by the paths that it reads and the globs that it passes over. */
export function selectOfRevision(
  all: readonly string[],
  paths: readonly string[],
  ignore: readonly string[],
): PlannedFiles['selection'] {
  const roots = paths.map(cleanPath);
  const tree = all.filter((path) => isKept(path, paths)).map((path) => ({ path }));
  const above = all.filter((path) => {
    const folder = /^(.*\/)?\.flux\.yaml$/.exec(path) === null ? undefined : path.slice(0, -'.flux.yaml'.length);
    return folder !== undefined && roots.some((root) => root.startsWith(folder));
  });
  return selectFiles(tree, ignore, { roots, above });
}

function textsOf(files: readonly { readonly path: string }[], texts: PlannedFiles['texts']): Record<string, string> {
  return Object.fromEntries(
    files.flatMap(({ path }) => {
      const text = texts.get(path);
      return text === undefined ? [] : [[path, text]];
    }),
  );
}

function unreadable(file: string): Problem {
  const message = l10n.t(
    '{0} is too large or no UTF-8 text, so the plan leaves it out; save it as UTF-8, or split it.',
    file,
  );
  return failure('UNREADABLE_FILE', message, { file });
}
