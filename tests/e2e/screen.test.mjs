// A screen beside the camera.
import { after, before, test as run } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { openCrowd } from './support/crowd.mjs';
import { logIn } from './support/person.mjs';
import { startServer } from './support/server.mjs';
import { COLOUR, SHARING, SIZE, openShared } from './support/shared-page.mjs';

const test = (name, body) => run(name, { skip: onlyInChromium }, body);

let server;
let sharing;
let refusing;
let firefox;

before(async () => {
  [server, sharing, refusing, firefox] = await Promise.all([
    startServer(),
    launchBrowser(SHARING),
    launchBrowser({ name: 'chromium', prompt: 'deny' }),
    launchBrowser({ name: 'firefox' }),
  ]);
});

after(async () => {
  await Promise.all([sharing, refusing, firefox].map((browser) => browser?.close()));
  await server?.remove();
});

const shows = (userID) => `#view-${userID} video`;

/** Shows this member's screen in a container of its own. */
async function view(member, userID, { width, height } = SIZE) {
  await member.page.evaluate(async ([id, size]) => {
    document.getElementById(`view-${id}`)?.remove();
    const container = document.createElement('div');
    container.id = `view-${id}`;
    Object.assign(container.style, { width: `${size.width}px`, height: `${size.height}px` });
    document.body.append(container);
    await globalThis.member.engine.startRemoteView({ userID: id, videoViewDomID: container.id, streamType: 'screen' });
  }, [userID, { width, height }]);
}

/** The picture has the shape and the colour of the shared page. */
async function seesScreen(member, userID) {
  // In the middle of the picture: the text is at its top.
  const look = (selector) => {
    const video = document.querySelector(selector);
    const context = Object.assign(document.createElement('canvas'), { width: 8, height: 6 }).getContext('2d');
    context.drawImage(video, 0, 0, 8, 6);
    return { width: video.videoWidth, height: video.videoHeight, colour: [...context.getImageData(4, 4, 1, 1).data].slice(0, 3) };
  };
  const isRight = ({ width, height, colour }) => Math.abs(width / height - SIZE.width / SIZE.height) < 0.02
    && COLOUR.every((value, i) => Math.abs(value - colour[i]) < 40);
  await eventually(() => member.page.evaluate(look, shows(userID)), isRight, `${member.name} sees the screen`);
}

/** What is seen last is told, where it never comes right. */
async function eventually(look, isRight, what) {
  const end = Date.now() + 60_000;
  let seen = await look();
  while (!isRight(seen) && Date.now() < end) {
    await new Promise((resolve) => { setTimeout(resolve, 250); });
    seen = await look();
  }
  assert.ok(isRight(seen), `${what}: ${JSON.stringify(seen)}`);
}

async function withCrowd(people, body) {
  const crowd = await openCrowd(sharing, server.url, people, { video: true });
  try {
    await body(crowd);
  } finally {
    await crowd.close();
  }
}

const tells = (userID, isScreenAvailable) => ['onUserScreenAvailable', { userID, isScreenAvailable }];

test('a screen is seen and heard beside the camera, also by who comes late, until the browser’s own bar ends it', () => withCrowd(['ann', 'ben'], async (crowd) => {
  const [ann, ben] = crowd.members;
  const shared = await openShared(crowd.profile, server.url);
  const call = await crowd.meet();
  await crowd.all('sees');
  await ann.engine('closeMicrophone');
  await ann.engine('startScreenSharing');
  await Promise.all([ann, ben].map((member) => member.gets(...tells('ann', true))));
  await view(ben, 'ann');
  await seesScreen(ben, 'ann');
  await ben.receives('sees', 2);
  await eventually(() => ben.page.evaluate(() => [...probe.players].filter((player) => player instanceof HTMLAudioElement && player.srcObject)
    .map(({ paused, muted }) => `${paused} ${muted}`)),
  (sounds) => String(sounds) === 'false false,false false', 'ben hears the screen beside the muted microphone');

  const late = await crowd.add('late');
  await late.engine('joinInGroupCall', { type: 2, groupID: 'crowd', roomID: call.roomID });
  await late.gets(...tells('ann', true));
  await view(late, 'ann');
  await seesScreen(late, 'ann');

  await ben.forgetEvents();
  // What the bar's button does to the track.
  await shared.close();
  await Promise.all(crowd.members.map((member) => member.gets(...tells('ann', false))));
  await ben.until('shows nothing any more', (selector) => document.querySelector(selector).srcObject === null, shows('ann'));
  const cameras = (await ben.events('onUserVideoAvailable')).filter(({ payload }) => payload.userID === 'ann');
  assert.deepEqual(cameras, [], 'the camera goes on');
}));

test('a fresh connection brings the screen along, and the end of the call gives it back', () => withCrowd(['ann', 'ben'], async (crowd) => {
  const [ann, ben] = crowd.members;
  await openShared(crowd.profile, server.url);
  await crowd.meet();
  await ann.engine('startScreenSharing', { systemAudio: false });
  await ben.gets(...tells('ann', true));
  await view(ben, 'ann');
  await seesScreen(ben, 'ann');
  for (const { page } of crowd.members) {
    await page.evaluate(() => {
      for (const connection of probe.connections.filter((one) => one.remoteDescription)) {
        globalThis.closed = connection;
        connection.close();
        Object.defineProperty(connection, 'connectionState', { get: () => 'failed' });
        connection.dispatchEvent(new Event('connectionstatechange'));
      }
    });
  }
  await ben.until('has a fresh connection', () => probe.connections.some((one) => one !== globalThis.closed && one.connectionState === 'connected'));
  await seesScreen(ben, 'ann');

  await ann.engine('hangup');
  await ben.gets('onCallEnd');
  await ann.until('gives the screen back', () => probe.liveTracks() === 0);
  assert.deepEqual((await ben.events('onUserScreenAvailable')).map(({ payload }) => payload.isScreenAvailable), [true]);
}));

test('what a small view needs is sent, and nothing to a view that was taken down', () => withCrowd(['ann', 'ben'], async (crowd) => {
  const [ann, ben] = crowd.members;
  await openShared(crowd.profile, server.url);
  await crowd.meet();
  await ann.engine('startScreenSharing');
  await ben.gets(...tells('ann', true));
  const sent = () => ann.page.evaluate(() => {
    const sender = probe.connections.find((one) => one.connectionState === 'connected').getTransceivers()[2].sender;
    const [{ active, scaleResolutionDownBy: scale }] = sender.getParameters().encodings;
    const { width, height } = sender.track.getSettings();
    return { active, lines: Math.min(width, height) / scale, width, height };
  });
  const sends = (what, isRight) => eventually(sent, isRight, `ann ${what}`);
  await view(ben, 'ann', { width: 240, height: 180 });
  await sends('sends 180 lines', ({ active, lines }) => active && Math.abs(lines - 180) < 2);
  await ben.engine('stopRemoteView', { userID: 'ann', streamType: 'screen' });
  await sends('sends nothing', ({ active }) => !active);
  await view(ben, 'ann');
  await sends('sends all', ({ active, lines }) => active && lines > 500);
  await seesScreen(ben, 'ann');
}));

test('Firefox sees a screen', async () => {
  const [chris, fiona] = await Promise.all([
    openCrowd(sharing, server.url, ['chris'], { video: true }),
    openCrowd(firefox, server.url, ['fiona'], { video: true }),
  ]);
  const [[ann], [ben]] = [chris.members, fiona.members];
  await openShared(chris.profile, server.url);
  await ann.engine('calls', { userIDList: ['fiona'], type: 2 });
  await ben.accepts();
  await ann.engine('startScreenSharing');
  await ben.gets(...tells('chris', true));
  await view(ben, 'chris');
  await seesScreen(ben, 'chris');
  await ann.engine('stopScreenSharing');
  await Promise.all([ann, ben].map((member) => member.gets(...tells('chris', false))));
  await Promise.all([chris.close(), fiona.close()]);
});

test('who chooses nothing, has no call or gives a wrong parameter is told so', async () => {
  const dora = await logIn(refusing, server.url, 'dora');
  const code = async (...call) => (await dora.engine(...call)).code;
  assert.equal(await code('startScreenSharing'), -1203);
  assert.equal(await code('stopRemoteView', { userID: 'ann', streamType: 'window' }), -1202);
  assert.equal((await dora.engine('stopScreenSharing')).ok, true);
  await dora.close();

  await withCrowd(['ann', 'ben'], async (crowd) => {
    const [ann] = crowd.members;
    await crowd.meet();
    const refused = async (name) => ann.page.evaluate(async (error) => {
      MediaDevices.prototype.getDisplayMedia = error
        ? () => Promise.reject(new DOMException('no', error)) : undefined;
      return globalThis.member.engine.startScreenSharing().then(() => 0, ({ code: number }) => number);
    }, name);
    assert.equal(await refused('NotAllowedError'), -1101);
    assert.equal(await refused('NotReadableError'), 65535);
    assert.equal(await refused(undefined), 60006);
    assert.deepEqual(await ann.events('onUserScreenAvailable'), []);
  });
});
