// What people do with one of the vendor's kits: the published package, our engine and server, real browsers.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { launchBrowser } from '../../e2e/support/browser.mjs';
import { startServer } from '../../e2e/support/server.mjs';
import { endOfSuite, serve } from '../../package/support.mjs';
import { buildExample } from './example.mjs';
import { logIn } from './kit-person.mjs';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

/**
 * @param {string} name of the example application
 * @param {{hasMemberList: boolean}} kit hasMemberList: it offers the members of a chat group to be invited
 */
export async function describeKit(name, { hasMemberList }) {
  const { dist, skip } = await buildExample(name);
  if (skip) return it(`the vendor's kit in ${name}`, { skip }, () => {});
  describe(`the vendor's kit in ${name}`, () => {
    const scope = endOfSuite();
    let alice, bob, carol, dave, everybody, origins;

    before(async () => {
      const server = await startServer();
      scope.after(() => server.remove());
      const page = await serve(scope, dist);
      origins = [page, server.url];
      // Four people on few cores: what the cameras show is of no matter.
      const browser = await launchBrowser({ devices: 'fps=5' });
      scope.after(() => browser.close());
      everybody = await Promise.all(NAMES.map((person) => logIn(browser, page, server.url, person)));
      [alice, bob, carol, dave] = everybody;
    });

    beforeEach(() => Promise.all(everybody.map((person) => person.reset())));

    after(() => everybody?.forEach((person) => {
      person.hasNoProblems();
      person.hasAskedOnly(...origins);
    }));

    const released = (...people) => Promise.all(people.map((person) => person.hasReleased()));
    const screenshot = (person, what) => person.screenshot(`${name}-${what}`);

    async function connected(kind) {
      await alice.call('bob', { kind });
      await bob.button('Accept').waitFor();
      await bob.press('Accept');
      await Promise.all([alice.isInCall(), bob.isInCall()]);
    }

    it('makes a video call', async () => {
      await alice.call('bob');
      await Promise.all([alice.shows('Awaiting response'), bob.isRungBy('Alice', 'invites you to a video call')]);
      await screenshot(bob, 'ringing');
      await bob.press('Accept');
      await Promise.all([alice.isInCall(), bob.isInCall()]);
      await Promise.all([alice.sees('bob'), bob.sees('alice'), alice.hears(), bob.hears()]);
      await screenshot(alice, 'video');
      await bob.press('Hang up');
      await released(alice, bob);
    });

    it('makes a voice call', async () => {
      await alice.call('bob', { kind: 'voice' });
      await bob.isRungBy('Alice', 'invites you to a voice call');
      await bob.press('Accept');
      await Promise.all([alice.isInCall(), bob.isInCall()]);
      await Promise.all([alice.hears(), bob.hears()]);
      assert.deepEqual(await Promise.all([alice, bob].map((person) => person.liveTracks('video'))), [0, 0]);
      await screenshot(bob, 'voice');
      await alice.press('Hang up');
      await released(alice, bob);
    });

    it('rejects', async () => {
      await alice.call('bob');
      await bob.isRungBy('Alice', 'invites you to a video call');
      await Promise.all([bob.press('Decline'), alice.isTold('other side reject call')]);
      await released(alice, bob);
    });

    it('cancels', async () => {
      await alice.call('bob');
      await bob.isRungBy('Alice', 'invites you to a video call');
      await alice.press('Hang up');
      await released(alice, bob);
    });

    it('tells who calls somebody busy', async () => {
      await connected('voice');
      await Promise.all([carol.call('bob', { kind: 'voice' }), carol.isTold('other side line busy')]);
      await released(carol);
      await Promise.all([alice.isInCall(), bob.isInCall()]);
      await bob.press('Hang up');
      await released(alice, bob);
    });

    it('ends by itself what nobody answers', async () => {
      await Promise.all([
        alice.call('bob', { timeout: 4 }),
        bob.isRungBy('Alice', 'invites you to a video call'),
        alice.isTold('call timeout'),
      ]);
      await released(alice, bob);
    });

    it('mutes, and turns the camera off and on', async () => {
      await connected('video');
      await Promise.all([bob.sees('alice'), bob.hears()]);
      const speaking = await bob.microphoneOf('alice');
      await alice.press('Unmuted');
      await alice.button('Muted').waitFor();
      await bob.until('shows that she is muted', ([id, before]) => (
        [...document.querySelectorAll(`[id="${id}"] img`)].map(({ src }) => src).join() !== before), ['alice', speaking]);
      await alice.press('Camera On');
      await bob.seesNot('alice');
      assert.equal(await alice.liveTracks('video'), 0, 'the camera is off');
      await Promise.all([screenshot(alice, 'muted'), screenshot(bob, 'no-camera')]);

      await alice.press('Muted');
      await alice.press('Camera Off');
      await bob.sees('alice');
      await bob.until('shows that she is heard', ([id, before]) => (
        [...document.querySelectorAll(`[id="${id}"] img`)].map(({ src }) => src).join() === before), ['alice', speaking]);
      await alice.press('Hang up');
      await released(alice, bob);
    });

    it('offers the devices that there are, and silences the loudspeaker', async () => {
      await connected('voice');
      await alice.hears();
      await alice.press(/Audio Output/);
      await alice.until('hears nothing', () => !probe.audible());
      await alice.press(/Audio Output/);
      await alice.hears();
      await alice.choose('Unmuted', 'Fake Audio Input 2');
      await alice.until('uses the other microphone', () => (
        probe.tracks.some((track) => track.readyState === 'live' && track.label === 'Fake Audio Input 2')));
      await bob.hears();
      await bob.press('Hang up');
      await released(alice, bob);
    });

    it('makes a call of three, who invite a fourth; who left joins again', async () => {
      await alice.call('bob, carol', { group: 'team' });
      await Promise.all([bob, carol].map((person) => person.isRungBy('Alice', 'invites you to a group call')));
      await screenshot(carol, 'group-ringing');
      await Promise.all([bob, carol].map((person) => person.press('Accept')));
      await Promise.all([alice, bob, carol].map((person) => person.isInCall()));
      await Promise.all([alice.sees('bob'), alice.sees('carol'), bob.sees('carol'), carol.sees('bob')]);
      await screenshot(alice, 'group-of-three');

      if (hasMemberList) await inviteFromList(alice, 'Dave');
      else await alice.invite('dave');
      await dave.isRungBy('Alice', 'invites you to a group call');
      await dave.press('Accept');
      await dave.isInCall();
      await Promise.all([dave.sees('alice'), dave.sees('bob'), bob.sees('dave'), carol.sees('dave')]);
      await screenshot(dave, 'group-of-four');

      await Promise.all([bob.press('Hang up'), ...[alice, carol].map((person) => person.isTold(/Bob end call/))]);
      await released(bob);
      await bob.join(await alice.thisCall());
      await bob.isInCall();
      await Promise.all([bob.sees('carol'), bob.hears(), carol.shows('Bob')]);
      await screenshot(bob, 'joined');
      for (const person of [alice, bob, carol]) await person.press('Hang up');
      // A call of one is over: nothing is left for dave to press.
      await released(...everybody);
    });

    it('makes a group of a call of two', async () => {
      await connected('voice');
      await bob.invite('carol');
      await carol.isRungBy('Bob', /invites you/);
      await carol.press('Accept');
      await carol.isInCall();
      await Promise.all([alice.shows('Carol'), carol.shows('Alice'), carol.hears()]);
      await screenshot(carol, 'invited');
      await alice.press('Hang up');
      await released(alice);
      await carol.press('Hang up');
      await released(bob, carol);
    });
  });
}

async function inviteFromList(person, name) {
  await person.press('Invite Member');
  await person.page.locator('.transfer-list-item', { hasText: name }).click();
  await person.screenshot('tuicallkit-vue-member-list');
  await person.page.getByText('Done', { exact: true }).click();
}
