/**
 * What every implementation of the media port does with session descriptions, seen from outside alone: our own engines, a
 * farm on instances that stand in for rtpengine, and one on the real rtpengine.
 */
import type { Media } from "@ringfence/media";
import { describe, expect, test } from "vitest";
import { coreLeg, keyText, linesOf, phoneLeg, portsOf, sdp } from "../../packages/media/src/media-bench.ts";
import { runChangeContract, talksOn } from "./media-contract-change.ts";
import {
  avp,
  badAnswers,
  cryptos,
  gcm,
  key,
  pbx,
  phone,
  plainPhone,
  refusals,
  savp,
  suite32,
  suite80,
  textOf,
} from "./media-talk.ts";

/** @param start media without a call; it is stopped after each test */
export function runMediaContract(name: string, start: () => Promise<Media>): void {
  const { open, callInProgress } = talksOn(start);

  describe(`media contract: ${name}`, () => {
    test("SRTP phone to RTP PBX: the PBX is offered RTP/AVP, the phone is answered with its tag and a key of ours", async () => {
      const { toPbx, toPhone } = await callInProgress();
      expect(linesOf(toPbx, "m=")[0]).toContain(" RTP/AVP 0");
      expect(cryptos(toPbx)).toEqual([]);
      expect(linesOf(toPhone, "m=")[0]).toContain(" RTP/SAVP 0");
      expect(cryptos(toPhone).map(([tag, suite]) => [tag, suite])).toEqual([["1", suite80]]);
      expect(key(toPhone)).not.toBe(keyText(1));
    });

    test("RTP PBX to SRTP phone: the phone is offered the suites of its policy in that order, a fresh key each", async () => {
      const talk = await open();
      const offered = cryptos(await talk.offer("a", avp(pbx), coreLeg, phoneLeg));
      expect(offered.map(([, suite]) => suite)).toEqual([suite80, suite32, gcm]);
      expect(new Set(offered.map(([, , text]) => text)).size).toBe(3);
      const [tag] = offered[1] ?? [];
      const answer = sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:${tag} ${suite32} inline:${keyText(9)}`);
      expect(linesOf(await talk.answer("b", answer), "m=")[0]).toContain(" RTP/AVP 0");
    });

    test("SRTP on both legs: each has keys of its own, none crosses, also when either offers again", async () => {
      const talk = await open();
      const toB = await talk.offer("a", savp(1), phoneLeg, { ...phoneLeg, suites: [suite80, suite32] });
      const [tag, suite] = cryptos(toB)[0] ?? [];
      const b = sdp(phone, "m=audio 4002 RTP/SAVP 0", `a=crypto:${tag} ${suite} inline:${keyText(2)}`);
      const toA = await talk.answer("b", b);
      const [again, fresh] = [await talk.offer("b", b, phoneLeg, phoneLeg), await talk.answer("a", savp(1))];
      const held = await talk.offer("a", savp(1, "a=sendonly"), phoneLeg, phoneLeg);
      await talk.answer("b", b);
      for (const text of [toB, fresh, held]) expect(text).not.toContain(keyText(1));
      for (const text of [toA, again]) expect(text).not.toContain(keyText(2));
      expect([key(again), key(held)]).toEqual([key(toA), cryptos(toB)[0]?.[2]]);
      expect(key(toA)).not.toBe(key(toB));
    });

    test("a late offer: the callee offers in its 200, the caller answers in its ACK", async () => {
      const talk = await open();
      const [tag] = cryptos(await talk.offer("b", avp(pbx))).find(([, suite]) => suite === suite80) ?? [];
      const answer = sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:${tag} ${suite80} inline:${keyText(4)}`);
      expect(linesOf(await talk.answer("a", answer), "m=")[0]).toContain("RTP/AVP 0");
    });

    test("of one side's description the other sees codecs and directions: no address, name, key or candidate", async () => {
      const talk = await open();
      const secrets = ["a=candidate:1 1 udp 1 192.168.7.7 4000 typ host", "a=ice-ufrag:abcd", "a=x-secret:planted"];
      const toPbx = await talk.offer("a", savp(1, "a=rtpmap:0 PCMU/8000", ...secrets));
      const toPhone = await talk.answer("b", avp(pbx, "a=x-secret:planted"));
      for (const part of [phone, "192.168.7.7", "alice", "secret", "planted", keyText(1), "abcd"]) {
        expect(toPbx).not.toContain(part);
      }
      for (const part of [pbx, "alice", "secret", "planted"]) expect(toPhone).not.toContain(part);
    });

    test.each(refusals)("%s is refused, and leaves nothing behind", async (_what, body, leg, expected) => {
      const talk = await open();
      expect(await talk.offer("a", body, leg)).toBe(expected);
      expect(talk.media.status()).toMatchObject({ calls: 0, portsInUse: 0 });
    });

    test.each(badAnswers)("an answer with %s is refused", async (_what, body, expected) => {
      const talk = await open();
      await talk.offer("a", avp(pbx), coreLeg, phoneLeg);
      expect(await talk.answer("b", body)).toBe(expected);
    });

    test("our own key sent back as the peer's is refused: both directions would share one key stream", async () => {
      const talk = await open();
      const [[tag, suite, text] = []] = cryptos(await talk.offer("a", avp(pbx), coreLeg, phoneLeg));
      const mirrored = sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:${tag} ${suite} inline:${text}`);
      expect(await talk.answer("b", mirrored)).toBe("488 no-common-suite");
    });

    test("an answer without an offer, or from the leg that offered, belongs to nothing; a second offer waits", async () => {
      const talk = await open();
      expect(await talk.answer("b", avp(pbx))).toBe("500 no-session");
      await talk.offer("a", savp());
      expect(await talk.answer("a", savp())).toBe("500 no-session");
      expect(await talk.offer("b", avp(pbx))).toBe("491 offer-pending");
    });

    test("threat L14: a phone that names the place of another call's media as its own is refused", async () => {
      const { talk, toPhone } = await callInProgress();
      const ours = sdp(linesOf(toPhone, "c=IN IP4 ")[0] ?? "", `m=audio ${portsOf(toPhone)[0]} RTP/AVP 0`);
      const legs = { a: plainPhone, b: coreLeg };
      const refused = await talk.media.offer("c2", "a", Buffer.from(ours, "latin1"), legs);
      expect(textOf(refused)).toBe("488 bad-address");
    });

    test("the first offer refused: the call is gone, and may be offered again elsewhere at once", async () => {
      const talk = await open();
      await talk.offer("a", savp(1));
      talk.media.rollback("c1");
      expect(talk.media.status()).toMatchObject({ calls: 0, portsInUse: 0 });
      expect(await talk.offer("a", savp(1))).toContain("m=audio");
    });

    test("the answer may be repeated: early media, then 200 from another party behind the PBX", async () => {
      const { talk, toPhone } = await callInProgress();
      expect(await talk.answer("b", avp(pbx))).toBe(toPhone);
      const other = await talk.answer("b", avp("10.0.0.9"));
      expect([portsOf(other), key(other)]).toEqual([portsOf(toPhone), key(toPhone)]);
    });

    test("after a refused UPDATE the answer of the INVITE may still be repeated", async () => {
      const { talk, toPhone } = await callInProgress();
      await talk.offer("a", savp(3));
      talk.media.rollback("c1");
      expect(await talk.answer("b", avp(pbx))).toBe(toPhone);
    });

    test("a stream the answer switches off stays off, and the other one has its ports", async () => {
      const talk = await open();
      const two = sdp(phone, "m=audio 4000 RTP/AVP 0", "m=video 4002 RTP/AVP 96");
      await talk.offer("a", two, plainPhone);
      const toPhone = await talk.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0", "m=video 0 RTP/AVP 96"));
      expect(linesOf(toPhone, "m=")[1]).toBe("video 0 RTP/AVP 96");
      expect(portsOf(toPhone)[0]).toBeGreaterThan(1_023);
    });

    test("a running call may switch every stream off, and on again", async () => {
      const { talk } = await callInProgress();
      expect(linesOf(await talk.offer("a", sdp(phone, "m=audio 0 RTP/SAVP 0")), "m=")).toEqual(["audio 0 RTP/SAVP 0"]);
      await talk.answer("b", sdp(pbx, "m=audio 0 RTP/AVP 0"));
      expect(talk.media.status()).toMatchObject({ calls: 1, portsInUse: 0 });
      expect(portsOf(await talk.offer("a", savp(1)))[0]).toBeGreaterThan(1_023);
      expect(portsOf(await talk.answer("b", avp(pbx)))[0]).toBeGreaterThan(1_023);
    });

    test("our session version rises when and only when what we write changes", async () => {
      const { talk, toPbx } = await callInProgress();
      const origin = (text: string) => linesOf(text, "o=")[0];
      expect(origin(await talk.offer("a", savp(1)))).toBe(origin(toPbx));
      talk.media.rollback("c1");
      const [, id, version] = origin(toPbx)?.split(" ") ?? [];
      const changed = origin(await talk.offer("a", savp(1, "a=sendonly")))?.split(" ") ?? [];
      expect([changed[1], Number(changed[2])]).toEqual([id, Number(version) + 1]);
    });

    test("closing twice, or what never was, is harmless, and an offer under way is given up", async () => {
      const { talk } = await callInProgress();
      for (const call of ["c1", "c1", "unknown"]) talk.media.close(call);
      talk.media.rollback("unknown");
      const offered = talk.offer("a", savp(1));
      talk.media.close("c1");
      expect(await offered).toBe("503 closed");
      expect(talk.media.status()).toMatchObject({ calls: 0, portsInUse: 0 });
    });
  });
  runChangeContract(name, start);
}
