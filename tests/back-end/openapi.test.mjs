// The description of the REST interface is a valid one.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { folder, startServer } from './support.mjs';

test('/openapi.json is valid OpenAPI', async (t) => {
  const server = await startServer(t, ['--data', folder(t), '--admin', '127.0.0.1:0']);
  const document = await (await fetch(`${server.admin}/openapi.json`)).json();
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.equal(validator.version, '3.1');
  // And wrong ones are found.
  document.paths['/v1/calls'].get.responses = 'none';
  assert.equal((await new Validator().validate(document)).valid, false);
});
