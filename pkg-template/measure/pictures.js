// Milliseconds without a new picture after which people call it frozen.
const FROZEN = 2000;

/**
 * Sees whether the pictures of members move. A new picture is one that the browser has drawn, or decoded where it draws
 * none. `tell(event, payload)` is told the first of each time that a camera is on, and when a shown one stands still.
 */
export class Pictures {
  constructor(tell) {
    this.tell = tell;
    this.members = new Map();
  }

  /** A camera is on or off now, as its owner says. */
  camera(user, on) {
    const member = this.member(user);
    if (!on && member.frozen) this.freeze(user, member, false);
    Object.assign(member, { on, first: false, moved: undefined });
  }

  /** A look at this member: `decoded` is the report of what is received of the camera, `video` the element it is shown in. */
  look(user, decoded, video, now) {
    const member = this.member(user);
    this.watch(user, member, video);
    const frames = decoded?.framesDecoded ?? 0;
    if (frames > member.frames) this.moves(user, member, now, decoded.frameWidth, decoded.frameHeight);
    member.frames = frames;
    if (member.moved === undefined) return;
    // Nobody misses what nobody sees, and who shows nothing is sent nothing.
    if (!video || !isSeen(video)) member.moved = now;
    if (now - member.moved >= FROZEN && !member.frozen) this.freeze(user, member, true);
  }

  /** Who is not among these has gone. */
  keep(users) {
    for (const user of this.members.keys()) {
      if (!users.has(user)) this.forget(user);
    }
  }

  stop() {
    this.keep(new Set());
  }

  forget(user) {
    this.watch(user, this.member(user), undefined);
    this.members.delete(user);
  }

  member(user) {
    if (!this.members.has(user)) this.members.set(user, { frames: 0 });
    return this.members.get(user);
  }

  watch(user, member, video) {
    if (video === member.video || !('requestVideoFrameCallback' in HTMLVideoElement.prototype)) return;
    member.video?.cancelVideoFrameCallback(member.callback);
    member.video = video;
    if (!video) return;
    const next = () => {
      member.callback = video.requestVideoFrameCallback((now, { width, height }) => {
        this.moves(user, member, now, width, height);
        if (member.video === video) next();
      });
    };
    next();
  }

  moves(user, member, now, width, height) {
    // What was on its way when the camera went off.
    if (member.on === false) return;
    member.moved = now;
    if (member.frozen) this.freeze(user, member, false);
    if (member.first) return;
    member.first = true;
    this.tell('onUserFirstVideoFrame', { userID: user, width: width ?? 0, height: height ?? 0 });
  }

  freeze(user, member, frozen) {
    member.frozen = frozen;
    this.tell('onUserVideoFrozen', { userID: user, isFrozen: frozen });
  }
}

function isSeen(video) {
  if (document.visibilityState !== 'visible') return false;
  const { top, left, bottom, right } = video.getBoundingClientRect();
  return right > left && bottom > top && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
}
