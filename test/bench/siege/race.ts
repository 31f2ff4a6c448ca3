/**
 * Threat L3 at full size: DTLS of a stranger at every port while browsers set up their calls; then DTLS with the source of a browser that ICE
 * has validated, at its port.
 */
import { createDtlsIdentity, type DtlsIdentity } from "../../../packages/media/src/dtls/identity.ts";
import type { Fingerprint } from "../../../packages/media/src/transport/transport.ts";
import { eventually } from "../../support/eventually.ts";
import { rtpPacket, UdpHost } from "../../support/udp-host.ts";
import { WebrtcHost } from "../../support/webrtc-host.ts";
import { sleep } from "../bench.ts";
import { cpuOf } from "../cpu.ts";
import { audioAt, mediaOf } from "../load/carrier-calls.ts";
import { Child } from "../load/child.ts";
import { type Nuisance, type PortRange, Stranger } from "../load/stranger.ts";
import type { BrowserAnswer, BrowserLook, BrowserQuestion } from "../programs/browser-subject.ts";
import { hosts, type Namespaces, placedIn } from "./network.ts";

export interface RaceOrder {
  readonly calls: number;
  readonly ports: PortRange;
  readonly packetsPerSecond: number;
  /** Every port gets so many garbage records, and an eighth of it of each ClientHello. */
  readonly garbage: number;
  /** How long the flood with a browser's source lasts. */
  readonly seconds: number;
}

export interface RaceResult {
  readonly sprayed: number;
  readonly connected: number;
  readonly twoWay: number;
  /** From the answer to the offer until there are keys. */
  readonly slowestMs: number;
  /** What the stranger was sent. */
  readonly caught: number;
  /** Of other calls than the one with another certificate. */
  readonly failed: number;
  /** What became of that one. */
  readonly otherCertificate: string;
  /** ms of processor time a second: calls are set up while the stranger sprays; they stand, and nobody attacks; somebody floods with a browser's source. */
  readonly cpu: { readonly sprayed: number; readonly quiet: number; readonly posed: number };
  /** That flood: packets, and those that were looked at, a second; and whether its call goes on. */
  readonly posed: { readonly packets: number; readonly looked: number; readonly twoWay: boolean };
}

interface BrowserCall {
  readonly browser: WebrtcHost;
  readonly pbx: UdpHost;
  /** The relay's ports. */
  readonly browserPort: number;
  readonly pbxPort: number;
  /** undefined: no keys. */
  readonly tookMs: number | undefined;
}

const wave: readonly Nuisance[] = ["null", "hello", ...new Array<Nuisance>(8).fill("garbage")];
/** A browser gives up after 15 s; this machine may be slow. */
const PATIENCE_MS = 30_000;

export function race(order: RaceOrder, namespaces: Namespaces): Promise<RaceResult> {
  return Race.run(order, namespaces);
}

class Race {
  readonly #order: RaceOrder;
  readonly #subject: Child;
  readonly #stranger: Stranger;
  readonly #browsers: DtlsIdentity;
  readonly #others: DtlsIdentity;
  readonly #calls: BrowserCall[] = [];

  private constructor(
    order: RaceOrder,
    subject: Child,
    stranger: Stranger,
    [browsers, others]: readonly DtlsIdentity[],
  ) {
    if (browsers === undefined || others === undefined) throw new Error("DTLS needs the native part");
    [this.#order, this.#subject, this.#stranger, this.#browsers, this.#others] = [
      order,
      subject,
      stranger,
      browsers,
      others,
    ];
  }

  static async run(order: RaceOrder, { relay, stranger: outside }: Namespaces): Promise<RaceResult> {
    const subject = new Child("browser-subject.ts", placedIn(relay));
    const stranger = await Stranger.start(hosts.relayOutside, hosts.neighbour, placedIn(outside));
    const identities = [createDtlsIdentity(), createDtlsIdentity()].filter((one) => one !== undefined);
    const running = new Race(order, subject, stranger, identities);
    try {
      return await running.#race();
    } finally {
      for (const { browser, pbx } of running.#calls) {
        browser.close();
        pbx.close();
      }
      stranger.close();
      await subject.stop();
    }
  }

  async #race(): Promise<RaceResult> {
    const { ports, packetsPerSecond, garbage, calls } = this.#order;
    const addresses = { outside: hosts.relayOutside, inside: hosts.relayInside, browser: hosts.phone, pbx: hosts.pbx };
    const fingerprint = await this.#ask<Fingerprint>({ kind: "start", ports, addresses });
    const suites = ["AES_CM_128_HMAC_SHA1_80"] as const;
    const hello = this.#others.open({ role: "active", fingerprints: [fingerprint], suites })?.begin().datagrams[0];
    this.#stranger.greetWith(hello ?? Buffer.alloc(0));

    this.#stranger.spray(ports, packetsPerSecond, ...wave);
    const rounds = garbage / 8;
    const sprayed = await this.#cpuOf(async () => {
      for (let number = 0; number < calls; number++) {
        while ((await this.#stranger.count()).rounds < (number * rounds) / calls) await sleep(20);
        this.#calls.push(await this.#call(`call-${number}`, this.#browsers));
      }
      while ((await this.#stranger.count()).rounds < rounds) await sleep(50);
    });
    const twoWay = await this.#heard();
    const counted = await this.#stranger.count();
    this.#stranger.rest();
    const { events } = await this.#ask<BrowserLook>({ kind: "look" });
    const quiet = await this.#cpuOf(() => sleep(this.#order.seconds * 1_000));
    const { posed, cpu } = await this.#pose();
    const took = this.#calls.flatMap(({ tookMs }) => tookMs ?? []);
    return {
      sprayed: counted.sent,
      connected: took.length,
      twoWay,
      slowestMs: Math.round(Math.max(...took)),
      caught: counted.received,
      failed: events.length,
      otherCertificate: await this.#otherCertificate(),
      cpu: { sprayed, quiet, posed: cpu },
      posed,
    };
  }

  /** Garbage from where ICE says that the first browser is. */
  async #pose(): Promise<{ readonly posed: RaceResult["posed"]; readonly cpu: number }> {
    const { seconds } = this.#order;
    const [first] = this.#calls;
    if (first === undefined) throw new Error("no call");
    this.#stranger.pose({ address: hosts.phone, port: first.browser.port });
    const before = { ...(await this.#ask<BrowserLook>({ kind: "look" })), ...(await this.#stranger.count()) };
    this.#stranger.spray({ first: first.browserPort, last: first.browserPort }, 10_000, "hello", "null", "garbage");
    const cpu = await this.#cpuOf(() => sleep(seconds * 1_000));
    this.#stranger.rest();
    const after = { ...(await this.#ask<BrowserLook>({ kind: "look" })), ...(await this.#stranger.count()) };
    const packets = after.sent - before.sent;
    const looked = after.looked - before.looked;
    const twoWay = (await this.#heard([first])) === 1;
    return { posed: { packets: Math.round(packets / seconds), looked: Math.round(looked / seconds), twoWay }, cpu };
  }

  async #otherCertificate(): Promise<string> {
    const { browser, tookMs } = await this.#call("other", this.#others);
    const { events } = await eventually("the call with another certificate to end", async () => {
      const look = await this.#ask<BrowserLook>({ kind: "look" });
      return look.events.length > 0 && look;
    });
    browser.close();
    return `${tookMs === undefined ? "no keys" : "keys"}, ${events.map((event) => JSON.stringify(event)).join(" ")}`;
  }

  /** A call of one who signals the browsers' certificate and shows that identity's; resolves when there are keys, or none. */
  async #call(id: string, identity: DtlsIdentity): Promise<BrowserCall> {
    const browser = await WebrtcHost.open({
      address: hosts.phone,
      identity,
      signalled: this.#browsers.fingerprint,
    });
    const pbx = await UdpHost.open(hosts.pbx);
    const answer = audioAt({ address: hosts.pbx, port: pbx.port });
    const offer = Buffer.from(browser.offer).toString("latin1");
    const answered = await this.#ask<BrowserAnswer>({ kind: "call", id, offer, answer });
    const began = performance.now();
    browser.begin(answered.toBrowser, hosts.relayOutside);
    await eventually("the handshake to end", () => browser.result, PATIENCE_MS).catch(() => undefined);
    const tookMs = browser.result?.kind === "keyed" ? performance.now() - began : undefined;
    const ports = { browserPort: mediaOf(answered.toBrowser).port, pbxPort: mediaOf(answered.toPbx).port };
    return { browser, pbx, ...ports, tookMs };
  }

  /** How many of them are heard both ways. */
  async #heard(calls: readonly BrowserCall[] = this.#calls): Promise<number> {
    const results = await Promise.all(
      calls.map(async ({ browser, pbx, pbxPort, tookMs }, number) => {
        if (tookMs === undefined) return 0;
        pbx.drain();
        browser.media.length = 0;
        let sequence = 1_000;
        const both = eventually(
          "both to be heard",
          async () => {
            sequence += 1;
            await browser.speak(sequence);
            await pbx.send(rtpPacket({ sequence, fill: number }), pbxPort, hosts.relayInside);
            const spoken = pbx.received > 0 && browser.heard?.[20] === number % 256;
            return spoken;
          },
          PATIENCE_MS,
        );
        return both.then(
          () => 1,
          () => 0,
        );
      }),
    );
    return results.reduce((sum: number, one) => sum + one, 0);
  }

  async #cpuOf(work: () => Promise<void>): Promise<number> {
    const [began, before] = [performance.now(), cpuOf(this.#subject.pid)];
    await work();
    return Math.round(((cpuOf(this.#subject.pid) - before) * 1_000) / (performance.now() - began));
  }

  #ask<Answer>(question: BrowserQuestion): Promise<Answer> {
    return this.#subject.ask<BrowserQuestion, Answer>(question);
  }
}
