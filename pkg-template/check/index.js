import { checkCamera, checkMicrophone } from './devices.js';
import { checkBandwidth, checkTurn } from './network.js';
import { checkServer } from './server.js';

/** What is checked, in the order of the report. */
const NAMES = ['camera', 'microphone', 'server', 'turn', 'bandwidth'];

/** Whether a call would work here and now, before anybody is called. Never rejects: what fails is in the report. */
export async function checkCall(options = {}) {
  const results = new Map();
  const run = async (name, check) => {
    if (options.only && !options.only.includes(name)) return undefined;
    const result = { name, ...(await check().catch(unexpected)) };
    results.set(name, result);
    options.onResult?.(result);
    return result;
  };

  const devices = async () => {
    await run('camera', checkCamera);
    await run('microphone', checkMicrophone);
  };
  const network = async () => {
    const { iceServers: found } = (await run('server', () => checkServer(options))) ?? {};
    const iceServers = options.iceServers ?? found ?? [];
    const turn = await run('turn', () => checkTurn(iceServers));
    await run('bandwidth', () => checkBandwidth(iceServers, turn?.outcome === 'passed'));
  };
  await Promise.all([devices(), network()]);

  const list = NAMES.map((name) => results.get(name)).filter(Boolean);
  return { ok: list.every(({ outcome }) => outcome !== 'failed'), results: list };
}

function unexpected(error) {
  return {
    outcome: 'failed',
    code: error.code ?? -1,
    text: String(error.message ?? error),
    advice: 'Try again in another browser, or load the page again.',
  };
}

export default checkCall;
