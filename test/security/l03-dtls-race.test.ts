/** Threat L3 with real sockets: somebody else's DTLS at every port while browsers set up their calls. Hosts are 127/8 addresses. */
import { randomBytes } from "node:crypto";
import { createMedia, type LegMedia, type Media, type MediaEvent } from "@ringfence/media";
import { afterEach, expect, test } from "vitest";
import { createDtlsIdentity, type DtlsIdentity } from "../../packages/media/src/dtls/identity.ts";
import { createTransportDesk } from "../../packages/media/src/transport/transport-desk.ts";
import { eventually } from "../support/eventually.ts";
import { check } from "../support/stun-check.ts";
import { rtpPacket, UdpHost } from "../support/udp-host.ts";
import { WebrtcHost } from "../support/webrtc-host.ts";

const calls = 10;
const ports = { first: 47_200, last: 47_259 };
const us = "127.0.0.1";
const [ours, browsers, strangers] = [createDtlsIdentity(), createDtlsIdentity(), createDtlsIdentity()];

const shared = {
  localAddress: us,
  advertisedAddress: us,
  secureSignalling: true,
  suites: ["AES_CM_128_HMAC_SHA1_80"],
  t38: false,
} as const;
const page: LegMedia = {
  ...shared,
  side: "phone",
  signallingAddress: "127.0.0.2",
  srtp: "required",
  keying: ["dtls"],
  browser: true,
};
const core: LegMedia = {
  ...shared,
  side: "core",
  signallingAddress: "127.0.0.3",
  srtp: "off",
  keying: [],
  browser: false,
};

let media: Media;
const events: MediaEvent[] = [];
const opened: { close(): void }[] = [];

async function start(): Promise<void> {
  events.length = 0;
  media = await createMedia({
    settings: { ports, inactivityMs: 0, learn: { windowMs: 3000, packets: 5 } },
    workers: 1,
    onEvent: (event) => events.push(event),
    log: () => {},
    transports: createTransportDesk(randomBytes, ours),
  });
}

afterEach(async () => {
  for (const thing of opened.splice(0)) thing.close();
  await media.stop();
});

interface Call {
  readonly browser: WebrtcHost;
  readonly pbx: UdpHost;
  /** Our port towards the PBX. */
  readonly port: number;
}

async function call(id: string, identity: DtlsIdentity): Promise<Call> {
  const fingerprint = (browsers as DtlsIdentity).fingerprint;
  const browser = await WebrtcHost.open({ address: "127.0.0.2", identity, signalled: fingerprint });
  const pbx = await UdpHost.open("127.0.0.3");
  opened.push(browser, pbx);
  const offered = textOf(await media.offer(id, "a", browser.offer, { a: page, b: core }));
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.3",
    "s=-",
    "c=IN IP4 127.0.0.3",
    "t=0 0",
    `m=audio ${pbx.port} RTP/AVP 0`,
    "",
  ];
  browser.begin(textOf(await media.answer(id, "b", Buffer.from(lines.join("\r\n")))), us);
  return { browser, pbx, port: Number(/m=audio (\d+)/.exec(offered)?.[1]) };
}

function textOf(result: Awaited<ReturnType<Media["offer"]>>): string {
  if (!result.ok) throw new Error(`${result.status} ${result.reason}`);
  return Buffer.from(result.sdp).toString("latin1");
}

/** TLS_NULL_WITH_NULL_NULL and nothing else, as in ES2023-01. */
const nullHello = Buffer.from(
  `16feff0000000000000000003c010000300000000000000030fefd${"41".repeat(32)}0000000200000100000000`,
  "hex",
);

/** One round at every port: a NULL ClientHello, a right one with another certificate, a check with no password of ours, and garbage. */
async function attack(attacker: UdpHost, garbage: number): Promise<void> {
  const fingerprints = [(ours as DtlsIdentity).fingerprint];
  const hello = strangers?.open({ role: "active", fingerprints, suites: ["AES_CM_128_HMAC_SHA1_80"] })?.begin()
    .datagrams[0];
  const packets = [nullHello, hello ?? nullHello, check({ useCandidate: true })];
  for (let n = 0; n < garbage; n++)
    packets.push(Buffer.concat([Buffer.from([20 + (n % 44), 254, 253]), randomBytes(40)]));
  for (let port = ports.first; port <= ports.last; port += 2)
    for (const packet of packets) await attacker.send(packet, port, us);
}

test.skipIf(ours === undefined)(
  "threat L3: while a stranger sends DTLS to every port, every browser's call connects and the stranger gets no answer",
  async () => {
    await start();
    const attacker = await UdpHost.open("127.0.0.66");
    opened.push(attacker);
    await attack(attacker, 1);
    const all: Call[] = [];
    for (let n = 0; n < calls; n++) {
      all.push(await call(`call-${n}`, browsers as DtlsIdentity));
      await attack(attacker, 10);
    }
    await eventually("every handshake to end", async () => {
      await attack(attacker, 1);
      return all.every(({ browser }) => browser.result !== undefined);
    });
    expect(all.map(({ browser }) => browser.result?.kind)).toEqual(all.map(() => "keyed"));
    for (const [index, { browser, pbx, port }] of all.entries()) {
      const spoken = rtpPacket({ sequence: index });
      await eventually("the PBX to hear the browser", async () => {
        await browser.speak(index);
        return pbx.drain().some(({ bytes }) => bytes.equals(spoken));
      });
      await eventually("the browser to hear the PBX", async () => {
        await pbx.send(rtpPacket({ sequence: 9 }), port, us);
        return browser.heard?.subarray(12).equals(rtpPacket({ sequence: 9 }).subarray(12));
      });
    }
    expect(attacker.received).toBe(0);
    expect(events).toEqual([]);
  },
  60_000,
);

test.skipIf(ours === undefined)(
  "threat L3: a browser whose certificate is not the one it signalled gets no keys, and its call ends with the reason",
  async () => {
    await start();
    const { browser } = await call("call", strangers as DtlsIdentity);
    const failed = await eventually("the call to fail", () => events[0]);
    expect(failed).toEqual({ kind: "failed", call: "call", reason: "dtls-fingerprint" });
    expect(browser.result?.kind).not.toBe("keyed");
  },
);
