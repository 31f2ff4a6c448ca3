import { expect, test } from "vitest";
import type { OutRequest } from "../message/build.ts";
import { HeaderList } from "../message/headers.ts";
import type { Request, Response } from "../message/message.ts";
import { parseMessage } from "../parse/message.ts";
import { parseUri } from "../parse/uri.ts";
import { requestInDialog } from "./request.ts";
import { acceptInDialog, confirmDialog, type Dialog, dialogKey, retarget, uacDialog, uasDialog } from "./state.ts";

const sent: OutRequest = {
  method: "INVITE",
  uri: "sip:bob@example.com",
  headers: HeaderList.of(
    ["From", '"Alice" <sip:alice@example.com>;tag=a1'],
    ["To", "<sip:bob@example.com>"],
    ["Call-ID", "c1"],
    ["CSeq", "41 INVITE"],
  ),
  body: new Uint8Array(0),
};

type Extra = readonly string[];
const contact = "Contact: <sip:bob@192.0.2.4:5070;transport=tcp>";

function parsed(startLine: string, cseq: string, to: string, extra: Extra) {
  const fixed = ["Via: SIP/2.0/UDP h;branch=z9hG4bK1", 'From: "Alice" <sip:alice@example.com>;tag=a1', `To: ${to}`];
  const lines = [
    startLine,
    ...fixed,
    "Call-ID: c1",
    `CSeq: ${cseq}`,
    "Max-Forwards: 70",
    ...extra,
    "Content-Length: 0",
  ];
  return parseMessage(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), "datagram");
}

function response(status: number, extra: Extra, to = "<sip:bob@example.com>;tag=b1"): Response {
  const message = parsed(`SIP/2.0 ${status} x`, "41 INVITE", to, extra);
  if (message.kind !== "response") throw new Error(JSON.stringify(message));
  return message;
}

function request(method: string, cseq: number, extra: Extra = [contact]): Request {
  const message = parsed(`${method} sip:bob@example.com SIP/2.0`, `${cseq} ${method}`, "<sip:bob@example.com>", extra);
  if (message.kind !== "request") throw new Error(JSON.stringify(message));
  return message;
}

function established(extra: Extra): Dialog {
  const dialog = uacDialog(sent, response(200, extra));
  if (dialog === undefined) throw new Error("no dialog");
  return dialog;
}

const lines = (out: OutRequest) => [
  `${out.method} ${out.uri}`,
  ...[...out.headers].map((h) => `${h.name}: ${h.value}`),
];

test("a 2xx makes the caller's dialog, its route set reversed", () => {
  const routes = ["Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>", "Record-Route: <sip:p0.example;lr;x=1>"];
  expect(uacDialog(sent, response(200, [contact, ...routes]))).toEqual({
    callId: "c1",
    localTag: "a1",
    remoteTag: "b1",
    localUri: '"Alice" <sip:alice@example.com>',
    remoteUri: "<sip:bob@example.com>",
    localSeq: 41,
    remoteSeq: undefined,
    remoteTarget: "sip:bob@192.0.2.4:5070;transport=tcp",
    routeSet: ["<sip:p0.example;lr;x=1>", "<sip:p1.example;lr>", "<sip:p2.example;lr>"],
  });
});

test("an INVITE makes the callee's dialog, its route set in order", () => {
  const dialog = uasDialog(request("INVITE", 7, [contact, "Record-Route: <sip:p1;lr>, <sip:p2;lr>"]), "b9");
  expect(dialog).toMatchObject({
    localTag: "b9",
    remoteTag: "a1",
    localUri: "<sip:bob@example.com>",
    remoteUri: '"Alice" <sip:alice@example.com>',
    localSeq: 0,
    remoteSeq: 7,
    routeSet: ["<sip:p1;lr>", "<sip:p2;lr>"],
  });
});

test("a response that makes no dialog makes none", () => {
  const none = [
    response(100, [contact]),
    response(180, [contact], "<sip:bob@example.com>"),
    response(302, [contact]),
    response(486, [contact]),
    response(200, ["Contact: *"]),
    response(200, ["Contact: <tel:+44123>"]),
    response(200, ["Contact: <sip:a@b>, <sip:c@d>"]),
    response(200, [contact, "Record-Route: <tel:+44123>"]),
    response(200, [contact, "Record-Route: nonsense"]),
  ];
  for (const each of none) expect(uacDialog(sent, each)).toBeUndefined();
  expect(uasDialog(request("INVITE", 1, []), "t")).toBeUndefined();
});

test("a response without Contact leaves the target where the request went", () => {
  expect(uacDialog(sent, response(180, []))?.remoteTarget).toBe("sip:bob@example.com");
});

test("a Contact's headers and method parameter do not reach the Request-URI", () => {
  const strange = "Contact: <sip:bob@192.0.2.4;method=BYE;x=1?Route=%3Csip:evil%3E>";
  expect(established([strange]).remoteTarget).toBe("sip:bob@192.0.2.4;x=1");
});

test("a 2xx recomputes route set and target of its early dialog, and keeps the sequence numbers", () => {
  const early = uacDialog(sent, response(183, [contact, "Record-Route: <sip:early;lr>"]));
  if (early === undefined) throw new Error("no early dialog");
  const counted = { ...requestInDialog(early, "PRACK").dialog, remoteSeq: 3 };
  const confirmed = confirmDialog(counted, sent, response(200, ["Contact: <sip:new@192.0.2.5>"]));
  expect(confirmed).toMatchObject({ localSeq: 42, remoteSeq: 3, remoteTarget: "sip:new@192.0.2.5", routeSet: [] });
});

test("a request counts up, and an ACK takes the number of its INVITE", () => {
  const dialog = established([contact]);
  const bye = requestInDialog(dialog, "BYE");
  expect(lines(bye.request)).toEqual([
    "BYE sip:bob@192.0.2.4:5070;transport=tcp",
    "Max-Forwards: 70",
    'From: "Alice" <sip:alice@example.com>;tag=a1',
    "To: <sip:bob@example.com>;tag=b1",
    "Call-ID: c1",
    "CSeq: 42 BYE",
  ]);
  expect(bye.dialog.localSeq).toBe(42);
  const ack = requestInDialog(bye.dialog, "ACK", 41);
  expect([ack.request.headers.get("CSeq"), ack.dialog.localSeq]).toEqual(["41 ACK", 42]);
});

test("through a loose router the target stays in the Request-URI", () => {
  const { request: out } = requestInDialog(established([contact, "Record-Route: <sip:p2>, <sip:p1;lr>"]), "BYE");
  expect([out.uri, ...out.headers.all("Route")]).toEqual([
    "sip:bob@192.0.2.4:5070;transport=tcp",
    "<sip:p1;lr>",
    "<sip:p2>",
  ]);
});

test("a strict router stands in the Request-URI, and the target ends the Route list", () => {
  const { request: out } = requestInDialog(
    established([contact, "Record-Route: <sip:p2;lr>, <sip:p1;maddr=h?x=y>"]),
    "BYE",
  );
  expect([out.uri, ...out.headers.all("Route")]).toEqual([
    "sip:p1;maddr=h",
    "<sip:p2;lr>",
    "<sip:bob@192.0.2.4:5070;transport=tcp>",
  ]);
});

test("a peer without a tag gets none back", () => {
  const dialog = uacDialog(sent, response(200, [contact], "<sip:bob@example.com>"));
  if (dialog === undefined) throw new Error("no dialog");
  expect(requestInDialog(dialog, "BYE").request.headers.get("To")).toBe("<sip:bob@example.com>");
});

test("threat L5: a sequence number that does not rise is stale; ACK and CANCEL carry the INVITE's", () => {
  const dialog = { ...established([contact]), remoteSeq: 10 };
  const verdict = (method: string, cseq: number) => acceptInDialog(dialog, request(method, cseq));
  expect([verdict("BYE", 9).kind, verdict("BYE", 10).kind, verdict("ACK", 10).kind]).toEqual(["stale", "stale", "ok"]);
  expect(verdict("CANCEL", 10)).toEqual({ kind: "ok", dialog });
  expect(verdict("BYE", 12)).toEqual({ kind: "ok", dialog: { ...dialog, remoteSeq: 12 } });
  expect(acceptInDialog({ ...dialog, remoteSeq: undefined }, request("BYE", 0)).kind).toBe("ok");
});

test("a target refresh moves the target, and only to a SIP URI", () => {
  const dialog = established([contact]);
  const to = (uri: string) => {
    const parsedUri = parseUri(uri);
    return parsedUri === undefined ? undefined : retarget(dialog, parsedUri).remoteTarget;
  };
  expect(to("sips:bob@192.0.2.9")).toBe("sips:bob@192.0.2.9");
  expect(to("tel:+441")).toBe(dialog.remoteTarget);
});

test("different identities never share a key", () => {
  const keys = [dialogKey("a", "b", "c"), dialogKey("ab", "", "c"), dialogKey("a", "bc", ""), dialogKey("a", "c", "b")];
  expect(new Set(keys).size).toBe(4);
});
