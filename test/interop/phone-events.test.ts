/** What phones are told: waiting messages, who is there, which lamp is lit, and what they may do with it. */
import { afterAll, beforeAll, expect } from "vitest";
import { extension, plain } from "./laboratory/extensions.ts";
import { addresses, Laboratory, repository } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx, passwords } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { Sipp } from "./laboratory/sipp.ts";

const scenario = laboratoryTest("baresip", "sipp");
let laboratory: Laboratory;
let pbx: Pbx;
let ringfence: Ringfence;
let watcher: Phone;
let desk: Phone;

const deskPlain = extension("1002", { ...plain, answers: "when-told" });

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("phone-events");
  pbx = await Pbx.start(laboratory, { onThePhone: "on" });
  ringfence = await Ringfence.start(
    laboratory,
    config({ phones: "media: { srtp: optional }\n  methods: { subscribe: true, refer: true }" }),
  );
  desk = await Phone.start(laboratory, "1002", deskPlain);
  watcher = await Phone.start(laboratory, "1001", { ...extension("1001", plain), watches: ["1002"] });
}, 120_000);
afterAll(() => laboratory?.close());

/** SIPp in the place of 1003 with a scenario of ours that watches 1002. */
function thirdPhone(name: "lamp" | "pickup"): Sipp {
  return Sipp.start(laboratory, "phone3", name, [
    addresses.ringfenceOutside,
    ...["-sf", `${repository}/test/interop/sipp-${name}.xml`],
    ...["-i", addresses.phone3, "-p", "5070", "-s", "1003"],
    ...["-key", "watched", "1002"],
    ...["-au", "1003", "-ap", passwords["1003"]],
    ...["-m", "1", "-timeout", "40s", "-timeout_error"],
    ...["-trace_msg", "-message_file", laboratory.path(`${name}-messages.log`)],
  ]);
}

scenario("MWI: baresip is told of the messages in its mailbox, at once and when a new one comes", async () => {
  await watcher.prints("Messages-Waiting: no");
  watcher.forget();
  await pbx.mailbox("1001", 2, 1);
  const news = (await watcher.sees("MWI_NOTIFY")).param;
  expect(news).toContain("Messages-Waiting: yes");
  expect(news).toContain("Voice-Message: 2/1");
  expect(news).toContain(`Message-Account: sip:1001@${addresses.ringfenceOutside}`);
  expect(watcher.trace).not.toContain("10.30.0.");
});

scenario("presence: baresip sees a phone leave and come back", async () => {
  await watcher.prints("<basic>open</basic>");
  const before = watcher.trace.length;
  await desk.stop();
  await watcher.prints("<basic>closed</basic>", before);
  desk = await Phone.start(laboratory, "1002-again", deskPlain);
  await watcher.prints("<basic>open</basic>", watcher.trace.lastIndexOf("<basic>closed</basic>"));
});

scenario("a busy lamp at baresip: a contact is busy for as long as its call lasts", async () => {
  const before = watcher.trace.length;
  // It prints its lamps in colour.
  const [busy, free] = ["to \u001b[31mBusy", "to \u001b[32mOnline"];
  watcher.tell("dial", "1002");
  await desk.sees("CALL_INCOMING");
  desk.tell("accept");
  await watcher.prints(busy, before);
  watcher.tell("hangup");
  const after = await watcher.prints(free, watcher.trace.indexOf(busy, before));
  expect(watcher.trace.slice(before)).not.toContain("Offline");
  expect(after).not.toContain("on-the-phone");
  await desk.sees("CALL_CLOSED");
});

scenario(
  "BLF: a lamp for `dialog` (SIPp: baresip and linphone have none) sees a phone ring, talk and end, in the outside's names",
  async () => {
    for (const phone of [watcher, desk]) phone.forget();
    const lamp = thirdPhone("lamp");
    await ringfence.until("the lamp to watch", ({ registrations }) => registrations === 3);
    const subscriptions = async (): Promise<number> => (await pbx.state()).counts.subscriptions ?? 0;
    await expect.poll(subscriptions).toBe(3);
    watcher.tell("dial", "1002");
    await desk.sees("CALL_INCOMING");
    desk.tell("accept");
    await watcher.sees("CALL_ESTABLISHED");
    watcher.tell("hangup");
    await desk.sees("CALL_CLOSED");
    expect(await lamp.ended).toBe(0);
    expect(await subscriptions()).toBe(2);
  },
);

scenario("pickup: a phone takes the call that rings at another one, by the dialog that it was told of", async () => {
  for (const phone of [watcher, desk]) phone.forget();
  watcher.tell("dial", "1002");
  await watcher.sees("CALL_RINGING");
  const pickup = thirdPhone("pickup");
  await watcher.sees("CALL_ESTABLISHED");
  await desk.sees("CALL_CLOSED");
  expect(await pickup.ended).toBe(0);
  await watcher.sees("CALL_CLOSED");
  await ringfence.until("the call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
});
