/** What `getStats()` resolves to. What a browser does not tell is left out. */
export interface CallStats {
  /** Milliseconds since 1970. */
  timestamp: number;
  members: MemberStats[];
}

export interface MemberStats {
  userID: string;
  state: RTCPeerConnectionState;
  /** Milliseconds there and back. */
  roundTripTime?: number;
  /** Kilobits a second that the browser believes it could send. */
  availableBitrate?: number;
  localCandidate?: RTCIceCandidateType;
  remoteCandidate?: RTCIceCandidateType;
  /** Whether the media go over a TURN server, of this side or of the other. */
  relayed: boolean;
  protocol?: 'udp' | 'tcp';
  /** How this side reaches its TURN server. */
  relayProtocol?: 'udp' | 'tcp' | 'tls';
  sent: MediaStats<SentStats>;
  received: MediaStats<ReceivedStats>;
}

/** A stream that nothing has come or gone by is left out. */
export interface MediaStats<Stream> {
  /** Kilobits a second, of all streams together. */
  bitrate: number;
  audio?: Stream;
  video?: Stream;
  screen?: Stream;
  screenAudio?: Stream;
}

export interface StreamStats {
  /** Kilobits a second. */
  bitrate: number;
  /** Per cent; left out where the other side has not told yet. */
  packetLoss?: number;
  /** Milliseconds. */
  jitter?: number;
  /** `opus`, `VP8`, `H264` and the like. */
  codec?: string;
  /** Pixels; of pictures only. */
  width?: number;
  height?: number;
  /** Pictures a second. */
  frameRate?: number;
}

export interface SentStats extends StreamStats {
  /** What keeps the picture from being better. */
  limitedBy?: 'none' | 'cpu' | 'bandwidth' | 'other';
}

export interface ReceivedStats extends StreamStats {
  /** How often the picture stood still since it came. */
  freezes?: number;
}
