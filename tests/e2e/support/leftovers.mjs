// What a page of Chromium still has after a garbage collection.

/** Runs in the page before anything else: counts timers that have not fired and is told of wasm's memory. */
export function watchTimers() {
  const pending = new Set();
  globalThis.pendingTimers = pending;
  const { setTimeout: later, clearTimeout: forget, setInterval: often } = globalThis;
  globalThis.setTimeout = (act, ...rest) => {
    const id = later((...args) => {
      pending.delete(id);
      return act(...args);
    }, ...rest);
    pending.add(id);
    return id;
  };
  globalThis.setInterval = (...args) => {
    const id = often(...args);
    pending.add(id);
    return id;
  };
  // Either clears what the other has started.
  globalThis.clearTimeout = globalThis.clearInterval = (id) => {
    pending.delete(id);
    forget(id);
  };
}

export async function openLeftovers(page) {
  const session = await page.context().newCDPSession(page);
  return new Leftovers(page, session);
}

class Leftovers {
  constructor(page, session) {
    Object.assign(this, { page, session });
  }

  /** How many there are of each kind. */
  async count() {
    // A collection finds what the one before has freed the owners of.
    for (let i = 0; i < 3; i += 1) await this.session.send('HeapProfiler.collectGarbage');
    const { jsEventListeners, nodes } = await this.session.send('Memory.getDOMCounters');
    const { usedSize } = await this.session.send('Runtime.getHeapUsage');
    return {
      counts: {
        connections: await this.objects('RTCPeerConnection'),
        tracks: await this.objects('MediaStreamTrack'),
        streams: await this.objects('MediaStream'),
        sockets: await this.objects('WebSocket'),
        players: await this.objects('HTMLMediaElement'),
        listeners: jsEventListeners,
        nodes,
        timers: await this.page.evaluate(() => pendingTimers.size),
      },
      heap: usedSize,
    };
  }

  /** Objects of this class that something still holds. */
  async objects(name) {
    const { result } = await this.session.send('Runtime.evaluate', { expression: `${name}.prototype` });
    const { objects } = await this.session.send('Runtime.queryObjects', { prototypeObjectId: result.objectId });
    const length = 'function () { return this.length; }';
    const answer = await this.session.send('Runtime.callFunctionOn', {
      objectId: objects.objectId, functionDeclaration: length, returnByValue: true,
    });
    for (const { objectId } of [objects, result]) await this.session.send('Runtime.releaseObject', { objectId });
    return answer.result.value;
  }
}
