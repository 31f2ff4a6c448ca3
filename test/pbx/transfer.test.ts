import { expect, test } from "vitest";
import {
  answer,
  connected,
  type Dialled,
  fromCallee,
  invite,
  offer,
  patience,
  phoneOf,
  register,
  startLab,
  within,
} from "./conversation.ts";
import type { Pbx } from "./pbx.ts";
import { answerTo, bodyOf, field, type Phone } from "./phone.ts";
import { readReferTo } from "./refer.ts";

/** Answers every NOTIFY up to the last one, and returns the fragments. */
async function told(phone: Phone): Promise<string[]> {
  const fragments: string[] = [];
  for (;;) {
    const notify = await phone.next("NOTIFY");
    phone.send(answerTo(notify, "200 OK"));
    fragments.push(bodyOf(notify).trim());
    if ((field(notify, "Subscription-State") ?? "").startsWith("terminated")) return fragments;
  }
}

async function thirdPhone(pbx: Pbx): Promise<Phone> {
  const carol = await phoneOf(pbx);
  await register(carol, "1003");
  return carol;
}

const tagged = (value: string | undefined): string => (value ?? "").split(";tag=")[1] ?? "";

/** The Refer-To that names the dialog which `call` made. */
const replacing = (call: Dialled, ok: string): string =>
  `Refer-To: <sip:${call.number}@pbx.example?Replaces=${call.callId}%3Bto-tag%3D${tagged(field(ok, "To"))}%3Bfrom-tag%3D${call.localTag}>`;

async function closeAll(pbx: Pbx, ...phones: readonly Phone[]): Promise<void> {
  for (const phone of phones) phone.close();
  await pbx.stop();
}

test("a blind transfer by the caller: the far party hears the new one, who sees its number; the caller gets NOTIFY and BYE", async () => {
  const pbx = await startLab();
  const { alice, bob, call, received, ok } = await connected(pbx);
  const carol = await thirdPhone(pbx);
  within(call, ok, "REFER", 2, ["Refer-To: <sip:1003@pbx.example>"]);
  await alice.next("202");
  const rung = await carol.next("INVITE");
  expect(field(rung, "From")).toContain("<sip:1002@");
  carol.send(answerTo(rung, "180 Ringing", [`Contact: <sip:1003@${carol.host}>`], "carol"));
  carol.send(
    answerTo(rung, "200 OK", [`Contact: <sip:1003@${carol.host}>`, "Content-Type: application/sdp"], "carol"),
    offer(carol.port + 1),
  );
  await carol.next("ACK");
  const moved = await bob.next("INVITE");
  expect(field(moved, "Call-ID")).toBe(field(received, "Call-ID"));
  expect(bodyOf(moved)).toContain("a=sendrecv");
  answer(bob, moved, "1002");
  await bob.next("ACK");
  expect(await told(alice)).toEqual(["SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK"]);
  alice.send(answerTo(await alice.next("BYE"), "200 OK"));
  expect(pbx.calls()).toMatchObject([{ caller: "1002", called: "1003", state: "answered" }]);
  fromCallee(bob, received, "BYE", 7);
  carol.send(answerTo(await carol.next("BYE"), "200 OK"));
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
  await closeAll(pbx, alice, bob, carol);
});

test("a blind transfer by the called phone: the caller is the one who is moved, to the echo at that", async () => {
  const pbx = await startLab();
  const { alice, bob, received } = await connected(pbx);
  fromCallee(bob, received, "REFER", 7, ["Refer-To: sip:600@pbx.example", "Referred-By: <sip:1002@pbx.example>"]);
  await bob.next("202");
  const moved = await alice.next("INVITE");
  answer(alice, moved, "1001");
  await alice.next("ACK");
  expect(await told(bob)).toEqual(["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]);
  bob.send(answerTo(await bob.next("BYE"), "200 OK"));
  expect(pbx.calls()).toMatchObject([{ caller: "1001", called: "600" }]);
  await closeAll(pbx, alice, bob);
});

test("a transfer to somebody who is busy leaves the two with each other", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  const carol = await thirdPhone(pbx);
  within(call, ok, "REFER", 2, ["Refer-To: <sip:1003@pbx.example>"]);
  carol.send(answerTo(await carol.next("INVITE"), "486 Busy Here"));
  expect((await told(alice)).at(-1)).toBe("SIP/2.0 486 Failed");
  expect(pbx.calls()).toMatchObject([{ caller: "1001", called: "1002", state: "answered" }]);
  within(call, ok, "BYE", 3);
  bob.send(answerTo(await bob.next("BYE"), "200 OK"));
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
  await closeAll(pbx, alice, bob, carol);
});

test("who asked for a transfer may hang up at once: it goes on", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  const carol = await thirdPhone(pbx);
  within(call, ok, "REFER", 2, ["Refer-To: <sip:1003@pbx.example>"]);
  const rung = await carol.next("INVITE");
  within(call, ok, "BYE", 3);
  await alice.next("200 OK", (text) => field(text, "CSeq") === "3 BYE");
  answer(carol, rung, "1003");
  answer(bob, await bob.next("INVITE"), "1002");
  await expect.poll(() => pbx.calls(), patience).toMatchObject([{ caller: "1002", called: "1003" }]);
  await closeAll(pbx, alice, bob, carol);
});

test("an attended transfer joins the far parties of both calls, and both calls of who asked end", async () => {
  const pbx = await startLab();
  const { alice, bob, call, received, ok } = await connected(pbx);
  const carol = await thirdPhone(pbx);
  const second = invite(alice, "1001", "1003");
  const rung = await carol.next("INVITE");
  answer(carol, rung, "1003");
  const ok2 = await alice.next("200 OK", (text) => field(text, "Call-ID") === second.callId);
  within(second, ok2, "ACK", 1);
  await carol.next("ACK");
  within(call, ok, "REFER", 2, [replacing(second, ok2)]);
  const joined = await carol.next("INVITE");
  expect(field(joined, "Call-ID")).toBe(field(rung, "Call-ID"));
  answer(carol, joined, "1003");
  const moved = await bob.next("INVITE");
  expect(field(moved, "Call-ID")).toBe(field(received, "Call-ID"));
  answer(bob, moved, "1002");
  expect((await told(alice)).at(-1)).toBe("SIP/2.0 200 OK");
  for (const _ of [1, 2]) alice.send(answerTo(await alice.next("BYE"), "200 OK"));
  expect(pbx.calls()).toMatchObject([{ caller: "1002", called: "1003", state: "answered" }]);
  fromCallee(bob, received, "BYE", 7);
  await carol.next("BYE");
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
  await closeAll(pbx, alice, bob, carol);
});

test("Replaces that names no dialog is told as 481, and one declined by the knob as 603", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  within(call, ok, "REFER", 2, ["Refer-To: <sip:1003@x?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>"]);
  expect((await told(alice)).at(-1)).toBe("SIP/2.0 481 Failed");
  pbx.set("refer", "decline");
  within(call, ok, "REFER", 3, ["Refer-To: <sip:1003@x>"]);
  await alice.next("603");
  await closeAll(pbx, alice, bob);
});

test("with the knob the PBX waits for the BYE of who asked", async () => {
  const pbx = await startLab({ knobs: { referBye: false } });
  const { alice, bob, call, ok } = await connected(pbx);
  within(call, ok, "REFER", 2, ["Refer-To: <sip:600@pbx.example>"]);
  answer(bob, await bob.next("INVITE"), "1002");
  await told(alice);
  within(call, ok, "BYE", 3);
  await alice.next("200 OK", (text) => field(text, "CSeq") === "3 BYE");
  expect(pbx.calls()).toHaveLength(1);
  await closeAll(pbx, alice, bob);
});

test("Refer-To is read with and without brackets, and its Replaces is unescaped", () => {
  expect(readReferTo("sip:1@h")?.uri.user).toBe("1");
  expect(readReferTo('"x" <sip:1@h?Replaces=a%40b%3Bfrom-tag%3D1%3Bto-tag%3D2&X=y>')?.replaces).toEqual({
    callId: "a@b",
    fromTag: "1",
    toTag: "2",
  });
  expect(readReferTo("<sip:1@h?Replaces=%E0%A4%A>")?.replaces).toBeUndefined();
  expect(readReferTo("tel:")?.replaces).toBeUndefined();
});
