import type { EventType } from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import type { Decided } from '../scan/scan.ts';
import { hostOf } from '../scan/scan-schedule.ts';
import { describeChange, type Proposal } from './proposals.ts';

/** Tells what changed in the decisions about images, each thing once. */
export interface News {
  /** That a repository cannot be scanned is told only of those that are `followed`, by canonical name. */
  tell(decided: readonly Decided[], followed: ReadonlySet<string>): void;
  /** In read-only mode: what would be committed. */
  propose(proposals: readonly Proposal[]): void;
  /** Calls `emit` unless the last text told under this name was the same. */
  once(name: string, text: string, emit: () => void): void;
  /** What was told under this name is over: it is news again. */
  over(name: string): void;
}

const EVENT_OF: Readonly<Record<string, { type: EventType; severity: 'info' | 'warning' | 'error' }>> = {
  update: { type: 'image-found', severity: 'info' },
  held: { type: 'image-held', severity: 'warning' },
  'outside-window': { type: 'image-held', severity: 'info' },
  'needs-approval': { type: 'proposed', severity: 'info' },
  'not-verified': { type: 'image-held', severity: 'info' },
  'needs-release': { type: 'needs-release', severity: 'warning' },
  'invalid-policy': { type: 'policy-invalid', severity: 'error' },
};

/** Of what no policy may change, so that people see what they could release. */
const NEWER = { type: 'image-found', severity: 'info' } as const;

const LIMITED = 'REGISTRY_RATE_LIMIT';

/** News of an environment about which nothing was told yet. */
export function createNews(env: Environment): News {
  const told = new Map<string, string>();

  function once(name: string, text: string, emit: () => void): void {
    if (told.get(name) === text) return;
    told.set(name, text);
    emit();
  }

  function tellDecision({ subject, decision }: Decided): void {
    const event = decision.isNewer ? NEWER : EVENT_OF[decision.state];
    const { place, policy, line } = subject;
    const name = `${place.object} ${place.container}`;
    const text = `${decision.state} ${decision.chosen?.tag ?? ''}`;
    once(name, text, () => {
      if (event === undefined || decision.needsMetadata.length > 0) return;
      const message = `${place.workload} ${place.container}: ${decision.reason}`;
      const at = decision.state === 'invalid-policy' ? (policy.invalid?.line ?? line) : line;
      env.emit({ ...event, object: place.object, file: place.file, line: at, message });
    });
  }

  /** Once a host, not a repository, from its first limited one until none is: the time that its problem names is always another. */
  function tellLimits(decided: readonly Decided[]): void {
    const hosts = Map.groupBy(decided, ({ subject: { image } }) => hostOf(image.canonicalName));
    for (const [host, entries] of hosts) {
      const problem = entries.map((entry) => entry.problem).find((one) => one?.code === LIMITED);
      const before = told.get(`limit of ${host}`) ?? '';
      once(`limit of ${host}`, problem === undefined ? '' : LIMITED, () => {
        if (problem !== undefined) env.emit({ type: 'registry-failed', severity: 'warning', message: problem.message });
        else if (before !== '') {
          env.emit({ type: 'registry-recovered', severity: 'info', message: `${host} takes requests again.` });
        }
      });
    }
  }

  function tellScan({ subject: { image, place, line }, problem }: Decided): void {
    if (problem?.code === LIMITED) return;
    const repository = image.canonicalName;
    const at = { file: place.file, line };
    const before = told.get(repository) ?? '';
    once(repository, problem?.message ?? '', () => {
      if (problem !== undefined)
        env.emit({ type: 'registry-failed', severity: 'warning', ...at, message: problem.message });
      else if (before !== '') {
        env.emit({ type: 'registry-recovered', severity: 'info', message: `${repository} can be scanned again.` });
      }
    });
  }

  return {
    once,
    over: (name) => void told.delete(name),
    tell(decided, followed) {
      const waitedFor = decided.filter(({ subject }) => followed.has(subject.image.canonicalName));
      tellLimits(waitedFor);
      for (const entry of decided) tellDecision(entry);
      for (const entry of waitedFor) {
        if (entry.scannedAt !== undefined || entry.problem !== undefined) tellScan(entry);
      }
    },
    propose(proposals) {
      for (const { change, subject } of proposals) {
        const { object, container, file } = change.place;
        once(`proposed ${object} ${container}`, change.text, () => {
          const message = `${describeChange(change)} is proposed; --git-readonly keeps it from being committed.`;
          env.emit({ type: 'proposed', severity: 'info', object, file, line: subject.line, message });
        });
      }
    },
  };
}
