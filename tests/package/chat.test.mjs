// The stand-in for the vendor's chat: profiles from a real call server, and what TUILogin asks of a chat.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { startServer } from '../e2e/support/server.mjs';
import { endOfSuite, installTarball } from './support.mjs';

describe('open-call-engine/chat', () => {
  const scope = endOfSuite();
  let TencentCloudChat;
  let server;

  before(async () => {
    const { installed } = await installTarball(scope);
    ({ default: TencentCloudChat } = await import(join(installed, 'chat/index.js')));
    server = await startServer();
    scope.after(() => server.remove());
  });

  /** A chat of its own for each person, as in a page of their own. */
  async function chatOf(name) {
    const { SDKAppID, userID, userSig } = await (await fetch(`${server.url}/dev/usersig?userID=${name}`)).json();
    const chat = TencentCloudChat.create({ SDKAppID, serverUrl: `${server.url.replace('http', 'ws')}/v1/ws` });
    const login = () => chat.login({ userID, userSig });
    await login();
    return { chat, login };
  }

  it('shows everybody the profile that somebody has set', async (t) => {
    const { chat: alice } = await chatOf('alice');
    await alice.updateMyProfile({ nick: 'Alice A.', avatar: 'https://example.com/a.png' });
    const mine = { userID: 'alice', nick: 'Alice A.', avatar: 'https://example.com/a.png' };
    assert.deepEqual(await alice.getMyProfile(), { code: 0, data: mine });
    await alice.destroy();

    const { chat: bob } = await chatOf('bob');
    t.after(() => bob.destroy());
    assert.notEqual(bob, alice);
    assert.equal(bob.getLoginUser(), 'bob');
    const nobody = { userID: 'nobody', nick: '', avatar: '' };
    assert.deepEqual(await bob.getUserProfile({ userIDList: ['nobody', 'alice'] }), { code: 0, data: [nobody, mine] });
    assert.deepEqual(await bob.getFriendProfile({ userIDList: ['alice'] }), {
      code: 0,
      data: { friendList: [{ userID: 'alice', remark: '', profile: mine }], failureUserIDList: [] },
    });
    await bob.updateMyProfile({ nick: 'Bob' });
    assert.deepEqual((await bob.updateMyProfile({ avatar: 'b.png' })).data, { userID: 'bob', nick: 'Bob', avatar: 'b.png' });
    await assert.rejects(bob.updateMyProfile({ nick: 'x'.repeat(501) }), { code: 40001, message: /500 bytes/ });
  });

  it('shows empty profiles while the server is away', async (t) => {
    const { chat } = await chatOf('carol');
    t.after(() => chat.destroy());
    await server.stop();
    assert.deepEqual((await chat.getUserProfile({ userIDList: ['alice'] })).data, [{ userID: 'alice', nick: '', avatar: '' }]);
    await assert.rejects(chat.updateMyProfile({ nick: 'Carol' }), TypeError);
    await server.restart();
    assert.equal((await chat.getUserProfile({ userIDList: ['alice'] })).data[0].nick, 'Alice A.', 'kept over the restart');
  });

  it('asks the application where it has a directory', async (t) => {
    const { chat } = await chatOf('dave');
    t.after(() => chat.destroy());
    const members = Array.from({ length: 40 }, (_, i) => `user${i}`);
    assert.deepEqual((await chat.getGroupMemberList({ groupID: 'g' })).data, { memberList: [], offset: 0 });
    chat.setDirectory({
      profilesOf: async (userIDs) => userIDs.map((userID) => ({ userID, nick: userID.toUpperCase() })),
      membersOf: (groupID) => (groupID === 'g' ? members : []),
    });
    const { data } = await chat.getGroupMemberList({ groupID: 'g', count: 30, offset: 30 });
    assert.deepEqual(data.memberList.map(({ nick }) => nick), members.slice(30).map((name) => name.toUpperCase()));
    assert.deepEqual(data.memberList[0], { userID: 'user30', nick: 'USER30', avatar: '' });
    assert.equal(data.offset, 40);
    assert.deepEqual((await chat.getGroupProfile({ groupID: 'g' })).data.group, { groupID: 'g', name: 'g', memberCount: 40 });
    assert.deepEqual((await chat.getGroupAttributes({ groupID: 'g' })).data.groupAttributes, {});
  });

  it('logs in as TUILogin expects it', async () => {
    const { chat, login } = await chatOf('erin');
    assert.equal(TencentCloudChat.create({ SDKAppID: chat.account.SDKAppID }), chat, 'one chat an app');
    const context = {};
    const heard = [];
    const listener = function listener({ name }) { heard.push([name, this === context]); };
    chat.on(TencentCloudChat.EVENT.SDK_READY, listener, context);
    const other = () => heard.push('removed');
    chat.on(TencentCloudChat.EVENT.SDK_READY, other);
    chat.off(TencentCloudChat.EVENT.SDK_READY, other);
    assert.equal((await login()).data.repeatLogin, true);
    await chat.logout();
    assert.equal(chat.isReady(), false);
    await assert.rejects(chat.getMyProfile(), { code: 6014 });

    await new Promise((done) => setTimeout(done, 10));
    heard.length = 0;
    assert.equal((await login()).data.repeatLogin, false);
    assert.deepEqual(heard, [], 'not before the caller has its answer');
    await new Promise((done) => setTimeout(done, 10));
    assert.deepEqual(heard, [[TencentCloudChat.EVENT.SDK_READY, true]]);
    assert.equal(chat.isReady(), true);
    await assert.rejects(chat.login({ userID: 'erin' }), { code: 6017 });
    await chat.destroy();
    assert.notEqual(TencentCloudChat.create({ SDKAppID: chat.account.SDKAppID }), chat);
  });
});
