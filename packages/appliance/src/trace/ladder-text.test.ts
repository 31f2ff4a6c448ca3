import { expect, test } from "vitest";
import { ladderOf } from "./ladder.ts";
import { LadderText } from "./ladder-text.ts";
import type { TracedMessage } from "./traced-message.ts";

function message(change: Partial<TracedMessage>): TracedMessage {
  return {
    at: 1_000,
    direction: "in",
    side: "phone",
    trunk: null,
    transport: "tls",
    local: "203.0.113.1:5061",
    remote: "192.0.2.10:40000",
    call: "77a0840934ae",
    title: "INVITE 600",
    sdp: "",
    text: "",
    ...change,
  };
}

const inside = { side: "core", transport: "udp", remote: "10.0.0.5:5060" } as const;

function print(...messages: readonly TracedMessage[]): readonly string[] {
  const ladder = new LadderText((_tone, text) => text);
  return messages.flatMap((one) => ladder.add(one));
}

test("an arrow goes from who sends to who receives, and a head is printed when a party comes", () => {
  const lines = print(
    message({ sdp: "audio PCMU SDES AES_CM_128_HMAC_SHA1_80" }),
    message({ ...inside, direction: "out", at: 1_012 }),
    message({ ...inside, title: "486 Busy Here", at: 1_250 }),
  );
  expect(lines).toEqual([
    "",
    "                          phone                        Ringfence",
    "                  192.0.2.10:40000 tls",
    "       0.000                │───────── INVITE 600 ────────▶│ 77a084",
    "                            │       audio PCMU SDES        │",
    "                            │   AES_CM_128_HMAC_SHA1_80    │",
    "",
    "                          phone                        Ringfence                         PBX",
    "                  192.0.2.10:40000 tls                                            10.0.0.5:5060 udp",
    "       0.012                │                              │───────── INVITE 600 ────────▶│ 77a084",
    "       0.250                │                              │◀────── 486 Busy Here ────────│ 77a084",
  ]);
});

test("of many phones three have a column, the one that was silent for longest makes room", () => {
  const phones = Array.from({ length: 5 }, (_, i) => message({ remote: `192.0.2.${i}:5060` }));
  const heads = print(...phones).filter((line) => line.includes("tls"));
  expect(heads.at(-1)?.trim().split("tls").length).toBe(4);
  expect(heads.at(-1)).toContain("192.0.2.4");
  expect(heads.at(-1)).not.toContain("192.0.2.0:");
});

test("a title that is longer than its column is cut, and no line grows by it", () => {
  const lines = print(message({ title: `INVITE ${"9".repeat(50)}`, sdp: "x".repeat(200) }));
  for (const line of lines) expect(line.length).toBeLessThan(80);
});

test("for the console: phones and carriers, Ringfence, the PBX, and each message between two of them", () => {
  const { parties, messages, dropped } = ladderOf([message({}), message({ ...inside, direction: "out" })], 3);
  expect(parties.map(({ name }) => name)).toEqual(["phone", "Ringfence", "PBX"]);
  expect([messages.map(({ from, to }) => [from, to]), dropped]).toEqual([
    [
      [0, 1],
      [1, 2],
    ],
    3,
  ]);
});
