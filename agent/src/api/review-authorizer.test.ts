import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ErrorCode, WeavefluxError } from '@weaveflux/shared';
import type { Verb } from './authorizer.ts';
import type { HttpError } from './http-error.ts';
import { createReviewAuthorizer, type Reviewed, type Reviews } from './review-authorizer.ts';

const VIEWER: Reviewed = { user: 'viewer', uid: '1', groups: ['people'], extra: {} };
const { signal } = new AbortController();

/** A token that says when it ends, in milliseconds; nobody has signed it. */
function tokenUntil(end?: number, name = 'viewer'): string {
  const claims = { sub: name, ...(end === undefined ? {} : { exp: end / 1000 }) };
  return ['{}', JSON.stringify(claims), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

/** A cluster that lets the viewer view, with a clock to turn and a count of what it was asked. */
function cluster(answers: Partial<Reviews> = {}) {
  const asked: string[] = [];
  let time = 1_000_000;
  let rights: readonly Verb[] = ['get', 'watch'];
  let isKnown = true;
  const reviews: Reviews = {
    async bearer() {
      asked.push('bearer');
      return isKnown ? VIEWER : undefined;
    },
    async mayDo(_who, verb) {
      asked.push(verb);
      return rights.includes(verb);
    },
    ...answers,
  };
  const authorizer = createReviewAuthorizer(reviews, {
    environment: 'shop',
    namespace: 'weaveflux',
    now: () => new Date(time),
  });
  return {
    asked,
    now: () => time,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    grant: (verbs: readonly Verb[]) => {
      rights = verbs;
    },
    forget: () => {
      isKnown = false;
    },
    async ask(token: string, ...verbs: Verb[]): Promise<void> {
      await (await authorizer.authenticate(`Bearer ${token}`, signal)).require(verbs, signal);
    },
    authorizer,
  };
}

function refused(status: number, code: ErrorCode, message: RegExp) {
  return (error: HttpError) => {
    assert.deepEqual([error.status, error.code], [status, code], error.message);
    assert.match(error.message, message);
    return true;
  };
}

describe('people, as the cluster knows them', () => {
  test('all verbs must be allowed, and a refusal names what is missing and the role that has it', async () => {
    const { ask } = cluster();
    await ask(tokenUntil(), 'get', 'watch');
    const operate =
      /^viewer may not sync, policy environments\.weaveflux\.dev "shop" in namespace weaveflux: the role weaveflux-operate/;
    await assert.rejects(ask(tokenUntil(), 'get', 'sync', 'policy'), refused(403, 'FORBIDDEN', operate));
    const blind = cluster();
    blind.grant([]);
    await assert.rejects(
      blind.ask(tokenUntil(), 'get'),
      refused(403, 'FORBIDDEN', /may not get .*weaveflux-view lets/),
    );
  });

  test('without a token, and with one that the cluster does not accept, nobody is let in', async () => {
    const { authorizer, forget, ask } = cluster();
    for (const header of [undefined, '', 'Bearer', 'Basic dTpw'])
      await assert.rejects(authorizer.authenticate(header, signal), refused(401, 'UNAUTHORIZED', /token is required/));
    forget();
    await assert.rejects(ask(tokenUntil(), 'get'), (error: HttpError) => {
      assert.doesNotMatch(error.message, new RegExp(tokenUntil()));
      assert.equal(error.headers['www-authenticate'], 'Bearer');
      return refused(401, 'UNAUTHORIZED', /does not accept this token/)(error);
    });
  });

  test('answers hold for ten seconds, refusals for two, each for its own token', async () => {
    const { ask, asked, pass, grant, forget } = cluster();
    const token = tokenUntil();
    await ask(token, 'get');
    pass(9_999);
    await ask(token, 'get');
    assert.deepEqual(asked, ['bearer', 'get']);
    await ask(tokenUntil(undefined, 'other'), 'get');
    assert.deepEqual(asked.splice(0), ['bearer', 'get', 'bearer', 'get']);
    pass(1);
    grant([]);
    await assert.rejects(ask(token, 'get'), { status: 403 });
    grant(['get']);
    await assert.rejects(ask(token, 'get'), { status: 403 });
    pass(2_000);
    await ask(token, 'get');
    pass(10_000);
    forget();
    await assert.rejects(ask(token, 'get'), { status: 401 });
  });

  test('no answer holds beyond the end of the token', async () => {
    const { ask, asked, pass, now, forget, authorizer } = cluster();
    const token = tokenUntil(now() + 3_000);
    assert.equal((await authorizer.authenticate(`Bearer ${token}`, signal)).remaining(), 3_000);
    pass(2_999);
    await ask(token);
    assert.deepEqual(asked, ['bearer']);
    forget();
    pass(1);
    await assert.rejects(ask(token), { status: 401 });
  });

  test('however many tokens come, few are remembered', async () => {
    const { ask, asked } = cluster();
    for (let n = 0; n <= 256; n += 1) await ask(tokenUntil(undefined, `stranger-${n}`));
    asked.length = 0;
    await ask(tokenUntil(undefined, 'stranger-256'));
    assert.deepEqual(asked, []);
    await ask(tokenUntil(undefined, 'stranger-0'));
    assert.deepEqual(asked, ['bearer']);
  });

  test('who asks at the same time shares one question, and who leaves does not end it for others', async () => {
    const { promise, resolve } = Promise.withResolvers<Reviewed>();
    let count = 0;
    const { authorizer } = cluster({
      bearer: () => {
        count += 1;
        return promise;
      },
    });
    const leaving = new AbortController();
    const first = authorizer.authenticate('Bearer t', leaving.signal);
    const second = authorizer.authenticate('Bearer t', signal);
    leaving.abort(new Error('gone'));
    await assert.rejects(first, /gone/);
    resolve(VIEWER);
    await second;
    assert.equal(count, 1);
  });

  const failures: [string, unknown, ErrorCode, RegExp][] = [
    ['a missing binding', new WeavefluxError('FORBIDDEN', 'no'), 'FORBIDDEN', /ClusterRole system:auth-delegator/],
    ['an API that is away', new WeavefluxError('API_UNREACHABLE', 'It is away.'), 'API_UNREACHABLE', /It is away/],
    ["the agent's own token refused", new WeavefluxError('UNAUTHORIZED', 'Old.'), 'API_UNREACHABLE', /Old/],
    ['something else', new Error('quotes hunter2'), 'API_UNREACHABLE', /not foreseen/],
  ];
  for (const [name, error, code, message] of failures) {
    test(`${name} is told as the agent's trouble, and asked again the next time`, async () => {
      let isBroken = true;
      const { ask } = cluster({
        bearer: async () => {
          if (isBroken) throw error;
          return VIEWER;
        },
      });
      await assert.rejects(ask(tokenUntil(), 'get'), (thrown: HttpError) => {
        assert.doesNotMatch(thrown.message, /hunter2/);
        return refused(503, code, message)(thrown);
      });
      isBroken = false;
      await ask(tokenUntil(), 'get');
    });
  }
});
