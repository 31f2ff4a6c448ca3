import { expect, test } from "vitest";
import { avp, pbx, phone, savp } from "../../../../test/support/media-talk.ts";
import { coreLeg, linesOf, phoneLeg, portsOf } from "../media-bench.ts";
import { both, type FarmBench, farm, farmSettings, pass } from "./farm-bench.ts";
import { plain } from "./instance-stand-in.ts";

/** The last command of that name, as text. */
function said(bench: FarmBench, command: string, at = -1): string {
  const all = bench.first.commands.filter((given) => plain(given.get("command")) === command);
  return plain(all.at(at)?.get("sdp"));
}

test("what an instance is told is ours: judged places, one key, no names, nothing of a peer's that is not known here", async () => {
  const { bench, talk } = await farm();
  const planted = ["a=x-secret:1", "a=candidate:1 1 udp 1 192.168.7.7 4000 typ host", "a=rtcp:4009 IN IP4 192.0.2.66"];
  await talk.offer("a", savp(1, "a=rtpmap:0 PCMU/8000", ...planted));
  const told = said(bench, "offer");
  for (const part of ["alice", "secret", "192.168.7.7", "192.0.2.66"]) expect(told).not.toContain(part);
  expect(linesOf(told, "c=").at(-1)).toBe(`IN IP4 ${phone}`);
  expect(linesOf(told, "a=")).toEqual([
    "rtpmap:0 PCMU/8000",
    "rtcp:4001",
    expect.stringContaining("crypto:1 "),
    "sendrecv",
  ]);
});

test("feedback profiles are ours to say: an instance hears of RTP/AVP on both legs and filters no RTCP", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1).replace("RTP/SAVP", "RTP/SAVPF"));
  expect(linesOf(said(bench, "offer"), "m=")[0]).toContain(" RTP/SAVP ");
  expect(linesOf(await talk.answer("b", avp(pbx)), "m=")[0]).toContain(" RTP/SAVPF ");
});

test("a phone that signals from the address it names is taken at its word; one behind NAT is expected where it signals from", async () => {
  const { bench, talk } = await farm();
  const learning = () => {
    const flags = bench.first.commands.at(-1)?.get("flags");
    return Array.isArray(flags) ? flags.map(plain).join() : "";
  };
  await talk.offer("a", savp(1));
  expect(learning()).toContain("endpoint-learning-off");
  await talk.answer("b", avp(pbx));
  expect(learning()).toContain("endpoint-learning-off");
  const other = { a: phoneLeg, b: coreLeg };
  await bench.media.offer("c2", "a", Buffer.from(savp(2).replaceAll(phone, "192.168.1.20")), other);
  expect(learning()).toContain("endpoint-learning-heuristic");
  expect(linesOf(said(bench, "offer"), "c=").at(-1)).toBe(`IN IP4 ${phone}`);
});

test("an offer in a running call reaches the instance with its answer only, so a refused one never does", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  await talk.offer("a", savp(2));
  expect(bench.first.count("offer")).toBe(1);
  bench.media.rollback("c1");
  await talk.offer("a", savp(3));
  await talk.answer("b", avp(pbx));
  expect([bench.first.count("offer"), bench.first.count("answer")]).toEqual([2, 2]);
});

test("ports for a new stream are asked for beside what stands; when it is refused, that is offered and answered again", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  const before = [said(bench, "offer"), said(bench, "answer")];
  const video = ["m=video 4002 RTP/SAVP 96", linesOf(savp(8), "a=crypto:").map((line) => `a=crypto:${line}`)[0] ?? ""];
  await talk.offer("a", savp(7, ...video));
  const reserved = said(bench, "offer");
  expect(linesOf(reserved, "a=crypto:")[0]).toBe(linesOf(before[0] ?? "", "a=crypto:")[0]);
  bench.media.rollback("c1");
  await pass(bench, 50);
  expect(linesOf(said(bench, "offer"), "m=")[1]).toBe("video 0 RTP/AVP 0");
  expect(linesOf(said(bench, "offer"), "a=crypto:")).toEqual(linesOf(before[0] ?? "", "a=crypto:"));
  expect(linesOf(said(bench, "answer"), "m=")).toEqual([...linesOf(before[1] ?? "", "m="), "video 0 RTP/AVP 0"]);
});

test("an answer that got lost is asked for again with the same cookie, and the command is carried out once", async () => {
  const { bench, talk } = await farm();
  bench.first.lose = 2;
  const offered = talk.offer("a", savp(1));
  await pass(bench, 1_000);
  expect(await offered).toContain("m=audio");
  expect(bench.first.count("offer")).toBe(1);
  expect(bench.media.status().instances[0]?.state).toBe("up");
});

const spoilt: readonly (readonly [string, (sdp: string) => string, string])[] = [
  ["none at all", () => "hello", "no-sdp"],
  ["one line too many", (text) => `${text}m=video 9000 RTP/AVP 96\r\n`, "other-lines"],
  ["another protocol", (text) => text.replace("RTP/AVP", "RTP/SAVP"), "other-lines"],
  ["a multicast address", (text) => text.replace("10.0.0.7", "224.0.0.1"), "no-address"],
  ["a host name", (text) => text.replace("IP4 10.0.0.7", "IP4 media.example"), "no-address"],
  ["the port of a service", (text) => text.replace("m=audio 30002", "m=audio 53"), "bad-port"],
  ["RTCP somewhere else", (text) => text.replace("rtcp:30003", "rtcp:5060"), "rtcp-elsewhere"],
  ["an address of the other family", (text) => text.replace("IP4 10.0.0.7", "IP6 2001:db8::7"), "other-family"],
];
test.each(spoilt)("a description of an instance with %s is not passed on", async (_what, spoils, problem) => {
  const { bench, talk } = await farm();
  bench.first.spoils = spoils;
  expect(await talk.offer("a", savp(1))).toBe("503 engine-failed");
  expect(bench.logged.find(({ event }) => event === "media.instance_problem")?.reason).toContain(problem);
});

test("whatever an instance writes besides places and keys crosses to nobody", async () => {
  const { bench, talk } = await farm();
  bench.first.spoils = (text) => `${text}a=x-planted:1\r\na=candidate:1 1 udp 1 10.9.9.9 1 typ host\r\n`;
  const toPbx = await talk.offer("a", savp(1));
  const toPhone = await talk.answer("b", avp(pbx));
  for (const text of [toPbx, toPhone]) for (const part of ["planted", "10.9.9.9"]) expect(text).not.toContain(part);
});

test("an instance that answers with the peer's own key, or another tag, is not believed", async () => {
  for (const spoils of [
    (text: string) => text.replace(/inline:\S+/, linesOf(savp(1), "a=crypto:1 AES_CM_128_HMAC_SHA1_80 ")[0] ?? ""),
    (text: string) => text.replace("a=crypto:1 ", "a=crypto:2 "),
  ]) {
    const { bench, talk } = await farm();
    await talk.offer("a", savp(1));
    bench.first.spoils = spoils;
    expect(await talk.answer("b", avp(pbx))).toBe("503 engine-failed");
    expect(bench.logged.find(({ event }) => event === "media.instance_problem")?.reason).toBe("no-key");
  }
});

test("interfaces: the PBX is given the inner address, the phone the outer one, whoever calls", async () => {
  const { talk } = await farm();
  expect(linesOf(await talk.offer("a", avp(pbx), coreLeg, phoneLeg), "c=")).toEqual(["IN IP4 203.0.113.7"]);
  const { talk: other } = await farm();
  expect(linesOf(await other.offer("a", savp(1)), "c=")).toEqual(["IN IP4 10.0.0.7"]);
  expect(linesOf(await other.answer("b", avp(pbx)), "c=")).toEqual(["IN IP4 203.0.113.7"]);
});

test("a reload moves new calls to the new list; a removed instance is forgotten with its last call", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  bench.media.apply(farmSettings({ instances: both.slice(1) }));
  await pass(bench, 100);
  const moved = await bench.media.offer("c2", "a", Buffer.from(savp(2)), { a: phoneLeg, b: coreLeg });
  expect(moved.ok && Buffer.from(moved.sdp).toString()).toContain("10.0.0.8");
  expect(portsOf(await talk.offer("a", savp(1)))).toHaveLength(1);
  expect(await talk.answer("b", avp(pbx))).toContain("203.0.113.7");
  expect(bench.media.status().instances).toHaveLength(2);
  bench.media.close("c1");
  await pass(bench, 2_000);
  expect(bench.media.status().instances.map(({ place }) => place)).toEqual(["10.0.0.8:2223"]);
});
