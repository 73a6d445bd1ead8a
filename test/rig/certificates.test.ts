import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createAuthority } from './certificates.ts';

for (const keyType of ['ec', 'rsa'] as const) {
  test(`a certificate of an authority (${keyType}) names whom it was asked to, and verifies`, () => {
    const authority = createAuthority('rig', keyType);
    const issued = authority.issue({
      commonName: 'jane',
      organizations: ['developers', 'operators'],
      dnsNames: ['registry.test', 'localhost'],
      addresses: ['127.0.0.1'],
    });
    const [ca, certificate] = [new X509Certificate(authority.cert), new X509Certificate(issued.cert)];
    assert.ok(ca.ca && ca.verify(ca.publicKey));
    assert.ok(certificate.verify(ca.publicKey) && certificate.checkIssued(ca));
    assert.equal(certificate.subject, 'O=developers\nO=operators\nCN=jane');
    assert.equal(certificate.checkHost('registry.test'), 'registry.test');
    assert.equal(certificate.checkHost('other.test'), undefined);
    assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
    assert.ok(certificate.validFromDate < new Date() && certificate.validToDate > new Date());
    assert.ok(!certificate.verify(new X509Certificate(createAuthority('rig').cert).publicKey));
  });
}
