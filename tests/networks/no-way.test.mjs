// Two people who can't reach each other, and no TURN server that could relay between them.
import { test } from 'node:test';
import { labMissing } from './support/lab.mjs';
import { openMeeting } from './support/meeting.mjs';

const NO_RELAY = 60102;

test('that no way was found for want of a relay has a code of its own', { skip: labMissing() ?? false }, async () => {
  const meeting = await openMeeting({ relays: false });
  try {
    await meeting.separate();
    await meeting.begin();
    await Promise.all(meeting.people.map((person) => person.gets('onError', { code: NO_RELAY })));
  } finally {
    await meeting.close();
  }
});
