import { expect, test } from "vitest";
import { answer, cancel, connected, invite, patience, phoneOf, register, startLab, within } from "./conversation.ts";
import { answerTo, bodyOf, field, fields } from "./phone.ts";

const isHex = (text: string, digits: string, length: number): boolean =>
  text.length === length && [...text].every((c) => digits.includes(c));
const lower = "0123456789abcdef";
const upper = "0123456789ABCDEF";

test("the far leg is a call of the PBX's own: Call-ID, tags, CSeq, Contact, Via and User-Agent in the captured shapes", async () => {
  const pbx = await startLab();
  const { alice, bob, call, received, ok } = await connected(pbx);
  const port = pbx.listening[0]?.port;
  const [head = "", tail = ""] = (field(received, "Call-ID") ?? "").split("MSS");
  expect(isHex(head, upper, 24)).toBe(true);
  expect(tail.endsWith(".") && isHex(tail.slice(0, -1), upper, 8)).toBe(true);
  expect(isHex((field(received, "From") ?? "").split(";tag=")[1] ?? "", lower, 16)).toBe(true);
  expect(field(received, "Via")).toContain(`SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKYXH`);
  expect(field(received, "Contact")).toBe(`<sip:1001@127.0.0.1:${port}>`);
  expect(field(ok, "Contact")).toBe(`<sip:1002@127.0.0.1:${port}>`);
  expect(field(received, "User-Agent")).toBe("SIP server (5 clients, 20251206)");
  expect(received).not.toContain(call.callId);
  expect(received.split("\r\n")[0]).toBe(`INVITE sip:1002@${bob.host} SIP/2.0`);
  for (const absent of ["Record-Route", "Path", "Supported", "Session-Expires"]) {
    expect([field(received, absent), field(ok, absent)]).toEqual([undefined, undefined]);
  }
  expect(pbx.calls()).toHaveLength(1);
  alice.close();
  bob.close();
  await pbx.stop();
});

test("SDP is written anew: s=mss, epoch origin, c= below m=, payload types kept, other attributes gone", async () => {
  const pbx = await startLab();
  const { alice, bob, received, ok } = await connected(pbx);
  for (const sdp of [bodyOf(received), bodyOf(ok)]) {
    const lines = sdp.trim().split("\r\n");
    const [, id = "", version = "", ...rest] = (lines[1] ?? "").split(" ");
    expect(Math.abs(Number(id) - Date.now() / 1000)).toBeLessThan(60);
    expect(Number(version)).toBeGreaterThanOrEqual(Number(id));
    expect(rest.join(" ")).toBe("IN IP4 127.0.0.1");
    const port = Number((lines[4] ?? "").split(" ")[1]);
    expect(port % 2).toBe(0);
    expect(lines.slice(2)).toEqual([
      "s=mss",
      "t=0 0",
      `m=audio ${port} RTP/AVP 0 101`,
      "c=IN IP4 127.0.0.1",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=mid:0",
      "a=sendrecv",
    ]);
  }
  alice.close();
  bob.close();
  await pbx.stop();
});

test("a BYE of either side ends the other leg, and nothing stays behind", async () => {
  for (const who of ["caller", "callee", "pbx"]) {
    const pbx = await startLab({ knobs: { t1: 5 } });
    const { alice, bob, call, received, ok } = await connected(pbx);
    if (who === "caller") within(call, ok, "BYE", 2);
    if (who === "callee") {
      const head = field(received, "From") ?? "";
      const to = `<sip:1002@pbx.example>;tag=phonetag`;
      bob.send(
        [
          `BYE sip:x@y SIP/2.0`,
          `Via: SIP/2.0/UDP ${bob.host};branch=z9hG4bKbye`,
          `From: ${to}`,
          `To: ${head}`,
          `Call-ID: ${field(received, "Call-ID")}`,
          "CSeq: 9 BYE",
        ].join("\n"),
      );
    }
    if (who === "pbx") pbx.hangUpAll();
    const others = who === "caller" ? [bob] : who === "callee" ? [alice] : [alice, bob];
    for (const phone of others) {
      const bye = await phone.next("BYE");
      phone.send(answerTo(bye, "200 OK"));
    }
    // A 200 to INVITE may come once more before its ACK is there.
    const toBye = (text: string): boolean => field(text, "CSeq")?.endsWith(" BYE") === true;
    if (who === "caller") expect(field(await alice.next("SIP/2.0 200", toBye), "CSeq")).toBe("2 BYE");
    if (who === "callee") expect(field(await bob.next("SIP/2.0 200", toBye), "CSeq")).toBe("9 BYE");
    await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
    await expect.poll(() => pbx.counts(), patience).toMatchObject({ serverTransactions: 0, clientTransactions: 0 });
    alice.close();
    bob.close();
    await pbx.stop();
  }
});

test("180 goes to the caller without SDP; CANCEL ends both sides", async () => {
  const pbx = await startLab();
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  const call = invite(alice, "1001", "1002");
  const received = await bob.next("INVITE");
  bob.send(answerTo(received, "180 Ringing"));
  const ringing = await alice.next("180");
  expect(bodyOf(ringing)).toBe("");
  expect(field(ringing, "RSeq")).toBeUndefined();
  cancel(call);
  expect(field(await alice.next("200"), "CSeq")).toBe("1 CANCEL");
  await alice.next("487");
  const cancelled = await bob.next("CANCEL");
  expect(field(cancelled, "Via")).toBe(field(received, "Via"));
  bob.send(answerTo(cancelled, "200 OK"));
  bob.send(answerTo(received, "487 Request Terminated"));
  expect(field(await bob.next("ACK"), "Call-ID")).toBe(field(received, "Call-ID"));
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
  alice.close();
  bob.close();
  await pbx.stop();
});

test("a CANCEL that crosses the answer ends the answered leg with ACK and BYE", async () => {
  const pbx = await startLab({ knobs: { lateCancel: 1 } });
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  const call = invite(alice, "1001", "1002");
  const received = await bob.next("INVITE");
  bob.send(answerTo(received, "180 Ringing"));
  await alice.next("180");
  cancel(call);
  await alice.next("487");
  answer(bob, received, "1002");
  await Promise.all([bob.next("ACK"), bob.next("BYE"), bob.next("CANCEL")]);
  alice.close();
  bob.close();
  await pbx.stop();
});

test("refusals come through, with the cause of a Reason header in their place", async () => {
  const pbx = await startLab();
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  const cases = [
    { status: "486 Busy Here", extra: [], seen: "486" },
    { status: "603 Decline", extra: [], seen: "603" },
    { status: "480 Temporarily Unavailable", extra: ["Reason: Q.850;cause=17"], seen: "486" },
  ];
  for (const { status, extra, seen } of cases) {
    invite(alice, "1001", "1002");
    bob.send(answerTo(await bob.next("INVITE"), status, extra));
    await Promise.all([alice.next(seen), bob.next("ACK")]);
  }
  invite(alice, "1001", "1003");
  await alice.next("480");
  invite(alice, "1001", "4711");
  await alice.next("404");
  alice.close();
  bob.close();
  await pbx.stop();
});

test("an answer whose SDP cannot be read is a refusal for the caller and a BYE for the callee", async () => {
  const pbx = await startLab();
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  invite(alice, "1001", "1002");
  answer(bob, await bob.next("INVITE"), "1002", "v=0\r\n");
  await Promise.all([alice.next("488"), bob.next("ACK"), bob.next("BYE")]);
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
  alice.close();
  bob.close();
  await pbx.stop();
});

test("an INVITE without an offer: the answer offers, the ACK answers", async () => {
  const pbx = await startLab();
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  const call = invite(alice, "1001", "1002", { body: "" });
  const received = await bob.next("INVITE");
  expect(bodyOf(received)).toBe("");
  answer(bob, received, "1002");
  const ok = await alice.next("200");
  expect(bodyOf(ok)).toContain("s=mss");
  within(call, ok, "ACK", 1, [], bodyOf(ok));
  expect(bodyOf(await bob.next("ACK"))).toContain("s=mss");
  alice.close();
  bob.close();
  await pbx.stop();
});

test("in a dialog UPDATE, INFO and MESSAGE without a body are 200; outside they are 481; Session-Expires is ignored", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  let seq = 2;
  for (const method of ["UPDATE", "INFO", "MESSAGE", "OPTIONS"]) {
    within(call, ok, method, seq, ["Session-Expires: 90"]);
    const reply = await alice.next("200", (text) => field(text, "CSeq") === `${seq} ${method}`);
    expect(field(reply, "Session-Expires")).toBeUndefined();
    seq += 1;
  }
  const stranger = { ...call, callId: "unknown" };
  within(stranger, ok, "UPDATE", 1);
  await alice.next("481");
  within(stranger, ok, "BYE", 2);
  await alice.next("481");
  expect(fields(ok, "Via")).toHaveLength(1);
  alice.close();
  bob.close();
  await pbx.stop();
});
