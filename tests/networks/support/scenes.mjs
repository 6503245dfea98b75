// What happens to alice's network in a call, and from when on it should be well again.
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that a bad network stays as it is. */
const A_WHILE = 10_000;

const harmed = (name, harm) => ({
  name,
  async happens({ lab }) {
    const since = Date.now();
    await lab.harm('alice', harm);
    await sleep(A_WHILE);
    return since;
  },
});

const blackout = (seconds) => ({
  name: `blackout of ${seconds} s`,
  async happens({ lab }) {
    await lab.harm('alice', { cut: true });
    await sleep(seconds * 1000);
    await lab.harm('alice');
    return Date.now();
  },
});

const newAddress = {
  name: 'change of address',
  async happens({ lab }) {
    await lab.readdress('alice');
    return Date.now();
  },
};

const delayed = (time) => ({
  name: `delay of ${time} ms each way`,
  // Twice on its way from one to the other, to the TURN server and from it.
  before: (meeting) => meeting.delay(time / 2),
  async happens() {
    const since = Date.now();
    await sleep(A_WHILE);
    return since;
  },
});

/** The bounded sample. */
export const SAMPLE = [blackout(5), newAddress];

export const SCENES = [
  harmed('loss of 1 %', { loss: 1 }),
  harmed('loss of 5 %', { loss: 5 }),
  harmed('loss of 20 %', { loss: 20 }),
  delayed(300),
  harmed('300 kbit/s', { rate: '300kbit' }),
  ...SAMPLE,
  blackout(15),
];

/** Plays one scene in a fresh call. How long setting up took, and what each person went through after it. */
export async function play(meeting, scene, options) {
  try {
    await scene.before?.(meeting);
    const setUp = await meeting.call(options);
    const people = await meeting.recovery(await scene.happens(meeting));
    await meeting.goesOn();
    return { setUp, people };
  } finally {
    await meeting.ended();
  }
}
