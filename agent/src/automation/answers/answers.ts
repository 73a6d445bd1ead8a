import type { HistoryEntry, ImageExplanation, ImageStatus, Tag } from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import type { Registry } from '../../registry/types.ts';
import type { Decisions } from '../decisions.ts';
import type { Past } from '../past/past.ts';
import type { Decided } from '../scan/scan.ts';
import type { ProposalBranch } from '../write/proposal-branch.ts';
import { describedTags } from './described-tags.ts';
import { type ExplainWish, explainImages } from './explain-images.ts';
import { imageStatus } from './images.ts';

/** What people are told of images. Nothing is changed by it. */
export interface Answers {
  images(): readonly ImageStatus[];
  /** Why each tag was or was not chosen, by what was decided last. Errors: NOT_FOUND where no such image is known. */
  explain(wanted: ExplainWish, signal: AbortSignal): Promise<readonly ImageExplanation[]>;
  /** The newest tags of an image repository (canonical name), read where they are not known yet. Errors: NOT_FOUND. */
  tags(repository: string, limit: number, signal: AbortSignal): Promise<readonly Tag[]>;
  /** Of one object (`objectKey`) or all, newest first. */
  history(key: string | undefined, limit: number, signal: AbortSignal): Promise<readonly HistoryEntry[]>;
}

/** What answers are made of. */
export interface AnswerParts {
  readonly env: Environment;
  readonly registry: Registry;
  readonly decisions: Pick<Decisions, 'all' | 'entries'>;
  readonly past: Past;
  readonly side: Pick<ProposalBranch, 'shown'>;
}

/** Answers by what is decided when they are given. */
export function createAnswers({ env, registry, decisions, past, side }: AnswerParts): Answers {
  const { memory, target, repository } = env;
  /** Thousands of tags are ranked once, however often people look. */
  const ranked = new WeakMap<Decided, ImageStatus>();

  function statusOf(one: Decided): ImageStatus {
    const status = ranked.get(one) ?? imageStatus(one);
    ranked.set(one, status);
    return side.shown(status);
  }

  return {
    images: () => decisions.all().map(statusOf),
    tags: (name, limit, signal) => describedTags(decisions.all(), name, limit, { target, registry, signal }),
    explain: (wanted, signal) =>
      explainImages(decisions.all(), wanted, {
        known: registry.known,
        history: decisions.entries(),
        statusOf,
        repository,
        revision: memory.sync.revision,
        signal,
      }),
    async history(key, limit, signal) {
      const { revision } = memory.sync;
      if (revision === undefined) return [];
      const entries = past.shown(await past.read(revision, signal));
      return entries.filter((entry) => key === undefined || entry.object === key).slice(0, limit);
    },
  };
}
