import { TUICallKitServer } from '@tencentcloud/call-uikit-react';
import { TUICallEvent } from '@tencentcloud/call-engine-js';
import TencentCloudChat from '@tencentcloud/chat';

const asked = new URLSearchParams(location.search).get('server');
const server = asked ?? import.meta.env.VITE_CALL_SERVER ?? 'http://127.0.0.1:8480';

// Where the engine that the kit makes finds its call server. Without it: at the page's own origin.
globalThis.TUICALL_SERVER = server;

/** Whom the kit offers to invite in a call of a chat group. An application has a directory of its own. */
const membersOf = () => ['alice', 'bob', 'carol', 'dave'];

/** Logs in as `name`; `onCallId` is told which call one is in, or ''. */
export async function logIn(name, { onCallId }) {
  const { SDKAppID, userID, userSig } = await userSigOf(name);
  const chat = TencentCloudChat.create({ SDKAppID, directory: { membersOf } });
  await TUICallKitServer.init({ SDKAppID, userID, userSig, tim: chat });
  const engine = TUICallKitServer.getTUICallEngineInstance();
  await new Promise((ready) => engine.on(TUICallEvent.SDK_READY, ready));
  const nickName = name[0].toUpperCase() + name.slice(1);
  await TUICallKitServer.setSelfInfo({ nickName, avatar: pictureOf(nickName) });
  engine.on(TUICallEvent.ON_CALL_BEGIN, (call) => onCallId(call.callId));
  engine.on(TUICallEvent.CALLING_END, () => onCallId(''));
  return userID;
}

/** A letter on a colour, as the URL of a picture. */
function pictureOf(name) {
  const hue = [...name].reduce((sum, letter) => sum + 47 * letter.codePointAt(0), 0) % 360;
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h9v9H0' fill='hsl(${hue} 45% 45%)'/>`
    + `<text x='4.5' y='6.5' font-family='sans-serif' font-size='6' text-anchor='middle' fill='#fff'>${name[0]}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Development only: in production your own back end makes the userSig. */
async function userSigOf(name) {
  const answer = await fetch(`${server}/dev/usersig?userID=${encodeURIComponent(name)}`);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  return body;
}
