/** Calls that a new INVITE names, in the words of the other side. */
import { expect, test } from "vitest";
import { allMethods, callUp } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";

function second(extra: readonly string[]) {
  const up = callUp(new EdgeWorld("", { phones: allMethods }));
  const { phone } = up;
  phone.send([...inviteLines(phone, { callId: "second-call", extra: [...extra, sdp] })], offer);
  return up;
}

test("RFC 4538: Target-Dialog names the other call in the PBX's Call-ID and tags", () => {
  const { ok } = callUp();
  const mine = (tag = ok.to.tag) => `Target-Dialog: call-of-the-phone;local-tag=caller;remote-tag=${tag}`;
  const { pbx, invite } = second([mine()]);
  const { message } = pbx.request("INVITE");
  expect(message.headers.get("Target-Dialog")).toBe(`${invite.callId};local-tag=${invite.from.tag};remote-tag=peer`);
});

test("RFC 4538: a Target-Dialog that names nobody's call crosses nowhere, and the INVITE is one like any other", () => {
  for (const unknown of [
    "made-up;local-tag=caller;remote-tag=x",
    "call-of-the-phone;local-tag=caller;remote-tag=x",
    "?",
  ]) {
    const { message } = second([`Target-Dialog: ${unknown}`]).pbx.request("INVITE");
    expect(message.headers.has("Target-Dialog")).toBe(false);
  }
});

test("RFC 3891 section 3: more than one Replaces, or one that cannot be read, is refused", () => {
  for (const extra of [
    ["Replaces: a;to-tag=1;from-tag=2", "Replaces: b;to-tag=1;from-tag=2"],
    ["Replaces: a;to-tag=1"],
  ]) {
    const { phone, pbx } = second(extra);
    expect(phone.inbox.at(-1)?.text).toMatch(/^SIP\/2\.0 400 /);
    expect(pbx.inbox).toEqual([]);
  }
});
