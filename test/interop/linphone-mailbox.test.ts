/** Waiting messages at linphone: liblinphone, which linphonec is made of, subscribes to its mailbox and is told, through both PBXs. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { watchMailbox } from "./laboratory/linphone-watcher.ts";
import { linePassword } from "./laboratory/pbx.ts";
import { domain } from "./laboratory/sipp-phone.ts";
import { standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("gcc", "sipp", "kamailio");
const user = "2001";

describe.each(standIns)("through $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    if (scenario.available) floor = await Floor.open("linphone-mailbox", standIn);
  }, 60_000);
  afterAll(() => floor?.close());

  scenario("MWI: linphone watches its mailbox, and is told when a message waits", async () => {
    const linphone = watchMailbox(floor.laboratory, {
      ...{ party: "phone", user, password: linePassword(user), domain },
      ...{ transport: "udp", media: "plain", hertz: 1_000 },
    });
    await linphone.says("subscription to message-summary: LinphoneSubscriptionActive");
    expect(linphone.output).not.toContain("Messages-Waiting: yes");
    await floor.pbx.leaveMessage(user);
    const said = await linphone.says("Voice-Message: 2/1");
    expect(said).toContain("application/simple-message-summary\nMessages-Waiting: yes");
    expect(said).toContain(`Message-Account: sip:${user}@${domain}`);
    linphone.endInput();
    expect(await linphone.ended).toBe(0);
    expect(linphone.output).toContain("subscription to message-summary: LinphoneSubscriptionTerminated");
    const { messages, ...leaks } = await floor.leaks();
    expect(leaks).toEqual({ outside: [], inside: [] });
    expect(messages).toBeGreaterThan(0);
  });
});
