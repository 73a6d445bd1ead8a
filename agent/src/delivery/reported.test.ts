import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areOthers } from './reported.ts';

const cases: { name: string; managers: (string | undefined)[]; others: boolean }[] = [
  { name: 'nothing differs', managers: [], others: false },
  { name: 'a person changed it', managers: ['kubectl-edit'], others: true },
  { name: 'the repository changed it', managers: ['weaveflux'], others: false },
  { name: 'both changed something', managers: ['kubectl-edit', 'weaveflux'], others: false },
  { name: 'a field is not there, so nobody owns it', managers: ['kubectl-edit', undefined], others: false },
];

for (const { name, managers, others } of cases) {
  test(`${name}: ${others ? 'reported' : 'sent'}`, () => {
    const differences = managers.map((manager, index) => ({
      path: `/data/${index}`,
      desired: '"a"',
      live: '"b"',
      ...(manager === undefined ? {} : { manager }),
    }));
    assert.equal(areOthers(differences), others);
  });
}
