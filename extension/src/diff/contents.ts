import type { ObjectDetail, ObjectStatus } from '@weaveflux/shared';
import type { Environment } from '../agents/environments.ts';
import { matchesOf } from '../model/agent/match.ts';
import { type Subject, subjectKey } from '../model/diff/address.ts';
import type { Services } from '../services.ts';
import type { Contents } from './documents.ts';
import { driftContent } from './drift-content.ts';
import { objectContent } from './object-content.ts';
import type { Plans } from './plans.ts';

/** Contents that tell when they are others. */
export interface FollowedContents extends Contents {
  /** Whether the agent has told something since that may show. */
  isOutdated(subject: Subject): boolean;
}

/** What was asked of the agent about a subject. */
interface Asked {
  /** What it had told of the object before. */
  readonly stamp: string;
  detail?: Promise<ObjectDetail>;
}

/** The texts of all kinds of subjects. */
export function createContents(services: Services, plans: Plans): FollowedContents {
  const asked = new Map<string, Asked>();

  /** The agent is asked once, until it tells something else of the object. */
  function asking(subject: Subject): (environment: Environment, object: ObjectStatus) => Promise<ObjectDetail> {
    const key = subjectKey(subject);
    const stamp = stampOf(services, subject);
    const before = asked.get(key);
    const now: Asked = before?.stamp === stamp ? before : { stamp };
    asked.set(key, now);
    return (environment, object) => {
      now.detail ??= environment.client().then((client) => client.object(object.key));
      return now.detail;
    };
  }

  return {
    sides(subject) {
      if (subject.kind === 'object') return objectContent(services, subject, asking(subject));
      if (subject.kind === 'drift') return driftContent(services, subject, asking(subject));
      return plans.sides(subject);
    },
    isOutdated(subject) {
      const before = asked.get(subjectKey(subject));
      return before !== undefined && before.stamp !== stampOf(services, subject);
    },
    forget(subject) {
      asked.delete(subjectKey(subject));
      plans.forget(subject);
    },
  };
}

/** What the agent's status says of a subject, as far as it bears on what is shown. */
function stampOf({ environments }: Services, subject: Subject): string {
  const state = environments.byId(subject.environment)?.state;
  if (state === undefined || subject.kind === 'summary') return '';
  const object =
    subject.kind === 'object'
      ? matchesOf(state).objectOf(subject.file, { key: subject.object })
      : state.status?.objects.find(({ key }) => key === subject.object);
  return JSON.stringify([state.status?.sync.revision, object?.action, object?.drift, object?.problem]);
}
