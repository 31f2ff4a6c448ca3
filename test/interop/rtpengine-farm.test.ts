/** Media on two instances of rtpengine: what is heard, what is on the wire, and what happens when one of them dies. */
import { afterAll, beforeAll, expect } from "vitest";
import type { Captured } from "../support/pcap.ts";
import { type Recording, toneShare } from "../support/tone.ts";
import { Capture } from "./laboratory/capture.ts";
import { encrypted, extension, plain, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { Instance, instanceAddresses } from "./laboratory/rtpengine.ts";
import { packetsWithAudio, rtpOf } from "./laboratory/wire.ts";

const scenario = laboratoryTest("baresip", "rtpengine");
const places = [1, 2].map(instanceAddresses);
let laboratory: Laboratory;
let ringfence: Ringfence;
let plainPhone: Phone;
let securePhone: Phone;
let instances: readonly Instance[] = [];

const farm = `{ rtpengine: [${places.map(({ control }) => `udp://${control}`).join(", ")}] }`;

function configWith(engine: string): string {
  const media = [`engine: ${engine}`, "inactivity: 8s"];
  if (engine === farm) media.push("interfaces: { outside: pub, inside: priv }");
  return config({ phones: "media: { srtp: optional }", media });
}

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("rtpengine-farm");
  await Pbx.start(laboratory);
  instances = [await Instance.start(laboratory, 1), await Instance.start(laboratory, 2)];
  ringfence = await Ringfence.start(laboratory, configWith(farm));
  plainPhone = await Phone.start(laboratory, "plain", extension("1001", plain));
  securePhone = await Phone.start(laboratory, "secure", extension("1002", encrypted));
}, 120_000);
afterAll(() => laboratory?.close());

interface Echo {
  readonly heard: Recording;
  /** Its instance. */
  readonly at: Instance;
  readonly outside: readonly Captured[];
  readonly inside: readonly Captured[];
}

/** One call to the echo, from the first INVITE to BYE, with both sides captured. */
async function echo(phone: Phone, name: string): Promise<Echo> {
  const captures = [await Capture.start(laboratory, "outside", name), await Capture.start(laboratory, "inside", name)];
  phone.forget();
  phone.tell("dial", "600");
  await phone.sees("CALL_ESTABLISHED");
  const heard = await phone.hears(2);
  const at = await instanceInUse();
  phone.tell("hangup");
  await phone.sees("CALL_CLOSED");
  await ringfence.until("the call to be over", ({ media }) => media.calls === 0);
  const [outside = [], inside = []] = await Promise.all(captures.map((capture) => capture.stop()));
  return { heard, at, outside, inside };
}

/** The one that has the only call. */
async function instanceInUse(): Promise<Instance> {
  const status = await ringfence.until("one instance to have a call", ({ media }) =>
    media.instances.some(({ calls }) => calls > 0),
  );
  const place = status.media.instances.find(({ calls }) => calls > 0)?.place;
  const found = instances.find((instance) => instance.addresses.control === place);
  if (found === undefined) throw new Error(`no instance at ${place}`);
  return found;
}

const other = (instance: Instance): Instance => instances.find((one) => one !== instance) ?? instance;

/** Who sent or received RTP there, but for the peer. */
function mediaParties(captured: readonly Captured[], peer: string): readonly string[] {
  const rtp = rtpOf(captured).map(({ captured: packet }) => packet);
  const parties = new Set(rtp.flatMap(({ source, destination }) => [source, destination]));
  return [...parties].filter((party) => party !== peer);
}

scenario("a phone on RTP hears its own tone through an instance, which alone is seen on either side", async () => {
  const call = await echo(plainPhone, "plain-call");
  expect(toneShare(call.heard, tones["1001"])).toBeGreaterThan(0.95);
  expect(mediaParties(call.outside, addresses.phone)).toEqual([call.at.addresses.outside]);
  expect(mediaParties(call.inside, addresses.pbx)).toEqual([call.at.addresses.inside]);
});

scenario(
  "a phone on SRTP hears its own tone, which is in clear on the PBX side and in no packet on its own",
  async () => {
    const call = await echo(securePhone, "secure-call");
    expect(toneShare(call.heard, tones["1002"])).toBeGreaterThan(0.95);
    expect(mediaParties(call.outside, addresses.phone2)).toEqual([call.at.addresses.outside]);
    const clear = rtpOf(call.inside);
    expect(packetsWithAudio(call.inside, clear)).toBeGreaterThan(100);
    expect(packetsWithAudio(call.outside, clear)).toBe(0);
  },
);

scenario(
  "an instance dies: a new call is on the other one at once, the call it had is ended, and it is back after its return",
  async () => {
    plainPhone.forget();
    plainPhone.tell("dial", "600");
    await plainPhone.sees("CALL_ESTABLISHED");
    await plainPhone.hears(1);
    const dead = await instanceInUse();
    await dead.kill();

    securePhone.forget();
    securePhone.tell("dial", "600");
    await securePhone.sees("CALL_ESTABLISHED");
    expect(toneShare(await securePhone.hears(2), tones["1002"])).toBeGreaterThan(0.95);
    await plainPhone.sees("CALL_CLOSED");
    expect(await instanceInUse()).toBe(other(dead));
    securePhone.tell("hangup");
    await securePhone.sees("CALL_CLOSED");
    const { media } = await ringfence.status();
    const states = Object.fromEntries(media.instances.map(({ place, state }) => [place, state]));
    expect(states).toEqual({ [dead.addresses.control]: "silent", [other(dead).addresses.control]: "up" });

    await dead.again();
    await ringfence.until("the instance to be seen again", (status) =>
      status.media.instances.every(({ state }) => state === "up"),
    );
    await other(dead).kill();
    const call = await echo(plainPhone, "after-return");
    expect(call.at).toBe(dead);
    expect(toneShare(call.heard, tones["1001"])).toBeGreaterThan(0.95);
  },
);

/** A second of the tone, from now on. */
async function stillHears(phone: Phone, hertz: number): Promise<void> {
  const { samples, rate } = await phone.hears(1);
  const { samples: all } = await phone.hears(samples.length / rate + 1);
  expect(toneShare({ samples: all.subarray(-rate), rate }, hertz)).toBeGreaterThan(0.9);
}

scenario(
  "media.engine changes by reload: the call that stands stays on its instance, the next is on our own",
  async () => {
    for (const phone of [plainPhone, securePhone]) phone.forget();
    plainPhone.tell("dial", "600");
    await plainPhone.sees("CALL_ESTABLISHED");
    const at = await instanceInUse();
    for (const [engine, phone] of [
      ["native", securePhone],
      [farm, undefined],
    ] as const) {
      ringfence.write(configWith(engine));
      expect((await ringfence.ask("reload")).code).toBe(0);
      phone?.tell("dial", "600");
      await phone?.sees("CALL_ESTABLISHED");
      // Ports are our own engine's.
      await ringfence.until("a call on each", ({ media }) => media.calls === 2 && media.portsInUse > 0);
      expect(await instanceInUse()).toBe(at);
      await stillHears(plainPhone, tones["1001"]);
      await stillHears(securePhone, tones["1002"]);
    }
    for (const phone of [plainPhone, securePhone]) {
      phone.tell("hangup");
      await phone.sees("CALL_CLOSED");
    }
    await ringfence.until("both to be over", ({ media }) => media.calls + media.portsInUse === 0);
  },
);
