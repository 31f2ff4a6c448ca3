import { expect, test } from "vitest";
import { answer, invite, patience, phoneOf, register, startLab, within } from "./conversation.ts";
import { answerTo, bodyOf, field } from "./phone.ts";

test("three devices ring together; the first to answer wins and the others are cancelled", async () => {
  const pbx = await startLab();
  const caller = await phoneOf(pbx);
  await register(caller, "1001");
  const devices = await Promise.all(["a", "b", "c"].map(() => phoneOf(pbx)));
  for (const device of devices) await register(device, "1003");
  const call = invite(caller, "1001", "1003");
  const received = await Promise.all(devices.map((device) => device.next("INVITE")));
  expect(new Set(received.map((text) => field(text, "Call-ID"))).size).toBe(3);
  devices.forEach((device, i) => {
    device.send(answerTo(received[i] ?? "", "180 Ringing", [], `tag${i}`));
  });
  await Promise.all([caller.next("180"), caller.next("180"), caller.next("180")]);
  const [first, ...losers] = devices;
  if (first === undefined) return;
  answer(first, received[0] ?? "", "1003");
  const ok = await caller.next("200");
  within(call, ok, "ACK", 1);
  await first.next("ACK");
  for (const [i, loser] of losers.entries()) {
    const cancel = await loser.next("CANCEL");
    loser.send(answerTo(cancel, "200 OK"));
    loser.send(answerTo(received[i + 1] ?? "", "487 Request Terminated"));
    await loser.next("ACK");
  }
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 1, legs: 2 });
  for (const phone of [caller, ...devices]) phone.close();
  await pbx.stop();
});

test("a 302 of a phone is followed by the PBX, and the caller is told with 181", async () => {
  const pbx = await startLab();
  const [caller, first, second] = [await phoneOf(pbx), await phoneOf(pbx), await phoneOf(pbx)];
  await register(caller, "1001");
  await register(first, "1002");
  await register(second, "1003");
  invite(caller, "1001", "1002");
  first.send(answerTo(await first.next("INVITE"), "302 Moved Temporarily", ["Contact: <sip:1003@pbx.example>"]));
  const told = await caller.next("181");
  expect(field(told, "Call-Info")).toBe('purpose=forwarding, username="1002", contact="1003"');
  answer(second, await second.next("INVITE"), "1003");
  expect(bodyOf(await caller.next("200"))).toContain("m=audio");
  for (const phone of [caller, first, second]) phone.close();
  await pbx.stop();
});

test("an extension that is forwarded rings elsewhere at once", async () => {
  const accounts = [
    { user: "1001", password: "secret-1001" },
    { user: "1002", password: "secret-1002", forward: "1003" },
    { user: "1003", password: "secret-1003" },
  ];
  const pbx = await startLab({ data: { accounts } });
  const [caller, target] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(caller, "1001");
  await register(target, "1003");
  invite(caller, "1001", "1002");
  await Promise.all([caller.next("181"), target.next("INVITE")]);
  for (const phone of [caller, target]) phone.close();
  await pbx.stop();
});

test("a reliable 180 of the far side gets PRACK, and goes to the caller as a plain one", async () => {
  const pbx = await startLab();
  const [caller, target] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(caller, "1001");
  await register(target, "1002");
  invite(caller, "1001", "1002", { extra: ["Supported: 100rel"] });
  const received = await target.next("INVITE");
  const contact = `Contact: <sip:1002@${target.host}>`;
  target.send(answerTo(received, "180 Ringing", ["Require: 100rel", "RSeq: 41", contact]));
  const prack = await target.next("PRACK");
  expect(field(prack, "RAck")).toBe(`41 ${(field(received, "CSeq") ?? "").split(" ")[0]} INVITE`);
  target.send(answerTo(prack, "200 OK"));
  expect(field(await caller.next("180"), "RSeq")).toBeUndefined();
  for (const phone of [caller, target]) phone.close();
  await pbx.stop();
});

test("with the knob a 180 is sent reliably, again and again until PRACK", async () => {
  const pbx = await startLab({ knobs: { reliable180: true, t1: 10 } });
  const [caller, target] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(caller, "1001");
  await register(target, "1002");
  const call = invite(caller, "1001", "1002", { extra: ["Supported: 100rel"] });
  target.send(answerTo(await target.next("INVITE"), "180 Ringing"));
  const ringing = await caller.next("180");
  expect(await caller.next("180")).toBe(ringing);
  within(call, ringing, "PRACK", 2, [`RAck: ${field(ringing, "RSeq")} 1 INVITE`]);
  expect(field(await caller.next("200"), "CSeq")).toBe("2 PRACK");
  within(call, ringing, "PRACK", 3, ["RAck: 999 1 INVITE"]);
  await caller.next("481");
  for (const phone of [caller, target]) phone.close();
  await pbx.stop();
});
