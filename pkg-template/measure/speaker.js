// Loudness, 0 to 100, of somebody who speaks at all, and of somebody who has stopped.
const SPEAKS = 10;
const SILENT = 5;
// A second one has to be so many times as loud as the one who speaks.
const LOUDER = 1.3;

/** Who speaks, so that a picture does not jump at every cough. Pure. */
export class Speaker {
  constructor() {
    this.loudness = new Map();
    this.current = '';
  }

  /** `volumes`: `[user, volume]` of everybody. Tells who speaks when that has become another; '' = nobody. */
  hear(volumes) {
    this.loudness = new Map(volumes.map(([user, volume]) => [user, ((this.loudness.get(user) ?? 0) + volume) / 2]));
    const own = this.loudness.get(this.current) ?? 0;
    const [loudest, most] = [...this.loudness].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0]);
    const before = this.current;
    if (most >= SPEAKS && most > own * LOUDER) this.current = loudest;
    else if (own < SILENT) this.current = '';
    return this.current === before ? undefined : this.current;
  }
}
