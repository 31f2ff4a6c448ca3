/** 3xx of a carrier: another of its own hosts at most, and only where the trunk says `redirects: follow`. */
import { expect, test } from "vitest";
import { dial, threeHosts } from "../support/carrier-call.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { answer, replyLines } from "../support/sip-script.ts";

const first = "198.51.100.1";
const second = "198.51.100.2";
const third = "198.51.100.3";
const follow = { trunks: threeHosts("    redirects: follow") };

function moved(party: Party, contact: string): void {
  party.send(replyLines(party.request("INVITE").message, "302 Moved Temporarily", [`Contact: <${contact}>`]));
  party.request("ACK");
}

/** The number as the carrier is called. */
function dialled(world: EdgeWorld): string {
  const invite = world.sent.findLast(({ message, flow }) => message.kind === "request" && flow.side === "trunk");
  const uri = invite?.message.kind === "request" ? invite.message.requestUri : undefined;
  return (uri?.kind === "sip" ? uri.user : undefined) ?? "";
}

test("a redirect is a refusal with a reason, and the host it names is not called", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const pbx = dial(world);
  moved(world.carrier(first), `sip:${dialled(world)}@${second}`);
  const { message, text } = pbx.response(480);
  expect(message.headers.get("Reason")).toBe("SIP;cause=302");
  expect(text).not.toContain("198.51.100");
  expect(world.carrier(second).inbox).toEqual([]);
  expect(world.core.counts().calls).toBe(0);
});

test("with `redirects: follow` the call goes to the host of the trunk that was named; the PBX notices nothing", () => {
  const world = new EdgeWorld("", follow);
  const pbx = dial(world);
  const { callId } = world.carrier(first).inbox[0]?.message ?? {};
  moved(world.carrier(first), `sip:${dialled(world)}@${third}`);
  const { message } = world.carrier(third).request("INVITE");
  expect([message.callId === callId, message.to.tag]).toEqual([false, undefined]);
  expect(pbx.inbox).toEqual([]);
  const contact = ["Contact: <sip:c@198.51.100.3>", "Content-Type: application/sdp"];
  world.carrier(third).send(replyLines(message, "200 OK", contact), answer);
  world.carrier(third).request("ACK");
  pbx.response(200);
  expect(world.events("trunk").map((e) => e.reason)).toEqual(["redirected"]);
});

test.each([
  ["a stranger", (number: string) => `sip:${number}@203.0.113.200`],
  ["ourselves", (number: string) => `sip:${number}@203.0.113.1`],
  ["the PBX", (number: string) => `sip:${number}@10.0.0.5`],
  ["another number", () => `sip:+882999@${second}`],
  ["another port", (number: string) => `sip:${number}@${second}:5999`],
  ["no address", (number: string) => `tel:${number}`],
  ["itself", (number: string) => `sip:${number}@${first}`],
])("threat L15: a redirect to %s is followed by nobody", (_name, contact) => {
  const world = new EdgeWorld("", follow);
  const pbx = dial(world);
  const before = world.sent.length;
  moved(world.carrier(first), contact(dialled(world)));
  pbx.response(480);
  const after = world.sent.slice(before).filter(({ message }) => message.kind === "request");
  expect(after.map(({ message }) => message.kind === "request" && message.method)).toEqual(["ACK"]);
});

test("hosts that name each other are asked four times, then the call is refused", () => {
  const world = new EdgeWorld("", follow);
  const pbx = dial(world);
  for (const [at, to] of [
    [first, second],
    [second, first],
    [first, second],
    [second, first],
  ] as const) {
    moved(world.carrier(at), `sip:${dialled(world)}@${to}`);
  }
  pbx.response(480);
  expect(world.core.counts().calls).toBe(0);
});
