/** The media contract of calls that change: hold and resume, new streams, fax; and how its tests begin. */
import type { Media } from "@ringfence/media";
import { describe, expect, onTestFinished, test } from "vitest";
import { coreLeg, keyText, linesOf, portsOf, sdp } from "../../packages/media/src/media-bench.ts";
import { avp, cryptos, key, pbx, phone, plainPhone, savp, suite80, Talk } from "./media-talk.ts";

/** @param start media without a call; it is stopped after each test */
export function talksOn(start: () => Promise<Media>) {
  const open = async (): Promise<Talk> => {
    const media = await start();
    onTestFinished(() => media.stop());
    return new Talk(media);
  };
  /** A phone on SRTP in a call with the PBX. */
  const callInProgress = async () => {
    const talk = await open();
    const toPbx = await talk.offer("a", savp(1));
    const toPhone = await talk.answer("b", avp(pbx));
    return { talk, toPbx, toPhone };
  };
  return { open, callInProgress };
}

export function runChangeContract(name: string, start: () => Promise<Media>): void {
  const { open, callInProgress } = talksOn(start);
  describe(`media contract, changes: ${name}`, () => {
    test("hold and resume: the direction crosses, ports and keys stay", async () => {
      const { talk, toPbx, toPhone } = await callInProgress();
      const held = await talk.offer("a", savp(1, "a=sendonly"));
      expect(linesOf(held, "a=sendonly").length).toBe(1);
      expect(portsOf(held)).toEqual(portsOf(toPbx));
      const answer = await talk.answer("b", avp(pbx, "a=recvonly"));
      expect(linesOf(answer, "a=recvonly").length).toBe(1);
      expect([portsOf(answer), key(answer)]).toEqual([portsOf(toPhone), key(toPhone)]);
      expect(linesOf(await talk.offer("a", savp(1)), "a=sendrecv").length).toBe(1);
      expect(key(await talk.answer("b", avp(pbx)))).toBe(key(toPhone));
    });

    test("hold by c=0.0.0.0: the far side hears sendonly and a real address, and resume brings back what was", async () => {
      const { talk, toPbx, toPhone } = await callInProgress();
      const held = await talk.offer("a", savp(1).replaceAll(phone, "0.0.0.0"));
      expect(linesOf(held, "a=sendonly").length).toBe(1);
      expect(held).not.toContain("0.0.0.0");
      const answer = await talk.answer("b", avp(pbx, "a=recvonly"));
      expect(answer).not.toContain("0.0.0.0");
      expect(portsOf(answer)).toEqual(portsOf(toPhone));
      expect(portsOf(await talk.offer("a", savp(1)))).toEqual(portsOf(toPbx));
      expect(portsOf(await talk.answer("b", avp(pbx)))).toEqual(portsOf(toPhone));
    });

    test("the PBX puts the phone on hold, and the phone is shown the key it knows", async () => {
      const { talk, toPhone } = await callInProgress();
      const again = await talk.offer("b", avp(pbx, "a=inactive"));
      expect(linesOf(again, "a=inactive").length).toBe(1);
      expect([portsOf(again), cryptos(again).length, key(again)]).toEqual([portsOf(toPhone), 1, key(toPhone)]);
      expect(linesOf(await talk.answer("a", savp(1, "a=inactive")), "a=inactive").length).toBe(1);
    });

    test("a refused offer leaves what was agreed, also when it asked for a new stream", async () => {
      const { talk, toPbx, toPhone } = await callInProgress();
      const { portsInUse } = talk.media.status();
      const video = ["m=video 4002 RTP/SAVP 96", `a=crypto:1 ${suite80} inline:${keyText(8)}`];
      expect(portsOf(await talk.offer("a", savp(7, ...video))).length).toBe(2);
      talk.media.rollback("c1");
      expect(talk.media.status()).toMatchObject({ calls: 1, portsInUse });
      expect(portsOf(await talk.offer("a", savp(1)))).toEqual(portsOf(toPbx));
      const answer = await talk.answer("b", avp(pbx));
      expect([portsOf(answer), key(answer)]).toEqual([portsOf(toPhone), key(toPhone)]);
    });

    test("a new stream that is accepted has ports beside the old ones, which stay", async () => {
      const { talk, toPbx, toPhone } = await callInProgress();
      const video = ["m=video 4002 RTP/SAVP 96", `a=crypto:1 ${suite80} inline:${keyText(8)}`];
      const offered = await talk.offer("a", savp(1, ...video));
      expect(portsOf(offered)[0]).toBe(portsOf(toPbx)[0]);
      const answer = await talk.answer("b", avp(pbx, "m=video 5002 RTP/AVP 96"));
      expect(portsOf(answer)[0]).toBe(portsOf(toPhone)[0]);
      expect(portsOf(answer)[1]).toBeGreaterThan(1_023);
      expect(cryptos(answer).length).toBe(2);
    });

    test("a call becomes a fax over T.38 and a call again, where both sides may", async () => {
      const talk = await open();
      const [caller, called] = [
        { ...plainPhone, t38: true },
        { ...coreLeg, t38: true },
      ];
      const fax = (address: string, port: number) =>
        sdp(address, `m=image ${port} udptl t38`, "a=T38FaxVersion:0", "a=T38MaxBitRate:14400", "a=X-serial:1");
      await talk.offer("a", avp(phone), caller, called);
      await talk.answer("b", avp(pbx));
      const offered = await talk.offer("b", fax(pbx, 5002), caller, called);
      expect(linesOf(offered, "m=")[0]?.split(" ").slice(2)).toEqual(["udptl", "t38"]);
      expect(linesOf(offered, "a=T38")).toEqual(["FaxVersion:0", "MaxBitRate:14400"]);
      expect(offered).not.toContain("serial");
      talk.media.rollback("c1");
      expect(await talk.offer("b", fax(pbx, 5002), caller, called)).toContain("m=image");
      expect(portsOf(await talk.answer("a", fax(phone, 4002)))[0]).toBeGreaterThan(1_023);
      expect(linesOf(await talk.offer("a", avp(phone), caller, called), "m=")[0]).toContain("RTP/AVP 0");
      expect(portsOf(await talk.answer("b", avp(pbx)))[0]).toBeGreaterThan(1_023);
      expect(await talk.offer("a", fax(phone, 4002), plainPhone, coreLeg)).toBe("488 t38-not-allowed");
    });
  });
}
