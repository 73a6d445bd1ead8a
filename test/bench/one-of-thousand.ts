import { type AuditedRequest, writesOf } from './audit-log.ts';
import type { Benchmark } from './benchmark.ts';
import { millis, spread } from './numbers.ts';
import { filesOf, NAMESPACE_FILES } from './objects.ts';
import { type Delivered, notifyAndWait, push, startStage } from './stage.ts';

const SERVICES = 200;

interface Round {
  readonly delivered: Delivered;
  readonly requests: readonly AuditedRequest[];
}

export const oneOfThousand: Benchmark = {
  name: 'one-of-thousand',
  title: 'A commit that changes 1 of 1,000 objects',
  how: 'An agent that has delivered 1,000 objects is told of a push that changes one value in one ConfigMap; measured to "applied", fetch included. What it asked of the API server is read from that server’s audit log.',
  async run(say, { rounds = 7, profile }) {
    await using stage = await startStage({ audit: true, profile });
    await using following = await stage.follow({ ...NAMESPACE_FILES, ...filesOf(SERVICES) });
    const all: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      const path = `shop/service-${String(round * 4).padStart(3, '0')}.yaml`;
      const text = (await following.person.read(path)).replace('LOG_LEVEL: info', `LOG_LEVEL: debug${round}`);
      const revision = await push(following, { [path]: text }, `Change ${path}`);
      const since = new Date();
      const delivered = await notifyAndWait(following, revision);
      const requests = await stage.audit.ofAgents(since);
      all.push({ delivered, requests });
      say(`round ${round}: ${delivered.wall} ms, ${requests.map(({ verb }) => verb).join(' ')}`);
    }
    const objects = all.map(({ requests }) => writesOf(requests).filter((one) => !isBookkeeping(one)).length);
    const own = all.map(({ requests }) => writesOf(requests).filter(isBookkeeping).length);
    const lists = all.map(({ requests }) => requests.filter(({ verb }) => verb === 'list').length);
    const times = all.map(({ delivered }) => delivered.wall);
    return {
      figures: [
        {
          what: 'from the notification to applied',
          measured: spread(times, millis),
          goal: '< 1 s',
          met: Math.max(...times) < 1000,
        },
        { what: 'writes to managed objects', measured: same(objects), goal: '1', met: objects.every((n) => n === 1) },
        { what: 'writes for its own bookkeeping', measured: same(own), goal: '≤ 1', met: own.every((n) => n <= 1) },
        { what: 'lists', measured: same(lists) },
        { what: 'requests in all', measured: same(all.map(({ requests }) => requests.length)) },
      ],
    };
  },
};

/** The inventory, the Lease, or the status of the Environment. */
function isBookkeeping({ requestURI }: AuditedRequest): boolean {
  return /weaveflux-inventory-|\/leases\/|\/environments\//.test(requestURI);
}

function same(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least}` : `${least} – ${most}`;
}
