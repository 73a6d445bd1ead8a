import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@weaveflux/shared';
import { apiError } from './api-error.ts';

const call = {
  object: 'shop:deployment/cart',
  key: 'apps/Deployment/shop/cart',
  resource: 'deployments',
  group: 'apps',
};

const cases: { name: string; status: number; body: JsonObject; code: string; says: RegExp; secret?: boolean }[] = [
  {
    name: 'a missing rule, in a namespace',
    status: 403,
    body: {
      reason: 'Forbidden',
      message:
        'deployments.apps "cart" is forbidden: User "bob" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
    },
    code: 'FORBIDDEN',
    says: /^The user "bob" may not patch deployments\.apps in namespace shop .*; it needs the rule \{"apiGroups":\["apps"\],"resources":\["deployments"\],"verbs":\["patch"\]\} in a Role in namespace shop\.$/,
  },
  {
    name: 'a missing rule, in the cluster',
    status: 403,
    body: {
      message:
        'namespaces is forbidden: User "bob" cannot list resource "namespaces" in API group "" at the cluster scope',
    },
    code: 'FORBIDDEN',
    says: /may not list namespaces in the whole cluster/,
  },
  {
    name: 'a quota is no missing rule',
    status: 403,
    body: { reason: 'Forbidden', message: 'pods "x" is forbidden: exceeded quota: small' },
    code: 'REJECTED',
    says: /exceeded quota: small\.$/,
  },
  {
    name: 'an immutable field',
    status: 422,
    body: {
      reason: 'Invalid',
      message: 'Deployment.apps "cart" is invalid: spec.selector: Invalid value: {...}: field is immutable',
      details: { causes: [{ field: 'spec.selector', message: 'field is immutable' }] },
    },
    code: 'IMMUTABLE_FIELD',
    says: /spec\.selector is immutable/,
  },
  {
    name: 'a value that is not valid',
    status: 422,
    body: {
      reason: 'Invalid',
      message: 'spec.replicas: Invalid value: -1',
      details: { causes: [{ field: 'spec.replicas' }] },
    },
    code: 'REJECTED',
    says: /Invalid value: -1/,
  },
  {
    name: 'of a Secret only the field',
    status: 422,
    body: {
      reason: 'Invalid',
      message: 'data[key]: Invalid value: "hunter2"',
      details: { causes: [{ field: 'data[key]' }] },
    },
    code: 'REJECTED',
    says: /^(?!.*hunter2).*Invalid at data\[key\]/,
    secret: true,
  },
  {
    name: 'a path that is not served',
    status: 404,
    body: { message: '404 page not found' },
    code: 'UNKNOWN_KIND',
    says: /does not serve/,
  },
  {
    name: 'a namespace that is not there',
    status: 404,
    body: { reason: 'NotFound', message: 'namespaces "shop" not found' },
    code: 'NOT_FOUND',
    says: /namespaces "shop" not found/,
  },
  {
    name: 'a conflict',
    status: 409,
    body: { reason: 'Conflict', message: 'modified' },
    code: 'CONFLICT',
    says: /modified/,
  },
  {
    name: 'a dead part',
    status: 503,
    body: { message: 'service unavailable' },
    code: 'API_UNREACHABLE',
    says: /does not answer/,
  },
  {
    name: 'a webhook',
    status: 500,
    body: { reason: 'InternalError', message: 'failed calling webhook\n"x"' },
    code: 'REJECTED',
    says: /failed calling webhook "x"\.$/,
  },
  { name: 'credentials', status: 401, body: {}, code: 'UNAUTHORIZED', says: /renew/ },
];

for (const { name, status, body, code, says, secret = false } of cases) {
  test(`an answer of the API as an error: ${name}`, () => {
    const error = apiError(status, body, { ...call, secret }, 'PATCH');
    assert.equal(error.code, code);
    assert.match(error.message, says);
  });
}
