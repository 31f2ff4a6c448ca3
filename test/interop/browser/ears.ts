/** What the page's connections hear and see, played as a page would play it: how loud, the loudest frequency, the pictures. */

export interface Heard {
  /** Root mean square of the last moment, 0 to 1. */
  readonly level: number;
  /** Of the loudest part. */
  readonly hertz: number;
  /** RTP packets that were received and decrypted, in all. */
  readonly packets: number;
  /** Frames of video that were decoded, in all. */
  readonly pictures: number;
}

interface Received {
  readonly type: string;
  readonly packetsReceived?: number;
  readonly framesDecoded?: number;
}

/** What is used of the browser: the repository's types are Node's. */
interface Connection {
  addEventListener(event: "track", listener: (event: { readonly track: { readonly kind: string } }) => void): void;
  getStats(): Promise<ReadonlyMap<string, Received>>;
}

interface Analyser {
  fftSize: number;
  readonly frequencyBinCount: number;
  getFloatTimeDomainData(into: Float32Array): void;
  getFloatFrequencyData(into: Float32Array): void;
}

interface Sounds {
  readonly sampleRate: number;
  createAnalyser(): Analyser;
  createMediaStreamSource(stream: object): { connect(to: Analyser): void };
  resume(): Promise<void>;
}

declare global {
  var heard: () => Promise<Heard>;
  var RTCPeerConnection: new (settings?: object) => Connection;
  var AudioContext: new () => Sounds;
  var MediaStream: new (tracks: readonly object[]) => object;
  var Audio: new () => { srcObject: object; play(): Promise<void> };
}

const connections: Connection[] = [];
const context = new AudioContext();
const ear = context.createAnalyser();
ear.fftSize = 8_192;

class HeardConnection extends RTCPeerConnection {
  constructor(settings?: object) {
    super(settings);
    connections.push(this);
    this.addEventListener("track", ({ track }) => {
      const stream = new MediaStream([track]);
      // Without an element that plays it nothing is decoded.
      const player = new Audio();
      player.srcObject = stream;
      void player.play();
      if (track.kind !== "audio") return;
      context.createMediaStreamSource(stream).connect(ear);
    });
  }
}
globalThis.RTCPeerConnection = HeardConnection;

globalThis.heard = async (): Promise<Heard> => {
  await context.resume();
  const samples = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(samples);
  const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  const bins = new Float32Array(ear.frequencyBinCount);
  ear.getFloatFrequencyData(bins);
  const loudest = bins.reduce((best, power, index) => (power > (bins[best] ?? 0) ? index : best), 0);
  return { level, hertz: (loudest * context.sampleRate) / ear.fftSize, ...(await received()) };
};

async function received(): Promise<Pick<Heard, "packets" | "pictures">> {
  const sum = { packets: 0, pictures: 0 };
  for (const connection of connections) {
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      sum.packets += report.packetsReceived ?? 0;
      sum.pictures += report.framesDecoded ?? 0;
    }
  }
  return sum;
}
