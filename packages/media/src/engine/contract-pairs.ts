/**
 * Every engine, every pair of {RTP, SDES, DTLS}: what a call lives through, and what its ends tell each other by RTCP. A leg of
 * DTLS is, to an engine, one whose source ICE selects and whose keys come later; who it is on the wire is in transport/.
 */
import { createProtector, createUnprotector, type SrtpSuite } from "@ringfence/node-srtp";
import { afterEach, describe, expect, test } from "vitest";
import { rtcpPacket, rtpPacket, UdpHost } from "../../../../test/support/udp-host.ts";
import { EngineBench, keyFor, type LegSetup, plain } from "./contract-bench.ts";
import type { EngineFactory } from "./engine.ts";

const kinds = ["rtp", "sdes", "dtls"] as const;
type Kind = (typeof kinds)[number];

const suites: Readonly<Record<Kind, SrtpSuite | undefined>> = {
  rtp: undefined,
  sdes: "AES_CM_128_HMAC_SHA1_80",
  dtls: "AEAD_AES_128_GCM",
};

/** PCMU, comfort noise (RFC 3389) and key presses (RFC 4733). */
const types = [0, 13, 101];

/** One end of a call on its own way of keys. */
class End {
  readonly setup: LegSetup;
  readonly seal: (packet: Buffer, what: "rtp" | "rtcp") => Buffer;
  readonly open: (packet: Buffer, what: "rtp" | "rtcp") => Buffer;

  constructor(kind: Kind, fill: number) {
    const suite = suites[kind];
    const shared: LegSetup = { payloadTypes: types, rtcp: { feedback: true, reducedSize: true } };
    if (suite === undefined) {
      this.setup = shared;
      this.seal = (packet) => packet;
      this.open = (packet) => packet;
      return;
    }
    const [theirs, ours] = [keyFor(suite, fill), keyFor(suite, fill + 1)];
    const browser: LegSetup = { mux: true, control: { stun: false, dtls: true } };
    this.setup = { ...shared, ...(kind === "dtls" && browser), inbound: theirs, outbound: ours };
    const [protector, unprotector] = [createProtector(suite, theirs.key), createUnprotector(suite, ours.key)];
    this.seal = (packet, what) => {
      const room = Buffer.concat([packet, Buffer.alloc(40)]);
      return room.subarray(0, protector[what](room, packet.length));
    };
    this.open = (packet, what) => {
      const length = unprotector[what](packet, packet.length);
      expect(length).toBeGreaterThan(0);
      return packet.subarray(0, length);
    };
  }
}

export function runPairsContract(name: string, factory: () => EngineFactory): void {
  describe(`engine contract, pairs: ${name}`, () => {
    let bench: EngineBench;
    const opened: UdpHost[] = [];
    afterEach(async () => {
      for (const host of opened.splice(0)) host.close();
      await bench.stop();
    });

    /** Keys of a handshake come after media was asked for. */
    async function call(from: Kind, to: Kind) {
      const [a, b] = [new End(from, 1), new End(to, 5)];
      bench = await EngineBench.start(factory());
      const first = (kind: Kind, end: End): LegSetup =>
        kind === "dtls" ? { ...end.setup, inbound: undefined, outbound: undefined, awaitsKeys: true } : end.setup;
      await bench.call(first(from, a), first(to, b));
      bench.configureA(a.setup);
      bench.configure(bench.pairB, bench.b, b.setup);
      await bench.settled();
      const rtp = async (packet: Buffer): Promise<Buffer> => {
        await bench.a.rtp.send(a.seal(packet, "rtp"), bench.portA, "127.0.0.1");
        return b.open((await bench.b.rtp.next()).bytes, "rtp");
      };
      const back = async (packet: Buffer): Promise<Buffer> => {
        await bench.b.rtp.send(b.seal(packet, "rtp"), bench.portB, "127.0.0.1");
        return a.open((await bench.a.rtp.next()).bytes, "rtp");
      };
      const rtcp = async (packet: Buffer): Promise<Buffer> => {
        const [port, host] = [bench.portA + (from === "dtls" ? 0 : 1), from === "dtls" ? bench.a.rtp : bench.a.rtcp];
        await host.send(a.seal(packet, "rtcp"), port, "127.0.0.1");
        return b.open((await (to === "dtls" ? bench.b.rtp : bench.b.rtcp).next()).bytes, "rtcp");
      };
      return { a, b, rtp, back, rtcp };
    }

    const pairs = kinds.flatMap((from) => kinds.map((to) => [from, to] as const));

    test.each(pairs)(
      "%s to %s: numbers that wrap, comfort noise, a key press, a new SSRC, hold and resume",
      async (from, to) => {
        const { b, rtp, back } = await call(from, to);
        for (const sequence of [65_534, 65_535, 65_536, 65_537]) {
          expect(await rtp(rtpPacket({ sequence }))).toEqual(rtpPacket({ sequence }));
        }
        const noise = rtpPacket({ sequence: 65_538, type: 13 }).subarray(0, 13);
        expect(await rtp(noise)).toEqual(noise);
        const press = rtpPacket({ sequence: 65_539, type: 101 }).subarray(0, 16);
        expect(await rtp(press)).toEqual(press);
        expect(await rtp(rtpPacket({ sequence: 9, ssrc: 0x5555 }))).toEqual(rtpPacket({ sequence: 9, ssrc: 0x5555 }));
        // Who is on hold is not sent to, and heard (contract-relay.ts).
        bench.configure(bench.pairB, bench.b, { ...b.setup, send: false });
        await bench.settled();
        expect(await back(rtpPacket({ sequence: 1 }))).toEqual(rtpPacket({ sequence: 1 }));
        bench.configure(bench.pairB, bench.b, b.setup);
        await bench.settled();
        expect(await rtp(rtpPacket({ sequence: 10, ssrc: 0x5555 }))).toEqual(rtpPacket({ sequence: 10, ssrc: 0x5555 }));
      },
    );

    test.each(pairs)("%s to %s: reports, feedback of RFC 4585 and 5104, and no name of anybody", async (from, to) => {
      const { rtcp } = await call(from, to);
      const named = Buffer.from("\x01\x0dbob@10.0.0.51\0", "latin1");
      const names = part(202, 1, Buffer.concat([ssrc, named]));
      const feedback = [
        part(205, 1, Buffer.concat([two, Buffer.from([0, 7, 0, 1])])),
        part(206, 1, two),
        part(206, 4, Buffer.concat([two, Buffer.from([0, 0, 0, 2, 9, 0, 0, 0])])),
        part(206, 15, Buffer.concat([two, Buffer.from("REMB"), Buffer.alloc(8, 1)])),
        part(205, 15, Buffer.concat([two, Buffer.alloc(8, 2)])),
      ];
      const extended = part(207, 0, Buffer.concat([ssrc, Buffer.from([7, 0, 0, 8]), Buffer.alloc(32)]));
      const crossed = await rtcp(Buffer.concat([rtcpPacket(5), names, ...feedback, extended]));
      expect(crossed).toHaveLength(Buffer.concat([rtcpPacket(5), names, ...feedback, extended]).length);
      expect(crossed.toString("latin1")).not.toContain("10.0.0.5");
      expect(crossed.subarray(-extended.length)).toEqual(extended);
      for (const one of feedback) expect(crossed.includes(one)).toBe(true);
      // RFC 5506: both sides have it, so it also crosses without a report.
      const alone = feedback[1] as Buffer;
      expect(await rtcp(alone)).toEqual(alone);
    });

    test("feedback other than requests for a picture stays where one side has none, and the report beside it crosses", async () => {
      const { a, rtcp } = await call("sdes", "rtp");
      bench.configureA({ ...a.setup, rtcp: { feedback: false, reducedSize: false } });
      await bench.settled();
      const nack = part(205, 1, Buffer.concat([two, Buffer.from([0, 7, 0, 1])]));
      expect(await rtcp(Buffer.concat([rtcpPacket(5), nack]))).toEqual(rtcpPacket(5));
    });

    test("RFC 3605: RTCP goes to the port that a=rtcp named, and is taken from there", async () => {
      bench = await EngineBench.start(factory());
      const elsewhere = await UdpHost.open("127.0.0.3");
      opened.push(elsewhere);
      const at = ({ address, port }: UdpHost) => ({ address, port });
      await bench.call(plain, { signalled: { rtp: at(bench.b.rtp), rtcp: at(elsewhere) } });
      await bench.a.rtcp.send(rtcpPacket(5), bench.portA + 1, "127.0.0.1");
      expect(await elsewhere.next()).toMatchObject({ bytes: rtcpPacket(5), port: bench.portB + 1 });
      await elsewhere.send(rtcpPacket(6), bench.portB + 1, "127.0.0.1");
      expect((await bench.a.rtcp.next()).bytes).toEqual(rtcpPacket(6));
    });

    test("a leg on IPv4 and one on IPv6 hear each other, RTP and RTCP", async () => {
      bench = await EngineBench.start(factory(), "::1");
      await bench.call(plain, plain);
      await bench.a.rtp.send(rtpPacket({ sequence: 1 }), bench.portA, "127.0.0.1");
      expect(await bench.b.rtp.next()).toMatchObject({ bytes: rtpPacket({ sequence: 1 }), address: "::1" });
      await bench.b.rtp.send(rtpPacket({ sequence: 2 }), bench.portB, "::1");
      expect((await bench.a.rtp.next()).bytes).toEqual(rtpPacket({ sequence: 2 }));
      await bench.b.rtcp.send(rtcpPacket(5), bench.portB + 1, "::1");
      expect((await bench.a.rtcp.next()).bytes).toEqual(rtcpPacket(5));
    });
  });
}

const ssrc = Buffer.from([0x11, 0x22, 0x33, 0x44]);
/** Sender and source of a feedback message. */
const two = Buffer.concat([ssrc, ssrc]);

function part(type: number, count: number, body: Buffer): Buffer {
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  return Buffer.concat([Buffer.from([0x80 | count, type, 0, padded.length / 4]), padded]);
}
