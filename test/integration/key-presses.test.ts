/** Key presses where one side has INFO and the other events (RFC 4733): the edge's half, the media relay's is in packages/media. */
import { expect, test } from "vitest";
import { callUp, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines, replyLines } from "../support/sip-script.ts";

const relay = "Content-Type: application/dtmf-relay";

/** A call whose PBX is to hear keys as INFO, and says that in its 200. */
function answeredWith(allow: readonly string[]) {
  const world = new EdgeWorld("", { core: "  media: { dtmf: info }\n" });
  callUp(world, [...allow]);
  const counted = world.outputs.filter(({ kind }) => kind === "count");
  const said = world.outputs.flatMap((output) => (output.kind === "event" ? [output.event] : []));
  return {
    unheard: counted.filter((output) => output.kind === "count" && output.count.name === "keys_unheard"),
    lines: said.filter(({ reason }) => reason === "no-info"),
  };
}

test("`dtmf: info` towards an end whose Allow has no INFO is said once a call and counted; one that says nothing may take it", () => {
  const { unheard, lines } = answeredWith(["Allow: INVITE, ACK, BYE, CANCEL"]);
  expect(unheard).toEqual([{ kind: "count", count: { name: "keys_unheard", side: "core" } }]);
  expect(lines).toMatchObject([{ event: "call", level: "warn", side: "core" }]);
  for (const allow of [[], ["Allow: INVITE, INFO"], ["Allow: INVITE", "Allow: INFO"]]) {
    expect(answeredWith(allow)).toEqual({ unheard: [], lines: [] });
  }
});

/** `press`: the legs that have events while the other has not. */
function converted(press: { a: boolean; b: boolean }) {
  const world = new EdgeWorld();
  const plain = world.media;
  world.media = (kind, from, sdp) => {
    const result = plain(kind, from, sdp);
    return kind === "answer" && result.ok ? { ...result, press } : result;
  };
  const up = callUp(world);
  const pressed = () => up.world.outputs.filter((output) => output.kind === "media-press");
  return { ...up, pressed };
}

test("a key press in INFO is answered here and handed to the media relay, and does not cross", () => {
  const { phone, pbx, ok, pressed } = converted({ a: false, b: true });
  phone.send(inDialogLines(phone, "INFO", phoneDialog(ok, 11), [relay]), "Signal=5\r\nDuration=250\r\n");
  phone.response(200);
  expect(pbx.inbox).toHaveLength(0);
  expect(pressed()).toMatchObject([{ kind: "media-press", to: "b", key: "5", durationMs: 250 }]);
  phone.send(inDialogLines(phone, "INFO", phoneDialog(ok, 12), ["Content-Type: application/dtmf; charset=utf-8"]), "#");
  phone.response(200);
  expect(pressed()[1]).toMatchObject({ to: "b", key: "#", durationMs: 160 });
});

test("a body that is no key press is a 400, any other kind of INFO crosses as it did", () => {
  const { phone, pbx, ok, pressed } = converted({ a: false, b: true });
  phone.send(inDialogLines(phone, "INFO", phoneDialog(ok, 11), [relay]), "Signal=\0\r\n\r\n\x1b[2J");
  phone.response(400);
  phone.send(
    inDialogLines(phone, "INFO", phoneDialog(ok, 12), ["Content-Type: application/media_control+xml"]),
    "<media_control/>",
  );
  pbx.request("INFO");
  expect(pressed()).toEqual([]);
});

test("where nothing is converted, a key press crosses as INFO", () => {
  const { phone, pbx, ok, pressed } = converted({ a: true, b: false });
  phone.send(inDialogLines(phone, "INFO", phoneDialog(ok, 11), [relay]), "Signal=5\r\nDuration=250\r\n");
  expect(pbx.request("INFO").text).toContain("Signal=5");
  expect(pressed()).toEqual([]);
});

test("a key that comes as an event leaves as INFO in the other dialog, and its answer goes nowhere", () => {
  const { world, phone, pbx, invite } = converted({ a: true, b: false });
  const [call] = world.outputs.flatMap((output) => (output.kind === "media-offer" ? [output.call] : []));
  world.feed({
    kind: "media-event",
    event: { kind: "pressed", call: call ?? "", from: "a", key: "*", durationMs: 120 },
  });
  const { message, text } = pbx.request("INFO");
  expect(message.callId).toBe(invite.callId);
  expect(message.headers.get("Content-Type")).toBe("application/dtmf-relay");
  expect(text.endsWith("\r\n\r\nSignal=*\r\nDuration=120\r\n")).toBe(true);
  pbx.send(replyLines(message, "200 OK"));
  expect(phone.inbox).toHaveLength(0);
  world.feed({ kind: "media-event", event: { kind: "pressed", call: "gone", from: "a", key: "1", durationMs: 120 } });
  expect(pbx.inbox).toHaveLength(0);
});
