import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEcrHost } from './host.ts';

const CASES = [
  ['123456789012.dkr.ecr.eu-central-1.amazonaws.com', '123456789012 eu-central-1'],
  ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', '123456789012 us-gov-west-1 fips'],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', '123456789012 cn-north-1'],
  ['123456789012.dkr-ecr.eu-central-1.on.aws', '123456789012 eu-central-1'],
  ['public.ecr.aws', undefined],
  ['12345.dkr.ecr.eu-central-1.amazonaws.com', undefined],
  ['123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.example', undefined],
  ['evil-123456789012.dkr.ecr.eu-central-1.amazonaws.com', undefined],
] as const;

for (const [host, expected] of CASES) {
  test(`${host} is ${expected ?? 'no private registry of ECR'}`, () => {
    const found = parseEcrHost(host);
    const said = found && [found.account, found.region, ...(found.fips ? ['fips'] : [])].join(' ');
    assert.equal(said, expected);
  });
}
