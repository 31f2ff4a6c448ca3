/** `authentication: edge` with real phones: they prove their passwords to Ringfence, which proves it to a PBX that asks for everything. */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { toneShare } from "../support/tone.ts";
import { encrypted, extension, plain, tones } from "./laboratory/extensions.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Linphone } from "./laboratory/linphone.ts";
import { Pbx, passwords } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("baresip", "linphonec");
let laboratory: Laboratory;
let ringfence: Ringfence;
let pbx: Pbx;
let text: string;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("edge-auth");
  pbx = await Pbx.start(laboratory, { inviteAuth: "initial" });
  const accounts = Object.entries(passwords).map(([user, password]) => `"${user}": { password: "${password}" }`);
  writeFileSync(laboratory.path("accounts.yaml"), accounts.join("\n"), { mode: 0o600 });
  // baresip 1.0 gives up when it is also offered an algorithm that it does not know.
  const phones =
    "authentication: edge\n  digest: [MD5]\n  accounts: { file: accounts.yaml }\n  media: { srtp: optional }";
  text = config({ phones });
  ringfence = await Ringfence.start(laboratory, text);
}, 120_000);
afterAll(() => laboratory?.close());

scenario(
  "baresip registers and calls: Ringfence takes its password and answers the PBX's challenges for it",
  async () => {
    const phone = await Phone.start(laboratory, "phone", extension("1001", plain));
    expect((await pbx.state()).registrations.map(({ user }) => user)).toEqual(["1001"]);
    phone.tell("dial", "600");
    await phone.sees("CALL_ESTABLISHED");
    expect(toneShare(await phone.hears(3), tones["1001"])).toBeGreaterThan(0.95);
    phone.tell("hangup");
    await phone.sees("CALL_CLOSED");
    await phone.stop();
    expect(ringfence.log).not.toContain(passwords["1001"]);
  },
);

scenario("after a restart the phone is still registered, without having said a word", async () => {
  const phone = await Phone.start(laboratory, "phone2", extension("1002", plain));
  // The file is written once a second.
  await ringfence.until("the registration to be there", ({ registrations }) => registrations === 1);
  expect(await ringfence.stop()).toBe(0);
  ringfence = await Ringfence.start(laboratory, text);
  expect((await ringfence.status()).registrations).toBe(1);
  await phone.stop();
});

scenario("offered both, linphone proves itself with SHA-256, and of its SRTP suites one is taken", async () => {
  await ringfence.stop();
  ringfence = await Ringfence.start(laboratory, text.replace("  digest: [MD5]\n", ""));
  const domain = "pbx.example.com";
  const phone = await Linphone.start(laboratory, "linphone", { ...extension("1001", encrypted), domain });
  phone.tell("call 600");
  await phone.says("Media streams established");
  // Twice what is asked for below: the recording begins late on a busy machine, and the file player with it.
  await ringfence.talk("eight seconds of echo", 800);
  phone.tell("terminate");
  await phone.says("ended");
  await eventually("the phone to have heard itself", () => phone.heard(tones["1001"]) >= 2);
  const [register, invite] = ["REGISTER ", "INVITE "].map((start) => phone.messages(start).at(-1) ?? "");
  expect(register).toContain('algorithm=SHA-256, username="1001"');
  expect(invite).toContain('algorithm=SHA-256, username="1001"');
  const answer = phone.messages("SIP/2.0 200").find((message) => message.includes("m=audio")) ?? "";
  const suites = (sdp: string | undefined): number => (sdp ?? "").split("a=crypto:").length - 1;
  expect([suites(invite) > 1, suites(answer)]).toEqual([true, 1]);
  await phone.stop();
});
