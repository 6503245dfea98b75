import { Pictures } from './pictures.js';
import { down, levelOf, ownQuality, sampleOf, unknown, volume } from './quality.js';
import { readReports } from './reports.js';
import { Speaker } from './speaker.js';

// Milliseconds from one look to the next.
const PERIOD = 1000;

const EVENTS = [
  'onUserVoiceVolumeChanged',
  'onUserNetworkQualityChanged',
  'onActiveSpeakerChanged',
  'onUserFirstVideoFrame',
  'onUserVideoFrozen',
];

/** Measures a call once a second while somebody listens to what comes of it. */
export class Meter {
  /** `views` knows the members' connections and pictures, `devices` whether the microphone is off. */
  constructor(views, emitter, devices, user) {
    Object.assign(this, { views, emitter, devices, user });
    this.speaker = new Speaker();
    this.pictures = new Pictures((name, payload) => this.tell(name, payload));
    // Two looks ago: in a second a single lost packet would be much.
    this.before = new Map();
    this.last = new Map();
    emitter.tap = (name, text) => {
      if (name !== 'onUserVideoAvailable') return;
      const { userID, isVideoAvailable } = JSON.parse(text);
      this.pictures.camera(userID, isVideoAvailable);
    };
    this.wait();
  }

  stop() {
    this.stopped = true;
    this.emitter.tap = undefined;
    clearTimeout(this.timer);
    this.pictures.stop();
  }

  wait() {
    this.timer = setTimeout(async () => {
      // A connection that is closed meanwhile has no reports.
      await this.measure().catch(() => {});
      if (!this.stopped) this.wait();
    }, PERIOD);
  }

  async measure() {
    if (!EVENTS.some((name) => this.emitter.hears(name))) return;
    const members = [...this.views.members];
    const read = await Promise.all(members.map(async ([user, connection]) => [user, await readReports(connection)]));
    if (this.stopped) return;
    const now = new Map(read);
    this.tellVolumes(now);
    this.tellQuality(now);
    for (const [user, reports] of now) {
      this.pictures.look(user, reports.received.video, this.views.pictures.get(user)?.video, performance.now());
    }
    this.pictures.keep(now);
    this.before = this.last;
    this.last = now;
  }

  tellVolumes(now) {
    const level = (user, of) => volume(levelOf(of(now.get(user)), of(this.last.get(user))));
    const sound = (reports) => reports?.received.audio;
    const own = (reports) => reports?.microphone;
    const mine = this.devices.muted ? 0 : Math.max(0, ...[...now.keys()].map((user) => level(user, own)));
    const volumes = [[this.user, mine], ...[...now.keys()].map((user) => [user, level(user, sound)])];
    this.tell('onUserVoiceVolumeChanged', {
      volumeMap: volumes.map(([userId, audioVolume]) => ({ userId, audioVolume })),
    });
    const speaker = this.speaker.hear(volumes);
    if (speaker !== undefined) this.tell('onActiveSpeakerChanged', { userID: speaker });
  }

  tellQuality(now) {
    const samples = [...now.values()].map(sampleOf);
    const others = [...now].map(([userId, reports]) => {
      const before = this.before.get(userId);
      // Of whom there is nothing to compare with, nothing is known.
      return { userId, ...(before ? down(sampleOf(before), sampleOf(reports)) : unknown()) };
    });
    this.tell('onUserNetworkQualityChanged', {
      networkQualityList: [{ userId: this.user, ...ownQuality(samples) }, ...others],
    });
  }

  tell(name, payload) {
    if (!this.stopped) this.emitter.emit(name, JSON.stringify(payload));
  }
}
