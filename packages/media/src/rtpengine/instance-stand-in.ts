/**
 * For tests without sockets: what rtpengine 10.5 does to descriptions, as the laboratory showed it. It keeps its ports and
 * keys for the life of a call, follows offers at once, offers more suites than anybody should have, and answers a
 * repeated cookie with what it answered before.
 */
import { parseSdp, type SdpMedia } from "@ringfence/sip";
import { type Bencodable, type Bencoded, type BencodedMap, decode, encode } from "./bencode.ts";
import type { OpenNgSocket } from "./ng-desk.ts";
import type { SoundCount } from "./ng-sound.ts";

const suites = ["AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "NULL_HMAC_SHA1_80"];

export class InstanceStandIn {
  readonly addresses: Readonly<Record<string, string>>;
  /** Name of a call → what it has: ports and keys by leg and line. */
  readonly calls = new Map<string, Map<string, string>>();
  readonly commands: BencodedMap[] = [];
  /** While true nothing is answered, and nothing carried out. */
  mute = false;
  /** Answers that get lost on the way back, from now on. */
  lose = 0;
  /** Its reason for refusing every offer. */
  refuses: string | undefined;
  /** What it does to its descriptions before they leave. */
  spoils: (sdp: string) => string = (sdp) => sdp;
  packets = 0;
  /** What it says of the sound of its calls, by leg. */
  sound: { readonly a: SoundCount; readonly b: SoundCount } | undefined;
  readonly #answered = new Map<string, Uint8Array>();
  #nextPort: number;

  constructor(
    addresses: Readonly<Record<string, string>> = { pub: "203.0.113.7", priv: "10.0.0.7" },
    firstPort = 30_000,
  ) {
    this.addresses = addresses;
    this.#nextPort = firstPort;
  }

  receive(octets: Uint8Array): Uint8Array | undefined {
    if (this.mute) return undefined;
    const text = Buffer.from(octets).toString("latin1");
    const cookie = text.slice(0, text.indexOf(" "));
    const decoded = decode(octets.subarray(cookie.length + 1));
    if (!decoded.ok) return undefined;
    let answer = this.#answered.get(cookie);
    if (answer === undefined) {
      const result = this.#carryOut(decoded.value as BencodedMap);
      answer = Buffer.concat([Buffer.from(`${cookie} `), encode(result)]);
      this.#answered.set(cookie, answer);
    }
    return this.lose-- > 0 ? undefined : answer;
  }

  /** Started anew: it has forgotten every call. */
  restart(): void {
    this.calls.clear();
    this.#nextPort += 1_000;
  }

  /** Commands of that name so far. */
  count(command: string): number {
    return this.commands.filter((given) => plain(given.get("command")) === command).length;
  }

  #carryOut(command: BencodedMap): Record<string, Bencodable> {
    this.commands.push(command);
    const id = plain(command.get("call-id"));
    switch (plain(command.get("command"))) {
      case "ping":
        return { result: "pong" };
      case "statistics":
        return { result: "ok", statistics: this.#statistics() };
      case "offer":
        if (this.refuses !== undefined) return { result: "error", "error-reason": this.refuses };
        if (!this.calls.has(id)) this.calls.set(id, new Map());
        return this.#describe(command, "to-tag");
      case "answer":
        return this.#describe(command, "from-tag");
      case "query": {
        const totals = { RTP: { packets: this.packets, bytes: this.packets * 172 }, RTCP: { packets: 0, bytes: 0 } };
        return this.calls.has(id) ? { result: "ok", totals, ...(this.sound && toldSound(this.sound)) } : unknown;
      }
      case "delete":
        return this.calls.delete(id) ? { result: "ok" } : { result: "ok", warning: "Call-ID not found" };
      default:
        return { result: "error", "error-reason": "Unrecognized command" };
    }
  }

  #statistics(): Record<string, Bencodable> {
    const interfaces = Object.entries(this.addresses).map(([name, address]) => ({ name, address }));
    return { currentstatistics: { sessionsown: this.calls.size }, interfaces };
  }

  /** `receiver`: the tag of the leg whom the description is for. */
  #describe(command: BencodedMap, receiver: "to-tag" | "from-tag"): Record<string, Bencodable> {
    const call = this.calls.get(plain(command.get("call-id")));
    if (call === undefined) return unknown;
    const leg = plain(command.get(receiver));
    const body = command.get("sdp");
    const sdp = body instanceof Uint8Array ? parseSdp(body) : undefined;
    if (sdp === undefined || sdp.kind === "failure") return { result: "error", "error-reason": "Failed to parse SDP" };
    if (receiver === "to-tag") this.#choose(call, command, leg);
    const held = sdp.media.some((media) => media.lines.some(({ value }) => value === "IN IP4 0.0.0.0"));
    const lines = sdp.media.flatMap((media, index) => this.#media(call, command, media, `${leg} ${index}`));
    const address = held ? "0.0.0.0" : (call.get(`${leg} address`) ?? "");
    const family = address.includes(":") ? "IP6" : "IP4";
    const head = ["v=0", "o=peer 1 1 IN IP4 198.51.100.99", "s=-", `c=IN ${family} ${address}`, "t=0 0"];
    return { result: "ok", sdp: this.spoils([...head, ...lines, ""].join("\r\n")) };
  }

  #choose(call: Map<string, string>, command: BencodedMap, leg: string): void {
    const [, direction] = command.get("direction") as readonly [Bencoded, Bencoded] | [];
    const first = Object.keys(this.addresses)[0] ?? "";
    const name = direction === undefined ? first : plain(direction);
    call.set(`${leg} address`, this.addresses[name] ?? this.addresses[first] ?? "");
    const [from] = command.get("direction") as readonly [Bencoded, Bencoded] | [];
    const other = plain(command.get("from-tag"));
    call.set(`${other} address`, this.addresses[from === undefined ? first : plain(from)] ?? "");
  }

  #media(call: Map<string, string>, command: BencodedMap, media: SdpMedia, place: string): readonly string[] {
    const offered = plain(command.get("transport-protocol"));
    const rtp = offered === "" ? (call.get(`${place} proto`) ?? "RTP/AVP") : offered;
    const proto = media.proto === "udptl" ? media.proto : rtp;
    const format = media.formats[0] ?? "0";
    if (media.port === 0) return [`m=${media.media} 0 ${proto} ${format}`];
    const sender = plain(command.get(offered === "" ? "to-tag" : "from-tag"));
    const theirs = media.lines.find(({ value }) => value.startsWith("crypto:"))?.value.slice("crypto:".length) ?? "";
    const other = `${sender} ${place.split(" ")[1] ?? ""}`;
    call.set(`${other} proto`, media.proto);
    call.set(`${other} crypto`, theirs);
    const port = Number(this.#kept(call, `${place} port`, () => String(this.#takePort())));
    const cryptos = proto === "RTP/SAVP" ? this.#cryptos(call, command, place, theirs) : [];
    return [
      `m=${media.media} ${port} ${proto} ${media.formats.join(" ")}`,
      "a=sendrecv",
      ...(proto === "udptl" ? [] : [`a=rtcp:${port + 1}`]),
      ...cryptos.map((crypto) => `a=crypto:${crypto}`),
    ];
  }

  /** `theirs`: the other side's. With one suite on both legs it passes their keys on, as the real one does. */
  #cryptos(call: Map<string, string>, command: BencodedMap, place: string, theirs: string): readonly string[] {
    const key = (suite: string) => this.#kept(call, `${place} ${suite}`, () => freshKey(place, suite, call.size));
    const [theirTag = "", theirSuite, theirKey] = theirs.split(" ");
    if (plain(command.get("transport-protocol")) === "") {
      const [tag, suite = ""] = (call.get(`${place} crypto`) ?? "").split(" ");
      return [`${tag} ${suite} ${suite === theirSuite ? theirKey : `inline:${key(suite)}`}`];
    }
    const refused = new Set((command.get("SDES") as readonly Bencoded[]).map(plain));
    const own = suites.filter((suite) => suite !== theirSuite && !refused.has(`no-${suite}`));
    const next = Number(theirTag) + 1;
    return [
      ...(theirs === "" ? [] : [theirs]),
      ...own.map((suite, at) => `${next + at} ${suite} inline:${key(suite)}`),
    ];
  }

  #kept(call: Map<string, string>, name: string, make: () => string): string {
    const kept = call.get(name) ?? make();
    call.set(name, kept);
    return kept;
  }

  #takePort(): number {
    this.#nextPort += 2;
    return this.#nextPort;
  }
}

function toldSound(sound: Readonly<Record<"a" | "b", SoundCount>>): Record<string, Bencodable> {
  const tag = ({ packets }: SoundCount, ssrc: number) => ({
    medias: [{ index: 1, streams: [{ SSRC: ssrc, stats: { packets } }] }],
  });
  const source = ({ report }: SoundCount, ssrc: number): readonly (readonly [string, Bencodable])[] => {
    if (report === undefined) return [];
    const entry = {
      jitter: report.jitterMs,
      "packet loss": Math.round(100 * report.lossRate),
      "round-trip time leg": 1_000 * (report.roundTripMs ?? 0),
      "reported at": report.at,
    };
    return [[String(ssrc), { "MOS progression": { entries: [entry] } }]];
  };
  return {
    tags: { a: tag(sound.a, 0xaaaa), b: tag(sound.b, 0xbbbb) },
    SSRC: Object.fromEntries([...source(sound.a, 0xaaaa), ...source(sound.b, 0xbbbb)]),
  };
}

const unknown = { result: "error", "error-reason": "Unknown call-id" };

function freshKey(place: string, suite: string, salt: number): string {
  return Buffer.alloc(suite.startsWith("AEAD") ? 28 : 30, `${salt}${place}${suite}`).toString("base64");
}

/** Text of an octet string, "" of anything else. */
export function plain(value: Bencoded | undefined): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : "";
}

/** A network on which every instance is found by its address and port. Datagrams arrive at the end of the turn. */
export function networkOf(instances: Readonly<Record<string, InstanceStandIn>>): OpenNgSocket {
  return ({ address, port }, onDatagram) => {
    let closed = false;
    const deliver = (octets: Uint8Array) => {
      const answer = instances[`${address}:${port}`]?.receive(octets);
      if (answer !== undefined && !closed) onDatagram(answer);
    };
    return {
      send: (octets) => queueMicrotask(() => deliver(octets)),
      close: () => {
        closed = true;
      },
    };
  };
}
