/** Calls over the real rtpengine on loopback: our media port in front of it, hosts as phone and PBX. */
import { type Media, openMedia } from "@ringfence/media";
import { MediaCall, type PhoneSetup, us } from "./media-call.ts";
import { RtpengineProcess } from "./rtpengine-process.ts";
import { type Datagram, UdpHost } from "./udp-host.ts";

export class RtpengineBench {
  /** Of the last call. */
  media: Media | undefined;
  #daemon: RtpengineProcess | undefined;
  readonly #opened: { close(): void }[] = [];

  async start(): Promise<void> {
    this.#daemon = await RtpengineProcess.start();
  }

  /** After each test. */
  async clear(): Promise<void> {
    for (const thing of this.#opened.splice(0)) thing.close();
    await this.media?.stop();
    this.media = undefined;
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
  }

  farm(inactivityMs = 60_000): Promise<Media> {
    const instances = [{ address: us, port: this.#daemon?.port ?? 0, weight: 1 }];
    return openMedia({
      settings: {
        ports: { first: 1, last: 2 },
        inactivityMs,
        learn: { windowMs: 3_000, packets: 5 },
        farm: { instances, interfaces: undefined },
      },
      onEvent: () => undefined,
      log: () => undefined,
    });
  }

  async call(setup: PhoneSetup = {}, inactivityMs?: number): Promise<MediaCall> {
    this.media = await this.farm(inactivityMs);
    const call = await MediaCall.start(this.media, "c1", setup);
    this.#opened.push(call);
    return call;
  }

  /** The hosts of a call have one port each; the one above it may be somebody else's. */
  async callWithRtcp(inactivityMs?: number): Promise<{
    readonly call: MediaCall;
    readonly phone: UdpHost;
    readonly pbx: UdpHost;
  }> {
    for (;;) {
      const call = await this.call({}, inactivityMs);
      const above = [UdpHost.open("127.0.0.2", call.phone.port + 1), UdpHost.open("127.0.0.3", call.pbx.port + 1)];
      const [phone, pbx] = await Promise.all(above.map((host) => host.catch(() => undefined)));
      for (const host of [phone, pbx]) if (host !== undefined) this.#opened.push(host);
      if (phone !== undefined && pbx !== undefined) return { call, phone, pbx };
      await this.media?.stop();
    }
  }

  async host(address: string): Promise<UdpHost> {
    const made = await UdpHost.open(address);
    this.#opened.push(made);
    return made;
  }
}

/** Sent again until the other has one. */
export async function until(send: () => Promise<void>, to: UdpHost): Promise<Datagram> {
  to.drain();
  const arrived = to.next();
  const again = setInterval(() => void send(), 20);
  await send();
  const datagram = await arrived;
  clearInterval(again);
  return datagram;
}
