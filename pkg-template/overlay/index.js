const PERIOD = 1000; // milliseconds

const HEAD = ['member', 'way', 'rtt', 'sends', 'loss', 'picture', 'receives', 'loss', 'picture', 'jitter'];

/** The figures of `engine.getStats()` as a table in this element, each second until `stop()`. */
export function showStats(engine, element, { period = PERIOD } = {}) {
  const table = document.createElement('table');
  table.style.cssText = 'font: 12px/1.5 ui-monospace, monospace; border-collapse: collapse; white-space: nowrap';
  table.createCaption().textContent = 'Connections';
  table.createTHead().append(row('th', HEAD));
  const body = table.createTBody();
  element.append(table);

  let timer;
  let stopped = false;
  const paint = async () => {
    const { members } = await engine.getStats().catch(() => ({ members: [] }));
    if (stopped) return;
    body.replaceChildren(...members.map((member) => row('td', cells(member))));
    timer = setTimeout(paint, period);
  };
  paint();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      table.remove();
    },
  };
}

function cells({ userID, state, relayed, localCandidate, protocol, roundTripTime, sent, received }) {
  const way = [relayed ? 'relay' : localCandidate, protocol].filter(Boolean).join('/') || state;
  const { audio, video } = received;
  return [
    userID,
    way,
    unit(roundTripTime, 'ms'),
    unit(sent.bitrate, 'kbit/s'),
    percent(sent.video ?? sent.audio),
    picture(sent.video),
    unit(received.bitrate, 'kbit/s'),
    percent(video ?? audio),
    picture(video),
    unit(Math.max(audio?.jitter ?? 0, video?.jitter ?? 0), 'ms'),
  ];
}

const unit = (value, name) => (value === undefined ? '' : `${value} ${name}`);
const percent = (stream) => (stream?.packetLoss === undefined ? '' : `${stream.packetLoss.toFixed(1)} %`);
const picture = (video) => (video?.width ? `${video.width}x${video.height} ${Math.round(video.frameRate)}/s ${video.codec ?? ''}` : '');

function row(kind, texts) {
  const line = document.createElement('tr');
  for (const [index, text] of texts.entries()) {
    // The first of a row says whose it is.
    const cell = document.createElement(index === 0 && kind === 'td' ? 'th' : kind);
    if (cell.tagName === 'TH') cell.scope = kind === 'td' ? 'row' : 'col';
    cell.style.cssText = 'padding: 0 .8em 0 0; text-align: left; font-weight: inherit';
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}

export default showStats;
