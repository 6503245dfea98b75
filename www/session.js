import { logEvent } from './event-log.js';

/** What the page's tests and curious people look at: the engine, and every event with a copy of its payload. */
export const demo = { engine: null, events: [] };
globalThis.demo = demo;

/** Asks the development server who this name is. Rejects with {code} for texts.js. */
export async function requestTicket(userID) {
  let answer;
  try {
    answer = await fetch(`/dev/usersig?userID=${encodeURIComponent(userID)}`);
  } catch {
    throw Object.assign(new Error('no answer'), { code: 'server-away' });
  }
  if (answer.status === 404) throw Object.assign(new Error('not a development server'), { code: 'not-dev' });
  if (!answer.ok) throw Object.assign(new Error(`status ${answer.status}`), { code: answer.status >= 500 ? 'server-away' : 101002 });
  return answer.json();
}

export async function loadEngine() {
  try {
    return await import('/pkg/index.js');
  } catch (error) {
    throw Object.assign(new Error(String(error)), { code: 'no-package' });
  }
}

/** Makes the engine; `ready()` first, because older Chromes do not compile it synchronously. */
export async function createEngine({ TUICallEngine, TUICallEvent }, SDKAppID, iceTransportPolicy) {
  await TUICallEngine.ready();
  const options = { SDKAppID };
  if (iceTransportPolicy) options.iceTransportPolicy = iceTransportPolicy;
  const engine = TUICallEngine.createInstance(options);
  record(engine, TUICallEvent);
  demo.engine = engine;
  return engine;
}

/** Constants that share a string are one event; the first name stands for it. */
function record(engine, TUICallEvent) {
  const names = new Map();
  for (const [name, event] of Object.entries(TUICallEvent)) if (!names.has(event)) names.set(event, name);
  for (const [event, name] of names) {
    engine.on(event, (payload) => {
      const entry = { name, event, payload: payload === undefined ? null : JSON.parse(JSON.stringify(payload)), at: Date.now() };
      demo.events.push(entry);
      logEvent(entry);
    });
  }
}
