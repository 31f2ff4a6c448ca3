/** BUNDLE (RFC 9143): one transport towards a browser, a pair of ports for each line towards everybody else. */
import { expect, test } from "vitest";
import { coreLeg, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";

const browser = { ...phoneLeg, browser: true, keying: ["dtls"] as const };
const print = `a=fingerprint:sha-256 ${new Array(32).fill("0A").join(":")}`;
const ice = ["a=ice-ufrag:theirs", "a=ice-pwd:theirpasswordtheirsecret1", "a=rtcp-mux"];
const transport = (setup: string) => [print, `a=setup:${setup}`, ...ice];
const savpf = "UDP/TLS/RTP/SAVPF";
const here = "198.51.100.7";
const pbx = "10.0.0.5";

const fromBrowser = (setup = "actpass", ...more: readonly string[]) =>
  sdp(
    here,
    "a=group:BUNDLE 0 1",
    `m=audio 4000 ${savpf} 111 101`,
    "a=mid:0",
    "a=rtpmap:111 opus/48000/2",
    "a=rtpmap:101 telephone-event/8000",
    ...transport(setup),
    `m=video 4000 ${savpf} 96 97`,
    "a=mid:1",
    "a=rtpmap:96 VP8/90000",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
    "a=rtcp-fb:96 nack pli",
    ...transport(setup),
    ...more,
  );
const fromPbx = (audio = 5000, video = 5002) =>
  sdp(
    pbx,
    `m=audio ${audio} RTP/AVP 111 101`,
    "a=rtpmap:111 opus/48000/2",
    `m=video ${video} RTP/AVPF 96`,
    "a=rtpmap:96 VP8/90000",
  );

async function dtlsBench(): Promise<MediaBench> {
  return await MediaBench.start({}, true);
}

test("a browser's bundle is answered with one: the same port twice, its own mids, rtcp-mux in each line", async () => {
  const bench = await dtlsBench();
  const toPbx = await bench.offer("a", fromBrowser(), browser);
  expect(linesOf(toPbx, "m=").map((line) => line.split(" ")[2])).toEqual(["RTP/AVP", "RTP/AVPF"]);
  expect(new Set(portsOf(toPbx)).size).toBe(2);
  for (const word of ["group", "mid", "mux", "ice", "candidate"]) expect(toPbx).not.toContain(word);
  const toBrowser = await bench.answer("b", fromPbx());
  const [audio, video] = portsOf(toBrowser);
  expect(audio).toBe(video);
  expect(linesOf(toBrowser, "a=group:")).toEqual(["BUNDLE 0 1"]);
  expect(linesOf(toBrowser, "a=mid:")).toEqual(["0", "1"]);
  expect(linesOf(toBrowser, "a=rtcp-mux").length).toBe(2);
  expect(new Set(linesOf(toBrowser, "a=ice-ufrag:")).size).toBe(1);
  expect(linesOf(toBrowser, "a=rtcp-fb")).toEqual([]);
  // Three pairs of sockets, and a fourth stream on the first of them.
  expect([bench.engine.open.size, bench.engine.bundled.size, bench.media.status().portsInUse]).toEqual([4, 1, 6]);
  expect(bench.transports.terms.size).toBe(1);
  bench.media.close("c1");
  expect([bench.engine.open.size, bench.media.status().portsInUse]).toEqual([0, 0]);
});

test("what bundled streams are told apart by are their payload types; those that cannot be are not bundled", async () => {
  const bench = await dtlsBench();
  const [base = 0] = portsOf(await answered(bench, fromBrowser(), fromPbx()));
  const pair = bench.engine.pairOn(base);
  const [[member = 0] = []] = [...bench.engine.bundled];
  expect(bench.engine.configs.get(pair)?.latch.payloadTypes).toEqual([111, 101]);
  expect(bench.engine.configs.get(member)?.latch.payloadTypes).toEqual([96, 97]);
  const same = await dtlsBench();
  const clash = fromBrowser().replace(`${savpf} 96 97`, `${savpf} 111 97`);
  await same.offer("a", clash, browser);
  expect([same.engine.bundled.size, same.engine.open.size]).toEqual([0, 4]);
});

test("max-bundle: a line with port 0 and bundle-only is on, without the group it is off", async () => {
  const only = fromBrowser("actpass", "a=bundle-only").replace("m=video 4000", "m=video 0");
  const bench = await dtlsBench();
  expect(portsOf(await bench.offer("a", only, browser)).every((port) => port > 0)).toBe(true);
  const lone = await dtlsBench();
  const toPbx = await lone.offer("a", only.replace("a=group:BUNDLE 0 1", "a=group:LS 0 1"), browser);
  expect(portsOf(toPbx)[1]).toBe(0);
});

test("what stands in the tagged section only holds for the whole group", async () => {
  const bench = await dtlsBench();
  const [head = "", tail = ""] = fromBrowser().split("m=video");
  const bare = tail.split("\r\n").filter((line) => !transport("actpass").includes(line));
  const toBrowser = await answered(bench, `${head}m=video${bare.join("\r\n")}`, fromPbx());
  expect(new Set(portsOf(toBrowser)).size).toBe(1);
});

test("a browser is offered a bundle: the first line has the port, the others are bundle-only", async () => {
  const bench = await dtlsBench();
  const toBrowser = await bench.offer("a", fromPbx(), coreLeg, browser);
  expect(linesOf(toBrowser, "m=").map((line) => line.split(" ").slice(2, 3)[0])).toEqual([savpf, savpf]);
  const [audio, video] = portsOf(toBrowser);
  expect([audio !== 0, video]).toEqual([true, 0]);
  expect(linesOf(toBrowser, "a=bundle-only").length).toBe(1);
  expect(linesOf(toBrowser, "a=group:")).toEqual(["BUNDLE 0 1"]);
  expect(linesOf(toBrowser, "a=candidate:").length).toBe(1);
  const toPbx = await bench.answer("b", fromBrowser("active"));
  expect(portsOf(toPbx).every((port) => port > 0)).toBe(true);
  expect(bench.transports.terms.size).toBe(1);
  // The next offer is on the transport that stands (RFC 9143 section 7.4).
  const again = await bench.offer("a", fromPbx(), coreLeg, browser);
  expect(portsOf(again)).toEqual([audio, audio]);
  expect(linesOf(again, "a=bundle-only")).toEqual([]);
});

test("the PBX takes the sound and not the picture: what is left of the bundle is one line", async () => {
  const bench = await dtlsBench();
  const toBrowser = await answered(bench, fromBrowser(), fromPbx(5000, 0));
  expect(portsOf(toBrowser)[1]).toBe(0);
  expect(linesOf(toBrowser, "a=group:")).toEqual(["BUNDLE 0"]);
});

test("the tagged line is off: its sockets carry the others all the same", async () => {
  const bench = await dtlsBench();
  const toBrowser = await answered(bench, fromBrowser(), fromPbx(0, 5002));
  const [, video = 0] = portsOf(toBrowser);
  expect(linesOf(toBrowser, "a=group:")).toEqual(["BUNDLE 1"]);
  const root = bench.engine.configs.get(bench.engine.pairOn(video));
  expect(root).toMatchObject({ mux: true, awaitsKeys: true, latch: { payloadTypes: [] } });
  const off = fromBrowser().replace("m=audio 4000", "m=audio 0").replace("BUNDLE 0 1", "BUNDLE 1");
  expect(portsOf(await answered(bench, off, fromPbx(0, 5002)))).toEqual([0, video]);
});

test("a picture that comes later joins the transport of the sound", async () => {
  const bench = await dtlsBench();
  const [sound = ""] = fromBrowser().replace("BUNDLE 0 1", "BUNDLE 0").split("m=video");
  const [plain = ""] = fromPbx().split("m=video");
  const [port] = portsOf(await answered(bench, sound, plain));
  const both = await answered(bench, fromBrowser(), fromPbx());
  expect(portsOf(both)).toEqual([port, port]);
  expect(bench.engine.bundled.size).toBe(1);
  // Refused again: nothing of it stays.
  await bench.offer("a", fromBrowser("actpass", `m=video 4000 ${savpf} 98`, "a=mid:2"), browser);
  bench.media.rollback("c1");
  expect(bench.media.status().portsInUse).toBe(6);
});

async function answered(bench: MediaBench, offer: string, answer: string): Promise<string> {
  await bench.offer("a", offer, browser);
  return await bench.answer("b", answer);
}
