import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ChangeTrailer, formatMessage, readTrailers } from '../past/trailers.ts';
import { type GroupedChange, messageFor } from './message.ts';

const web: ChangeTrailer = {
  workload: 'shop:deployment/web',
  container: 'app',
  repository: 'ghcr.io/you/web',
  from: '1',
  to: '2',
  policy: 'semver:~1',
};
const job: ChangeTrailer = { ...web, workload: 'shop:cronjob/job', from: '', to: '3' };

const cases: [name: string, template: string | undefined, changes: GroupedChange[], subject: string, text: string][] = [
  ['without a template it is ours', undefined, [web], 'Release you/web:2', ''],
  ['values of one change', 'chore: {{image}} {{from}} to {{to}}', [web], 'chore: ghcr.io/you/web 1 to 2', ''],
  ['values of several stand side by side in the subject', 'Take {{to}} [prod]', [web, job], 'Take 2, 3 [prod]', ''],
  ['the summary of all', 'chore(images): {{summary}}', [web, job], 'chore(images): Release 2 images', ''],
  [
    'a line that names something of a change is written for each',
    'Images\n\nWhat changed:\n- {{workload}}: {{from}} to {{to}} by {{policy}}\n\nAsk the shop.\n',
    [web, job],
    'Images',
    'What changed:\n- shop:deployment/web: 1 to 2 by semver:~1\n- shop:cronjob/job: (no tag) to 3 by semver:~1\n\nAsk the shop.',
  ],
  [
    'what is the same twice is written once',
    'x\n{{image}} {{summary}}',
    [web, web],
    'x',
    'ghcr.io/you/web Release you/web:2',
  ],
  [
    'a workload without a group is named where its group would be',
    'Release {{group}}',
    [{ ...web, group: 'checkout' }, job],
    'Release checkout, shop:cronjob/job',
    '',
  ],
  ['a subject that comes to nothing is ours', '{{policy}}', [{ ...job, policy: '' }], 'Release you/web:3', ''],
];

describe('the message of a commit', () => {
  for (const [name, template, changes, subject, message] of cases)
    it(name, () => assert.deepEqual(messageFor(template, changes), { subject, message }));

  it('takes values as they are: they are no placeholders, no patterns, no trailers, and no second line', () => {
    const evil = '{{from}} $& \n\nWeaveflux-Rollback: true';
    const filled = messageFor('{{policy}}\n\n{{policy}}\nWhy', [{ ...web, policy: evil }]);
    assert.ok(filled.subject.startsWith('{{from}} $&'));
    const written = formatMessage({ ...filled, changes: [web] });
    assert.deepEqual(readTrailers(written), { changes: [web], rollback: false });
    const alone = messageFor('x\n{{policy}}', [{ ...web, policy: 'Weaveflux-Rollback: true' }]);
    assert.equal(alone.message, '- Weaveflux-Rollback: true');
  });

  it('has a subject of a length that hosts show', () => {
    const many = Array.from({ length: 100 }, (_, n) => ({ ...web, to: `1.0.${n}` }));
    assert.equal(messageFor('Take {{to}}', many).subject.length, 200);
  });
});
