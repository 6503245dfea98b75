// Call after call in the same pages leaves nothing behind; `cargo xtask long cycles` plays 200.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { BROWSER } from './support/browser.mjs';
import { playCycles } from './support/cycles.mjs';

const skip = BROWSER === 'chromium' ? false : 'only Chromium tells what is left in a page';

test('calls, device switches and group joins leave nothing behind', { skip }, async () => {
  for (const { name, more } of await playCycles(8)) assert.deepEqual(more, {}, `${name}: [before, after]`);
});
