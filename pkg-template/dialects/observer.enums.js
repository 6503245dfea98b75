export const TUICallMediaType = /* @__PURE__ */ Object.freeze({ none: 0, audio: 1, video: 2 });

export const TUICallRole = /* @__PURE__ */ Object.freeze({ none: 0, caller: 1, called: 2 });

export const CallEndReason = /* @__PURE__ */ Object.freeze({
  unknown: 0,
  hangup: 1,
  reject: 2,
  noResponse: 3,
  offline: 4,
  lineBusy: 5,
  canceled: 6,
  otherDeviceAccepted: 7,
  otherDeviceReject: 8,
  endByServer: 9,
});

export const TUINetworkQuality = /* @__PURE__ */ Object.freeze({
  unknown: 0,
  excellent: 1,
  good: 2,
  poor: 3,
  bad: 4,
  vBad: 5,
  down: 6,
});

export const TUICamera = /* @__PURE__ */ Object.freeze({ front: 0, back: 1 });
