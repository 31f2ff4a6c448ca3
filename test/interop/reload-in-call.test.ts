/** A call in progress, ten reloads that change something, and one that is refused. */
import { afterAll, beforeAll, expect } from "vitest";
import { slices, toneShare } from "../support/tone.ts";
import { Capture } from "./laboratory/capture.ts";
import { encrypted, extension, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { longestGap, rtpOf } from "./laboratory/wire.ts";

const scenario = laboratoryTest("baresip");
const reloads = 10;
let laboratory: Laboratory;
let ringfence: Ringfence;
let phone: Phone;

const trunk = `trunks:
  - { name: carrier, hosts: [{ uri: "sip:${addresses.carrier}:5060" }], media: { srtp: off } }
`;

/** Every round changes a limit; every other round opens or closes sockets, a trunk, and another range of ports. */
function changed(round: number): string {
  const odd = round % 2 === 1;
  const listeners = odd ? "listen: [{ transport: udp }, { transport: tls }, { transport: tcp, port: 5062 }]\n  " : "";
  return config({
    phones: `${listeners}media: { srtp: required }`,
    mediaPorts: odd ? "22000-23999" : "20000-21999",
    more: `${odd ? trunk : ""}policy: { limits: { calls: ${100 + round} } }\n`,
  });
}

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("reload-in-call");
  await Pbx.start(laboratory);
  ringfence = await Ringfence.start(laboratory, changed(0));
  phone = await Phone.start(laboratory, "phone", extension("1001", encrypted));
}, 60_000);
afterAll(() => laboratory?.close());

scenario("a call keeps its audio across ten reloads and one that is refused with exit code 78", async () => {
  const captures = [
    await Capture.start(laboratory, "outside", "call"),
    await Capture.start(laboratory, "inside", "call"),
  ];
  phone.tell("dial", "600");
  await phone.sees("CALL_ESTABLISHED");
  await phone.hears(1);

  for (let round = 1; round <= reloads; round++) {
    ringfence.write(changed(round));
    const { code, output } = await ringfence.ask("reload");
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(`generation ${round + 1}`) });
  }
  ringfence.write(changed(0).replace("srtp: required", "srtp: perhaps"));
  const refused = await ringfence.ask("reload");
  expect(refused).toMatchObject({ code: 78, problems: expect.stringContaining("perhaps") });
  expect(await ringfence.status()).toMatchObject({ calls: 1, config: { generation: reloads + 1 } });

  const soFar = phone.heard();
  const heard = await phone.hears((soFar?.samples.length ?? 0) / 8_000 + 2);
  expect(phone.events.filter(({ type }) => type === "CALL_CLOSED")).toEqual([]);
  phone.tell("hangup");
  await phone.sees("CALL_CLOSED");

  // Each second of the whole call is the tone. The first is left out: the stream begins inside it.
  const seconds = slices(heard, 1)
    .slice(1)
    .map((second) => toneShare(second, tones["1001"]));
  expect(Math.min(...seconds)).toBeGreaterThan(0.9);

  const [outside = [], inside = []] = await Promise.all(captures.map((capture) => capture.stop()));
  const there = rtpOf(inside.filter(({ destination }) => destination === addresses.pbx));
  const back = rtpOf(outside.filter(({ destination }) => destination === addresses.phone));
  expect(back.length).toBeGreaterThan(seconds.length * 45);
  // By sequence number, so that a machine that is late is no gap: five packets are 100 ms.
  const figures = {
    seconds: seconds.length,
    leastTone: Math.min(...seconds),
    packets: back.length,
    lost: longestGap(back),
  };
  console.log("a call across ten reloads:", JSON.stringify(figures));
  expect(longestGap(there)).toBeLessThan(5);
  expect(longestGap(back)).toBeLessThan(5);
});

scenario("after the reloads the next call works too, and afterwards nothing is left", async () => {
  phone.forget();
  phone.tell("dial", "600");
  await phone.sees("CALL_ESTABLISHED");
  expect(toneShare(await phone.hears(1), tones["1001"])).toBeGreaterThan(0.9);
  phone.tell("hangup");
  await phone.sees("CALL_CLOSED");
  await ringfence.until("the call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
});
