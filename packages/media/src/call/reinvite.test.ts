import { expect, test } from "vitest";
import { keyText, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";
const phone = "198.51.100.7";
const pbx = "10.0.0.5";
const plainPhone = { ...phoneLeg, srtp: "off" as const };

const savp = (fill: number, ...more: readonly string[]) =>
  sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:1 ${suite} inline:${keyText(fill)}`, ...more);
const avp = (address: string, ...more: readonly string[]) => sdp(address, "m=audio 5000 RTP/AVP 0", ...more);
const key = (text: string) => linesOf(text, "a=crypto:")[0]?.split("inline:")[1];

/** A phone on SRTP in a call with the PBX. */
async function callInProgress() {
  const bench = await MediaBench.start();
  const toPbx = await bench.offer("a", savp(1));
  const toPhone = await bench.answer("b", avp(pbx));
  const [pbxPort, phonePort] = [portsOf(toPbx)[0] as number, portsOf(toPhone)[0] as number];
  return { bench, toPbx, toPhone, pbxPort, phonePort };
}

test("hold and resume: the direction crosses, ports and keys stay", async () => {
  const { bench, toPhone, pbxPort, phonePort } = await callInProgress();
  const held = await bench.offer("a", savp(1, "a=sendonly"));
  expect(linesOf(held, "a=sendonly").length).toBe(1);
  expect(portsOf(held)).toEqual([pbxPort]);
  const answer = await bench.answer("b", avp(pbx, "a=recvonly"));
  expect(linesOf(answer, "a=recvonly").length).toBe(1);
  expect([portsOf(answer)[0], key(answer)]).toEqual([phonePort, key(toPhone)]);
  expect(linesOf(await bench.offer("a", savp(1)), "a=sendrecv").length).toBe(1);
  expect(key(await bench.answer("b", avp(pbx)))).toBe(key(toPhone));
});

test("hold by c=0.0.0.0: nothing is sent to it, the far side hears sendonly, resume sends to the endpoint again", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", avp(phone), plainPhone);
  const port = portsOf(await bench.answer("b", avp(pbx)))[0] as number;
  const before = bench.engine.configOf(port);
  const held = await bench.offer("a", avp("0.0.0.0"), plainPhone);
  expect(linesOf(held, "a=sendonly").length).toBe(1);
  expect(held).not.toContain("0.0.0.0");
  await bench.answer("b", avp(pbx, "a=recvonly"));
  expect(bench.engine.configOf(port)).toMatchObject({ send: false, latch: { signalled: before?.latch.signalled } });
  await bench.offer("a", avp(phone), plainPhone);
  await bench.answer("b", avp(pbx));
  expect(bench.engine.configOf(port)).toEqual(before);
});

test("the PBX puts the phone on hold", async () => {
  const { bench, phonePort } = await callInProgress();
  const toPhone = await bench.offer("b", avp(pbx, "a=inactive"));
  expect(portsOf(toPhone)).toEqual([phonePort]);
  expect(linesOf(toPhone, "a=inactive").length).toBe(1);
  expect(linesOf(await bench.answer("a", savp(1, "a=inactive")), "a=inactive").length).toBe(1);
});

test("the same key again in a re-INVITE leaves both keys as they are", async () => {
  const { bench, toPhone, phonePort } = await callInProgress();
  const before = bench.engine.configOf(phonePort);
  await bench.offer("a", savp(1));
  expect(key(await bench.answer("b", avp(pbx)))).toBe(key(toPhone));
  expect(bench.engine.configOf(phonePort)).toEqual(before);
});

test("a new key in a re-INVITE is taken with the answer, and ours is new too", async () => {
  const { bench, toPhone, phonePort } = await callInProgress();
  await bench.offer("a", savp(2));
  expect(bench.engine.configOf(phonePort)?.inbound?.key).toEqual(new Uint8Array(30).fill(1));
  const answer = await bench.answer("b", avp(pbx));
  expect(bench.engine.configOf(phonePort)?.inbound?.key).toEqual(new Uint8Array(30).fill(2));
  expect(key(answer)).not.toBe(key(toPhone));
});

test("an offer of the PBX on a running call shows the phone the key it knows", async () => {
  const { bench, toPhone } = await callInProgress();
  const toPhoneAgain = await bench.offer("b", avp(pbx));
  expect(linesOf(toPhoneAgain, "a=crypto:").length).toBe(1);
  expect(key(toPhoneAgain)).toBe(key(toPhone));
});

test("a refused offer leaves what was agreed: engine untouched, ports of the new stream given back", async () => {
  const { bench, phonePort } = await callInProgress();
  const before = [...bench.engine.configs];
  const withVideo = savp(7, "m=video 4002 RTP/SAVP 96", `a=crypto:1 ${suite} inline:${keyText(8)}`);
  expect(portsOf(await bench.offer("a", withVideo)).length).toBe(2);
  expect(bench.engine.open.size).toBe(4);
  bench.media.rollback("c1");
  expect(bench.engine.open.size).toBe(2);
  expect([...bench.engine.configs]).toEqual(before);
  expect(bench.engine.configOf(phonePort)?.inbound?.key).toEqual(new Uint8Array(30).fill(1));
  await bench.offer("a", savp(1));
  expect(portsOf(await bench.answer("b", avp(pbx)))).toEqual([phonePort]);
});

test("a rollback with nothing pending changes nothing", async () => {
  const { bench } = await callInProgress();
  bench.media.rollback("c1");
  expect(bench.media.status().calls).toBe(1);
  expect(bench.engine.open.size).toBe(2);
});

test("the first offer refused: the call is gone, and may be offered again elsewhere", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", savp(1));
  bench.media.rollback("c1");
  expect(bench.media.status()).toMatchObject({ calls: 0, portsInUse: 0 });
  expect(await bench.offer("a", savp(1))).toContain("m=audio");
});

test("the answer may be repeated: early media, then 200 from another party behind the PBX", async () => {
  const { bench, toPhone, pbxPort, phonePort } = await callInProgress();
  expect(await bench.answer("b", avp(pbx))).toBe(toPhone);
  const other = await bench.answer("b", avp("10.0.0.9"));
  expect([portsOf(other)[0], key(other)]).toEqual([phonePort, key(toPhone)]);
  expect(bench.engine.configOf(pbxPort)?.latch.signalled?.rtp).toEqual({ address: "10.0.0.9", port: 5000 });
});

test("after a refused UPDATE the answer of the INVITE may still be repeated", async () => {
  const { bench, toPhone } = await callInProgress();
  await bench.offer("a", savp(3));
  bench.media.rollback("c1");
  expect(await bench.answer("b", avp(pbx))).toBe(toPhone);
});

test("a stream the answer switches off stays off, and its ports come back with the next exchange", async () => {
  const bench = await MediaBench.start();
  const both = sdp(phone, "m=audio 4000 RTP/AVP 0", "m=video 4002 RTP/AVP 96");
  await bench.offer("a", both, plainPhone);
  const toPhone = await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0", "m=video 0 RTP/AVP 96"));
  expect(linesOf(toPhone, "m=")[1]).toBe("video 0 RTP/AVP 96");
  expect(bench.engine.open.size).toBe(4);
  await bench.offer("a", sdp(phone, "m=audio 4000 RTP/AVP 0", "m=video 0 RTP/AVP 96"), plainPhone);
  await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0", "m=video 0 RTP/AVP 96"));
  expect(bench.engine.open.size).toBe(2);
});

test("a switch to fax is refused, and the voice call goes on", async () => {
  const { bench } = await callInProgress();
  expect(await bench.offer("b", sdp(pbx, "m=image 5000 udptl t38"))).toBe("488 t38-not-allowed");
  await bench.offer("a", savp(1));
  expect(await bench.answer("b", avp(pbx))).toContain("m=audio");
});

test("a running call may switch every stream off", async () => {
  const { bench } = await callInProgress();
  expect(linesOf(await bench.offer("a", sdp(phone, "m=audio 0 RTP/SAVP 0")), "m=")).toEqual(["audio 0 RTP/SAVP 0"]);
  await bench.answer("b", sdp(pbx, "m=audio 0 RTP/AVP 0"));
  expect(bench.engine.open.size).toBe(0);
  expect(bench.media.status().calls).toBe(1);
});

test("our session version rises when and only when what we write changes", async () => {
  const { bench, toPbx } = await callInProgress();
  const origin = (text: string) => linesOf(text, "o=")[0];
  await bench.answer("b", avp(pbx));
  const same = await bench.offer("a", savp(1));
  expect(origin(same)).toBe(origin(toPbx));
  bench.media.rollback("c1");
  const changed = origin(await bench.offer("a", savp(1, "a=sendonly")))?.split(" ") ?? [];
  const [, id, version] = origin(toPbx)?.split(" ") ?? [];
  expect([changed[1], Number(changed[2])]).toEqual([id, Number(version) + 1]);
});

test("a session refresh: what the far side said last, offered again, changes nothing of what this side was told", async () => {
  const { bench, toPbx, toPhone } = await callInProgress();
  expect(await bench.offer("b", avp(pbx))).toBe(toPhone);
  await bench.answer("a", savp(1));
  expect(await bench.offer("a", savp(1))).toBe(toPbx);
});
