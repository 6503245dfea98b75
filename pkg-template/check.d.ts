export type CheckName = 'camera' | 'microphone' | 'server' | 'turn' | 'bandwidth';

export interface CheckOptions {
  /** As at `createInstance()` and `login()`; what the server check logs in with. A running session of the user stays. */
  SDKAppID?: number;
  serverUrl?: string;
  userID?: string;
  userSig?: string;
  /** Instead of those that the server gives at login. */
  iceServers?: RTCIceServer[];
  /** Only these; default all. */
  only?: CheckName[];
  /** Told each result as soon as it is there. */
  onResult?: (result: CheckResult) => void;
}

export interface CheckOutcome {
  /** `warned`: calls work, but not all of them, or not as well as they could. */
  outcome: 'passed' | 'warned' | 'failed';
  /** 0 when passed; else the code that a call would fail with. */
  code: number;
  /** What was found, in English. */
  text: string;
  /** What to do about it; empty when passed. */
  advice: string;
}

export interface CameraResult extends CheckOutcome {
  name: 'camera';
  /** Label of the device. */
  device?: string;
  /** Pixels of a real picture. */
  width?: number;
  height?: number;
}

export interface MicrophoneResult extends CheckOutcome {
  name: 'microphone';
  device?: string;
  /** 0 to 100, the loudest that was heard within three seconds. */
  level?: number;
}

export interface ServerResult extends CheckOutcome {
  name: 'server';
  /** Milliseconds. */
  connectTime?: number;
  loginTime?: number;
  /** What the server gives its clients. */
  iceServers?: RTCIceServer[];
}

export interface TurnResult extends CheckOutcome {
  name: 'turn';
  /** Milliseconds there and back through the relay. */
  roundTripTime?: number;
  /** The relayed address. */
  relay?: string;
  /** Relayed candidates that were gathered. */
  candidates?: number;
}

export interface BandwidthResult extends CheckOutcome {
  name: 'bandwidth';
  /** Kilobits a second that came through a data channel. */
  bitrate?: number;
  roundTripTime?: number;
  /** Over the TURN server; else only as far as this machine goes. */
  relayed?: boolean;
}

export type CheckResult = CameraResult | MicrophoneResult | ServerResult | TurnResult | BandwidthResult;

export interface CheckReport {
  /** Nothing failed. */
  ok: boolean;
  results: CheckResult[];
}

/**
 * Whether a call would work here and now: opens camera and microphone, logs in at the server, sends something through the
 * TURN server and measures it, and leaves nothing open. At a click of the person, so that the microphone can be listened
 * to. Never rejects.
 */
export declare function checkCall(options?: CheckOptions): Promise<CheckReport>;
export default checkCall;
