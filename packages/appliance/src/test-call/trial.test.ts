/** A test call against an exchange in memory: no sockets, and a clock that jumps to whatever is due. */
import type { Millis } from "@ringfence/sip";
import { expect, test } from "vitest";
import { EchoExchange, type ExchangeWish, exchangePassword } from "../../../../test/support/echo-exchange.ts";
import { seededBytes } from "../../../../test/support/seeded-random.ts";
import type { TestCallOrder, TestCallReport } from "./order.ts";
import { type Agreed, answerOffer, ownKeys } from "./session.ts";
import { Sound } from "./sound.ts";
import { pitches } from "./tone.ts";
import { Trial } from "./trial.ts";
import type { TrialOutput } from "./trial-ports.ts";

const address = "192.0.2.1";
const order: TestCallOrder = {
  server: { address, port: 5060, transport: "udp", trust: "any" },
  domain: "pbx.example.com",
  caller: { user: "1001", password: exchangePassword },
  callee: { number: "600" },
  srtp: "required",
  talk: 1_000,
};

interface World {
  readonly exchange: EchoExchange;
  /** What the far end makes of a packet of sound; undefined: nothing comes back. */
  readonly echo: ((bytes: Uint8Array) => Uint8Array | undefined) | undefined;
}

/** The far end answers with its own keys, and says back what it understood: an echo that is a telephone of its own. */
function echoing(srtp: "required" | "off", wish: Partial<ExchangeWish> = {}): World {
  const media = { address, port: 4_000, keys: ownKeys(srtp, seededBytes(7)) };
  let far: Sound | undefined;
  const answer = (offer: Uint8Array): Uint8Array => {
    const result = answerOffer(media, offer);
    if (typeof result === "string") throw new Error(result);
    far = farSound(result.agreed);
    return result.body;
  };
  return {
    exchange: new EchoExchange({ answer, ...wish }),
    echo: (bytes) => {
      far?.take(bytes);
      return far !== undefined && far.heard === far.sent + 1 ? far.next() : undefined;
    },
  };
}

function farSound(agreed: Agreed): Sound {
  return new Sound(agreed, { says: pitches.caller, hears: pitches.caller }, seededBytes(8));
}

/** Runs to the report, with the time that it would have taken. */
function run({ exchange, echo }: World, wanted: TestCallOrder = order): { report: TestCallReport; took: Millis } {
  let now = 1_000;
  const line = { address: "192.0.2.9", port: 40_000 };
  const sound = { address: "192.0.2.9", port: 41_000 };
  const reached = { step: "reach", ok: true, said: "there", took: 0 } as const;
  const ends = [{ end: "caller", line, sound }] as const;
  const trial = new Trial({ order: wanted, ends, reached, random: seededBytes(1) }, now);
  const queue: TrialOutput[] = [...trial.begin(now)];
  for (let turns = 0; turns < 100_000; turns++) {
    const output = queue.shift();
    if (output === undefined) {
      now = trial.nextDeadline ?? now;
      queue.push(...trial.handle(now, { kind: "wake" }));
    } else if (output.kind === "finished") return { report: output.report, took: now - 1_000 };
    else if (output.kind === "bytes") {
      for (const bytes of exchange.take(output.bytes)) {
        queue.push(...trial.handle(now, { kind: "bytes", end: "caller", bytes }));
      }
    } else if (output.kind === "sound") {
      const bytes = echo?.(output.bytes);
      if (bytes !== undefined) queue.push(...trial.handle(now, { kind: "sound", end: "caller", bytes, from: address }));
    }
  }
  throw new Error("it did not end");
}

test("a phone registers with a password, calls an echo, hears itself, hangs up and is registered no more", () => {
  const world = echoing("required");
  const { report } = run(world);
  expect(report).toMatchObject({ ok: true, sent: 50, heard: 50, suite: "AES_CM_128_HMAC_SHA1_80" });
  expect(report.steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual([
    ...["reach true", "register true", "call true", "answer true", "sound true", "end true"],
  ]);
  expect(world.exchange.methods()).toEqual([
    ...["REGISTER", "REGISTER", "INVITE", "ACK", "BYE", "REGISTER", "REGISTER"],
  ]);
  expect(world.exchange.requests.at(-1)?.headers.get("Expires")).toBe("0");
});

test("without SRTP the same goes over plain RTP, and the report says so", () => {
  const { report } = run(echoing("off"), { ...order, srtp: "off" });
  expect(report).toMatchObject({ ok: true, suite: undefined });
  expect(report.steps.find(({ step }) => step === "answer")?.said).toContain("plain RTP");
});

test("a wrong password is said, tried once, and nothing is taken back that never was", () => {
  const world = echoing("required");
  const { report } = run(world, { ...order, caller: { user: "1001", password: "wrong" } });
  expect(report.steps.at(-1)).toMatchObject({ step: "register", ok: false, said: expect.stringContaining("401") });
  expect(report.steps.at(-1)?.remedy).toContain("password");
  expect(world.exchange.methods()).toEqual(["REGISTER", "REGISTER"]);
});

const refusals: readonly (readonly [string, Partial<ExchangeWish>, string, string])[] = [
  ["an unknown number", { says: { INVITE: 404 } }, "call", "no such number"],
  ["a refused call", { says: { INVITE: 403 } }, "call", "explain"],
  ["media that do not fit", { says: { INVITE: 488 } }, "call", "phones.media"],
  ["a PBX that is away", { says: { REGISTER: 503 } }, "register", "PBX may be away"],
  ["silence to the registration", { deaf: ["REGISTER"] }, "register", "banned"],
  ["silence to the call", { deaf: ["INVITE"] }, "call", "answers by itself"],
  ["silence to the end", { deaf: ["BYE"] }, "end", "status"],
];

test.each(refusals)("%s: the step is named, with a remedy, in less than a minute", (_name, wish, step, remedy) => {
  const { report, took } = run(echoing("required", wish));
  expect(report.ok).toBe(false);
  expect(report.steps.at(-1)).toMatchObject({ step, ok: false, remedy: expect.stringContaining(remedy) });
  expect(took).toBeLessThan(60_000);
});

test("sound that does not come back fails, names the firewall, and the call is ended all the same", () => {
  const { exchange } = echoing("required");
  const { report } = run({ exchange, echo: undefined });
  expect(report.steps.at(-1)).toMatchObject({ step: "sound", ok: false, said: "1001 heard 0 of 50 packets" });
  expect(report.steps.at(-1)?.remedy).toContain("media.ports");
  expect(exchange.methods()).toContain("BYE");
  expect(exchange.methods().at(-1)).toBe("REGISTER");
});

test("packets that are not what the keys say are no sound: they are counted apart", () => {
  const { exchange } = echoing("required");
  const { report } = run({ exchange, echo: (bytes) => Uint8Array.from(bytes, (octet, at) => (at < 12 ? octet : 1)) });
  expect(report).toMatchObject({ ok: false, heard: 0 });
  expect(report.steps.at(-1)?.said).toContain("could not be decrypted");
});

test("an answer without encryption is refused where SRTP is asked for, and the call is hung up", () => {
  const world = echoing("required", {
    answer: () =>
      Buffer.from(
        `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`,
      ),
  });
  const { report } = run(world);
  expect(report.steps.at(-1)).toMatchObject({ ok: false, said: expect.stringContaining("not be encrypted") });
  expect(world.exchange.methods()).toContain("BYE");
});
