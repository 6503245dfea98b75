import { TUICallKit, TUICallKitServer, TUICallType } from '@tencentcloud/call-uikit-react';
import { useState } from 'react';
import { logIn } from './session.js';

export function App() {
  const [me, setMe] = useState('');
  const [callId, setCallId] = useState('');
  const [error, setError] = useState('');

  async function attempt(action) {
    setError('');
    try {
      await action();
    } catch (cause) {
      setError(String(cause?.message ?? cause));
    }
  }

  const start = (name) => attempt(async () => setMe(await logIn(name, { onCallId: setCallId })));

  return (
    <main>
      <section>
        <h1>TUICallKit for React</h1>
        <p>The vendor's kit as it comes from npm, on open-call-engine.</p>
        {me ? <Calls me={me} callId={callId} attempt={attempt} /> : <Login start={start} />}
        <p id="error" role="alert">{error}</p>
      </section>
      <div className="kit"><TUICallKit style={{ width: '100%', height: '100%' }} /></div>
    </main>
  );
}

function Login({ start }) {
  return (
    <form onSubmit={submitted(({ name }) => start(name))}>
      <label>Your name <input id="name" name="name" required pattern="[A-Za-z0-9_\-]{1,32}" /></label>
      <button id="log-in">Log in</button>
    </form>
  );
}

function Calls({ me, callId, attempt }) {
  const [people, setPeople] = useState('');
  const [chatGroupID, setGroup] = useState('');
  const [timeout, setSeconds] = useState(30);
  const userIDList = people.split(/[\s,]+/).filter(Boolean);
  const call = (type) => attempt(() => TUICallKitServer.calls({ userIDList, type, chatGroupID, timeout }));
  const invite = () => attempt(() => TUICallKitServer.inviteUser({ userIDList }));
  const join = (id) => attempt(() => TUICallKitServer.join({ callId: id.trim() }));

  return (
    <>
      <p>You are <strong id="me">{me}</strong>.</p>
      <form onSubmit={submitted(() => call(TUICallType.VIDEO_CALL))}>
        <label>
          People
          <input id="people" required placeholder="bob, carol" value={people} onChange={(event) => setPeople(event.target.value)} />
        </label>
        <label>
          Chat group, if any
          <input id="group" value={chatGroupID} onChange={(event) => setGroup(event.target.value)} />
        </label>
        <label>
          Rings for (seconds)
          <input id="timeout" type="number" min="1" value={timeout} onChange={(event) => setSeconds(event.target.valueAsNumber)} />
        </label>
        <button id="video">Video call</button>
        <button id="voice" type="button" onClick={() => call(TUICallType.AUDIO_CALL)}>Voice call</button>
        <button id="invite" type="button" onClick={invite}>Invite into this call</button>
      </form>
      <form onSubmit={submitted((fields) => join(fields.callId))}>
        <label>Id of a call <input id="call-id" name="callId" required /></label>
        <button id="join">Join</button>
      </form>
      {callId && <p>This call: <code id="this-call">{callId}</code></p>}
    </>
  );
}

const submitted = (action) => (event) => {
  event.preventDefault();
  action(Object.fromEntries(new FormData(event.currentTarget)));
};
