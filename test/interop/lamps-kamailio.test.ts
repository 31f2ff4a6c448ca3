/** A busy lamp in phones that watch presence (RFC 3856) and not dialogs: Kamailio publishes who is on the phone (RFC 4480). */
import { afterAll, beforeAll, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { encrypted, extension, plain } from "./laboratory/extensions.ts";
import { startKamailio } from "./laboratory/kamailio.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Linphone } from "./laboratory/linphone.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("linphonec", "baresip", "kamailio");
const domain = "pbx.example.com";
let laboratory: Laboratory;
let ringfence: Ringfence;
let linphone: Linphone;
let watched: Phone;
let caller: Phone;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("lamps-kamailio");
  await startKamailio(laboratory);
  ringfence = await Ringfence.start(
    laboratory,
    config({ phones: "media: { srtp: optional }\n  methods: { subscribe: true }" }),
  );
  watched = await Phone.start(laboratory, "1002", { ...extension("1002", plain), domain });
  [linphone, caller] = await Promise.all([
    Linphone.start(laboratory, "1001", { ...extension("1001", encrypted), domain, friends: ["1002"] }),
    Phone.start(laboratory, "1003", { ...extension("1003", plain), domain, watches: ["1002"] }),
  ]);
}, 120_000);
afterAll(() => laboratory?.close());

scenario("linphone and baresip see a colleague become busy with a call, and free when it ends", async () => {
  const friend = `Friend "1002" <sip:1002@${domain}> is`;
  // baresip prints its lamps in colour.
  const [busy, free] = ["to \u001b[31mBusy", "to \u001b[32mOnline"];
  // It says nothing of the first state that it is told.
  await Promise.all([linphone.says(`${friend} Online`), caller.prints("<basic>open</basic>")]);
  linphone.forget();
  caller.tell("dial", "1002");
  await watched.sees("CALL_ESTABLISHED");
  await Promise.all([linphone.says(`${friend} On the phone`), caller.prints(busy)]);
  expect(linphone.said).not.toContain(`${friend} Online`);
  const [at, atLinphone] = [caller.trace.lastIndexOf(busy), linphone.said.length];
  caller.tell("hangup");
  await caller.prints(free, at);
  await eventually("linphone's lamp to go out", () => linphone.said.includes(`${friend} Online`, atLinphone));
  await ringfence.until("the call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
});
