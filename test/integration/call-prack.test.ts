import type { Request, Response } from "@ringfence/sip";
import { expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { answer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const contact = "Contact: <sip:600@10.0.0.5>";
const reliable = (rseq: number) => [contact, "Require: 100rel", `RSeq: ${rseq}`];

interface Early {
  readonly world: EdgeWorld;
  readonly phone: Party;
  readonly pbx: Party;
  readonly invite: Request;
}

function calling(extra: readonly string[], body = offer): Early {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone, { extra }), ...(body === "" ? [] : [sdp])], body);
  phone.response(100);
  const pbx = world.pbx();
  return { world, phone, pbx, invite: pbx.request("INVITE").message };
}

function prack(
  phone: Party,
  provisional: Response,
  cseq: number,
  rseq: string,
  extra: readonly string[] = [],
  body = "",
) {
  const dialog = {
    target: "sip:600@203.0.113.1:5060",
    from: provisional.headers.get("From") ?? "",
    to: provisional.headers.get("To") ?? "",
    callId: provisional.callId,
    cseq,
  };
  const rack = `RAck: ${rseq} ${provisional.cseq.number} INVITE`;
  phone.send(inDialogLines(phone, "PRACK", dialog, [rack, ...extra]), body);
}

const rseqOf = (response: Response): string => response.headers.get("RSeq") ?? "";

test("RFC 3262: a reliable 183 is relayed under our own RSeq, and the caller's PRACK crosses with the far one", () => {
  const { world, phone, pbx, invite } = calling(["Supported: 100rel"]);
  expect(invite.headers.get("Supported")).toBe("100rel");
  pbx.send([...replyLines(invite, "183 Session Progress", reliable(7_777_777)), sdp], answer);
  const { message: progress, text } = phone.response(183);
  expect(text).toContain("s=anchored-for-a");
  expect(progress.headers.get("Require")).toBe("100rel");
  expect(rseqOf(progress)).not.toBe("7777777");
  prack(phone, progress, 11, rseqOf(progress));
  const { message: far } = pbx.request("PRACK");
  expect(far.headers.get("RAck")).toBe(`7777777 ${invite.cseq.number} INVITE`);
  expect(far.cseq.number).toBe(invite.cseq.number + 1);
  pbx.send(replyLines(far, "200 OK"));
  phone.response(200);
  pbx.send([...replyLines(invite, "200 OK", [contact])]);
  pbx.request("ACK");
  phone.response(200);
  expect(world.core.counts().calls).toBe(1);
});

test("RFC 3262: without PRACK the 183 is repeated, a repetition from the PBX is not relayed, and after 32 s the call is refused", () => {
  const { world, phone, pbx, invite } = calling(["Supported: 100rel"]);
  const ringing = replyLines(invite, "180 Ringing", reliable(5));
  pbx.send(ringing);
  const first = phone.response(180);
  pbx.send(ringing);
  expect(phone.inbox).toHaveLength(0);
  world.advance(500);
  expect(phone.response(180).text).toBe(first.text);
  world.advance(1000);
  expect(phone.response(180).text).toBe(first.text);
  world.advance(32_000);
  const last = phone.inbox.at(-1)?.message;
  expect(last?.kind === "response" ? last.status : last?.method).toBe(504);
  pbx.request("CANCEL");
  expect(world.core.counts().calls).toBe(0);
});

test("once acknowledged nothing is repeated, and the next reliable response has the next RSeq", () => {
  const { world, phone, pbx, invite } = calling(["Supported: 100rel"]);
  pbx.send(replyLines(invite, "180 Ringing", reliable(5)));
  const { message: one } = phone.response(180);
  prack(phone, one, 11, rseqOf(one));
  pbx.send(replyLines(pbx.request("PRACK").message, "200 OK"));
  phone.response(200);
  world.advance(5_000);
  expect(phone.inbox).toHaveLength(0);
  pbx.send([...replyLines(invite, "183 Session Progress", reliable(6)), sdp], answer);
  const { message: two } = phone.response(183);
  expect(Number(rseqOf(two))).toBe(Number(rseqOf(one)) + 1);
});

test("a PRACK for a response that we did not send is answered 481 and stays here", () => {
  const { world, phone, pbx, invite } = calling(["Supported: 100rel"]);
  pbx.send(replyLines(invite, "180 Ringing", reliable(5)));
  const { message: ringing } = phone.response(180);
  for (const [place, rseq] of ["1", "x", "4294967296", "", "__proto__"].entries())
    prack(phone, ringing, 11 + place, rseq);
  for (let i = 0; i < 5; i++) phone.response(481);
  expect(pbx.inbox).toHaveLength(0);
  expect(world.core.counts().calls).toBe(1);
});

test("a caller that does not know 100rel is not offered it on the other side", () => {
  const { phone, pbx, invite } = calling([]);
  expect(invite.headers.has("Supported")).toBe(false);
  pbx.send(replyLines(invite, "180 Ringing", reliable(5)));
  expect(phone.response(180).message.headers.has("Require")).toBe(false);
});

test("a caller that requires 100rel gets it required on the other side, and 420 when that side does not know it", () => {
  const { phone, pbx, invite } = calling(["Require: 100rel"]);
  expect(invite.headers.get("Require")).toBe("100rel");
  pbx.send(replyLines(invite, "180 Ringing", [contact]));
  expect(phone.inbox).toHaveLength(0);
  pbx.send(replyLines(invite, "420 Bad Extension", ["Unsupported: 100rel"]));
  expect(phone.response(420).message.headers.get("Unsupported")).toBe("100rel");
});

test.each([
  ["Unsupported: 100rel, timer, x-inside-10.0.0.5", 420, "100rel, timer"],
  ["Unsupported: x-inside-10.0.0.5", 500, undefined],
  ["Reason: SIP;cause=420", 500, undefined],
])("a 420 of the PBX with %s is answered %i, and Unsupported names what crosses only", (said, status, unsupported) => {
  const { phone, pbx, invite } = calling(["Supported: 100rel"]);
  pbx.send(replyLines(invite, "420 Bad Extension", [said]));
  const { message, text } = phone.response(status);
  expect(message.headers.get("Unsupported")).toBe(unsupported);
  expect(text).not.toContain("x-inside");
});

test("an extension we do not know is still answered 420", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone, { extra: ["Require: 100rel, foo"] }), sdp], offer);
  expect(phone.response(420).message.headers.get("Unsupported")).toBe("foo");
});

test("late offer: the offer of a reliable 183 is answered in the PRACK, and the ACK needs none", () => {
  const { phone, pbx, invite } = calling(["Supported: 100rel"], "");
  pbx.send([...replyLines(invite, "183 Session Progress", reliable(5)), sdp], answer);
  const { message: progress, text } = phone.response(183);
  expect(text).toContain("s=anchored-for-a");
  prack(phone, progress, 11, rseqOf(progress), [sdp], offer);
  const far = pbx.request("PRACK");
  expect(far.text).toContain("s=anchored-for-b");
  pbx.send(replyLines(far.message, "200 OK"));
  phone.response(200);
  pbx.send(replyLines(invite, "200 OK", [contact]));
  pbx.request("ACK");
  const { message: ok } = phone.response(200);
  expect(ok.body).toHaveLength(0);
});

test("an UPDATE before the answer crosses after a reliable answer, and is refused before it", () => {
  const { phone, pbx, invite } = calling(["Supported: 100rel"]);
  pbx.send([...replyLines(invite, "183 Session Progress", reliable(5)), sdp], answer);
  const { message: progress } = phone.response(183);
  const dialog = {
    target: "sip:600@203.0.113.1:5060",
    from: progress.headers.get("From") ?? "",
    to: progress.headers.get("To") ?? "",
    callId: progress.callId,
  };
  phone.send(inDialogLines(phone, "UPDATE", { ...dialog, cseq: 11 }, [sdp]), offer);
  phone.response(500);
  prack(phone, progress, 12, rseqOf(progress));
  pbx.send(replyLines(pbx.request("PRACK").message, "200 OK"));
  phone.response(200);
  phone.send(inDialogLines(phone, "UPDATE", { ...dialog, cseq: 13 }, [sdp]), offer);
  const { message: update, text } = pbx.request("UPDATE");
  expect(text).toContain("s=anchored-for-b");
  pbx.send([...replyLines(update, "200 OK", [contact]), sdp], answer);
  expect(phone.response(200).text).toContain("s=anchored-for-a");
});

test("an offer in the PRACK crosses like one in an UPDATE", () => {
  const { phone, pbx, invite } = calling(["Supported: 100rel"]);
  pbx.send([...replyLines(invite, "183 Session Progress", reliable(5)), sdp], answer);
  const { message: progress } = phone.response(183);
  prack(phone, progress, 11, rseqOf(progress), [sdp], offer);
  const far = pbx.request("PRACK");
  expect(far.text).toContain("s=anchored-for-b");
  pbx.send([...replyLines(far.message, "200 OK"), sdp], answer);
  expect(phone.response(200).text).toContain("s=anchored-for-a");
});

test("forks: each fork's reliable response gets a PRACK in its own early dialog", () => {
  const { phone, pbx, invite } = calling(["Supported: 100rel"]);
  pbx.send(replyLines(invite, "180 Ringing", reliable(5), "fork-one"));
  const { message: one } = phone.response(180);
  pbx.send(replyLines(invite, "180 Ringing", reliable(900), "fork-two"));
  const { message: two } = phone.response(180);
  prack(phone, one, 11, rseqOf(one));
  const first = pbx.request("PRACK").message;
  expect([first.to.tag, first.headers.get("RAck")]).toEqual(["fork-one", `5 ${invite.cseq.number} INVITE`]);
  prack(phone, two, 12, rseqOf(two));
  const second = pbx.request("PRACK").message;
  expect([second.to.tag, second.headers.get("RAck")]).toEqual(["fork-two", `900 ${invite.cseq.number} INVITE`]);
});

test("forks: 181 and 183 reach the caller, the end of one fork (199) does not, and each fork may speak in its dialog", () => {
  const { phone, pbx, invite } = calling([]);
  pbx.send(replyLines(invite, "181 Call Is Being Forwarded", [contact], "fork-one"));
  phone.response(181);
  pbx.send(replyLines(invite, "183 Session Progress", [contact], "fork-two"));
  phone.response(183);
  pbx.send(replyLines(invite, "199 Early Dialog Terminated", [], "fork-two"));
  expect(phone.inbox).toHaveLength(0);
  const info = (tag: string, cseq: number) =>
    inDialogLines(
      pbx,
      "INFO",
      {
        target: "sip:1001@10.0.0.2:5060",
        from: `${invite.headers.get("To")};tag=${tag}`,
        to: invite.headers.get("From") ?? "",
        callId: invite.callId,
        cseq,
      },
      ["Content-Type: application/dtmf"],
    );
  pbx.send(info("fork-one", 100), "1");
  phone.request("INFO");
  pbx.send(info("fork-two", 3), "2");
  phone.request("INFO");
  pbx.send(info("fork-none", 4), "3");
  pbx.response(481);
});
