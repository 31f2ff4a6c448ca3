import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KeptBinding, keptBinding } from "@ringfence/edge";
import { openSqliteStore } from "@ringfence/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EdgeWorld, type WorldOptions } from "../support/edge-world.ts";
import { inviteLines, offer, registered, registerLines, replyLines } from "../support/sip-script.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-restart-"));
});

afterEach(() => rmSync(dir, { recursive: true }));

/** The process ends as if by kill: what was to be remembered went to the file, nothing else is left. */
function restarted(before: EdgeWorld, change: WorldOptions = {}, away = 0): EdgeWorld {
  const file = join(dir, "state.db");
  const first = openSqliteStore(file, 0);
  for (const output of before.outputs) {
    if (output.kind !== "binding") continue;
    const registration = output.binding && keptBinding(output.binding, 5_000_000);
    first.write([{ token: output.token, registration }]);
  }
  first.close();
  const second = openSqliteStore(file, 0);
  const after = new EdgeWorld("", { secret, phones: "", ...change });
  const kept: readonly KeptBinding[] = second.registrations();
  // The clock of the process began anew, the wall clock went on.
  after.now = 10;
  after.core.restore(after.now, kept, before.now + 5_000_000 + away - after.now);
  second.close();
  return after;
}

const secret = new Uint8Array(32).fill(9);
const newWorld = (): EdgeWorld => new EdgeWorld("", { secret, phones: "" });

test("after a restart phones over UDP are still registered and can be called", () => {
  const before = newWorld();
  const register = registered(before, before.phone());
  const after = restarted(before);
  expect(after.core.counts().registrations).toBe(1);
  const contact = register.headers.get("Contact")?.slice(1).split(">")[0] ?? "";
  const pbx = after.pbx();
  pbx.send([...inviteLines(pbx, { to: contact, from: "<sip:600@10.0.0.5>" }), "Content-Type: application/sdp"], offer);
  after.phone().request("INVITE");
});

test.each([
  ["with +sip.ice", ";+sip.ice", true],
  ["without", "", false],
])("RFC 5768: media hears of a phone that registered %s, also after a restart", (_what, parameter, ice) => {
  const before = newWorld();
  const written = { contact: `<sip:1001@192.0.2.10:5062>${parameter}` };
  const register = registered(before, before.phone(), written);
  const contact = register.headers.get("Contact")?.slice(1).split(">")[0] ?? "";
  for (const world of [before, restarted(before)]) {
    const pbx = world.pbx();
    pbx.send(
      [...inviteLines(pbx, { to: contact, from: "<sip:600@10.0.0.5>" }), "Content-Type: application/sdp"],
      offer,
    );
    const asked = world.outputs.find((output) => output.kind === "media-offer");
    expect(asked?.kind === "media-offer" && asked.legs.b.ice).toBe(ice);
  }
});

test("after a restart the next refresh is absorbed, and the PBX is asked when its time comes, for the same Contact", () => {
  const before = newWorld();
  const register = registered(before, before.phone());
  const after = restarted(before);
  const phone = after.phone();
  phone.send(registerLines(phone, { cseq: 2 }));
  phone.response(200);
  after.advance(57_000);
  phone.send(registerLines(phone, { cseq: 3 }));
  const asked = after.pbx().request("REGISTER").message;
  expect(asked.headers.get("Contact")).toBe(register.headers.get("Contact"));
  expect(asked.callId).toBe(register.callId);
  expect(asked.cseq.number).toBeGreaterThan(register.cseq.number);
  after.pbx().send(replyLines(asked, "200 OK"));
  phone.response(200);
  expect(after.core.counts().registrations).toBe(1);
});

test("what ended before the restart, lived on a connection, or ran out at the PBX meanwhile is not restored", () => {
  const ended = newWorld();
  registered(ended, ended.phone());
  registered(ended, ended.phone(), { cseq: 2, expires: 0 });
  expect(restarted(ended).core.counts()).toMatchObject({ registrations: 0, timers: 0 });

  const connection = newWorld();
  registered(connection, connection.phone("192.0.2.10", 40_000, "tls"));
  expect(restarted(connection).core.counts().registrations).toBe(0);

  const late = newWorld();
  registered(late, late.phone());
  expect(restarted(late, {}, 121_000).core.counts().registrations).toBe(0);
});

test("a phone that is gone since the restart is not kept longer than any other", () => {
  const before = newWorld();
  registered(before, before.phone());
  const after = restarted(before);
  after.advance(61_000);
  expect(after.core.counts()).toMatchObject({ registrations: 0, timers: 0 });
});
