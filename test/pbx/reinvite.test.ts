import { expect, test } from "vitest";
import { answer, connected, invite, offer, patience, phoneOf, register, startLab, within } from "./conversation.ts";
import { answerTo, authorization, bodyOf, field } from "./phone.ts";

const isInvite = (text: string): boolean => (field(text, "CSeq") ?? "").endsWith("INVITE");

test("hold goes to the far leg with its direction, and resume after it", async () => {
  const pbx = await startLab();
  const { alice, bob, call, received, ok } = await connected(pbx);
  const steps = [
    { there: "a=sendonly", back: "a=recvonly" },
    { there: "a=sendrecv", back: "a=sendrecv" },
  ];
  for (const [i, { there, back }] of steps.entries()) {
    within(call, ok, "INVITE", 2 + i, [], offer(alice.port + 1, `${there}\r\n`));
    const second = await bob.next("INVITE");
    expect(field(second, "Call-ID")).toBe(field(received, "Call-ID"));
    expect(bodyOf(second)).toContain(there);
    answer(bob, second, "1002", offer(bob.port + 1, `${back}\r\n`));
    await bob.next("ACK");
    expect(bodyOf(await alice.next("200", isInvite))).toContain(back);
    within(call, ok, "ACK", 2 + i);
  }
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 1, ports: 2 });
  alice.close();
  bob.close();
  await pbx.stop();
});

test("the old hold, c=0.0.0.0, is passed on as sendonly", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  const held = offer(alice.port + 1)
    .split("c=IN IP4 127.0.0.1")
    .join("c=IN IP4 0.0.0.0");
  within(call, ok, "INVITE", 2, [], held);
  expect(bodyOf(await bob.next("INVITE"))).toContain("a=sendonly");
  alice.close();
  bob.close();
  await pbx.stop();
});

test("with the knob the PBX answers a hold itself", async () => {
  const pbx = await startLab({ knobs: { reinvite: "local" } });
  const { alice, bob, call, ok } = await connected(pbx);
  within(call, ok, "INVITE", 2, [], offer(alice.port + 1, "a=sendonly\r\n"));
  expect(bodyOf(await alice.next("200", isInvite))).toContain("a=recvonly");
  expect(bob.queued).toEqual([]);
  alice.close();
  bob.close();
  await pbx.stop();
});

test("a refused re-INVITE leaves the call as it was", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  within(call, ok, "INVITE", 2, [], offer(alice.port + 1));
  bob.send(answerTo(await bob.next("INVITE"), "488 Not Acceptable Here"));
  await alice.next("488");
  expect(pbx.calls().map((c) => c.state)).toEqual(["answered"]);
  alice.close();
  bob.close();
  await pbx.stop();
});

test("two re-INVITEs that cross: the second gets 491", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  within(call, ok, "INVITE", 2, [], offer(alice.port + 1));
  await bob.next("INVITE");
  within(call, ok, "INVITE", 3, [], offer(alice.port + 1));
  await alice.next("491");
  alice.close();
  bob.close();
  await pbx.stop();
});

test("V26: a re-INVITE that adds a stream is answered with BYE", async () => {
  const pbx = await startLab({ knobs: { addMedia: "bye" } });
  const { alice, bob, call, ok } = await connected(pbx);
  within(
    call,
    ok,
    "INVITE",
    2,
    [],
    offer(alice.port + 1, `m=video ${alice.port + 3} RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n`),
  );
  await Promise.all([alice.next("BYE"), bob.next("BYE")]);
  alice.close();
  bob.close();
  await pbx.stop();
});

test("V26: a re-INVITE is challenged with 407, the first INVITE is not", async () => {
  const pbx = await startLab({ knobs: { inviteAuth: "reinvite", digestUri: "strict" } });
  const { alice, bob, call, ok } = await connected(pbx);
  within(call, ok, "INVITE", 2, [], offer(alice.port + 1));
  const challenge = field(await alice.next("407"), "Proxy-Authenticate") ?? "";
  const uri = (field(ok, "Contact") ?? "").slice(1, -1);
  const loose = authorization(challenge, "1001", "secret-1001", "INVITE", "sip:other@pbx.example");
  within(call, ok, "INVITE", 3, [`Proxy-Authorization: ${loose}`], offer(alice.port + 1));
  const again = field(await alice.next("407"), "Proxy-Authenticate") ?? "";
  const proof = authorization(again, "1001", "secret-1001", "INVITE", uri);
  within(call, ok, "INVITE", 4, [`Proxy-Authorization: ${proof}`], offer(alice.port + 1));
  expect(bodyOf(await bob.next("INVITE"))).toContain("s=mss");
  alice.close();
  bob.close();
  await pbx.stop();
});

test("the first INVITE is challenged with the knob, and a wrong password does not pass", async () => {
  const pbx = await startLab({ knobs: { inviteAuth: "initial" } });
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  invite(alice, "1001", "1002");
  for (const password of ["guess", "secret-1001"]) {
    const challenge = field(await alice.next("407"), "Proxy-Authenticate") ?? "";
    const proof = authorization(challenge, "1001", password, "INVITE", "sip:1002@pbx.example");
    invite(alice, "1001", "1002", { extra: [`Proxy-Authorization: ${proof}`] });
  }
  await bob.next("INVITE");
  alice.close();
  bob.close();
  await pbx.stop();
});
