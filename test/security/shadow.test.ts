/** Silent loss of protection: what is in shadow acts on nothing, and says so each time. */
import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { registerLines, replyLines } from "../support/sip-script.ts";

test("with `defence.mode: shadow` guesses go on to the PBX, each one that would be held counted and said", () => {
  const world = new EdgeWorld("defence: { mode: shadow }");
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  for (let cseq = 1; cseq <= 7; cseq++) {
    const guess = `Digest username="1001", realm="r", nonce="N", uri="sip:pbx.example.com", response="${"0".repeat(32)}"`;
    phone.send(registerLines(phone, { user: "1001", cseq, extra: [`Authorization: ${guess}`] }));
    world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "403 Forbidden"));
    phone.response(403);
  }
  const counted = world.outputs.filter((o) => o.kind === "count" && o.count.name === "shadowed");
  expect(counted).toHaveLength(2);
  const line = { rule: "failures", reason: "guessing-held", account: "1001", level: "warn" };
  expect(world.events("shadow")).toMatchObject([line, line]);
});
