import { expect, test } from "vitest";
import { connected, invite, offer, patience, phoneOf, register, startLab, within } from "./conversation.ts";
import { answerTo, bodyOf, field } from "./phone.ts";

const tagged = (value: string | undefined): string => (value ?? "").split(";tag=")[1] ?? "";

/** The dialog of the phone that received this INVITE and answered with `tag`, as a watcher is told of it. */
const replaces = (received: string, tag: string): string =>
  `Replaces: ${field(received, "Call-ID")};to-tag=${tagged(field(received, "From"))};from-tag=${tag}`;

const isInvite = (text: string): boolean => (field(text, "CSeq") ?? "").endsWith("INVITE");

test("pickup: a third phone takes a call that rings; the caller has it, and the ringing stops", async () => {
  const pbx = await startLab();
  const [alice, bob, carol] = [await phoneOf(pbx), await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  await register(carol, "1003");
  const call = invite(alice, "1001", "1002");
  const received = await bob.next("INVITE");
  bob.send(answerTo(received, "180 Ringing", [`Contact: <sip:1002@${bob.host}>`]));
  await alice.next("180");
  const picked = invite(carol, "1003", "1002", { extra: [replaces(received, "phonetag")] });
  const ok = await carol.next("200 OK", isInvite);
  expect(bodyOf(ok)).toContain("RTP/AVP 0 101");
  within(picked, ok, "ACK", 1);
  const answered = await alice.next("200 OK", isInvite);
  within(call, answered, "ACK", 1);
  bob.send(answerTo(await bob.next("CANCEL"), "200 OK"));
  bob.send(answerTo(received, "487 Request Terminated"));
  await bob.next("ACK");
  expect(pbx.calls()).toHaveLength(1);
  within(call, answered, "BYE", 2);
  carol.send(answerTo(await carol.next("BYE"), "200 OK"));
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
  for (const phone of [alice, bob, carol]) phone.close();
  await pbx.stop();
});

test("an answered call: the party that is replaced gets BYE, the other a re-INVITE", async () => {
  const pbx = await startLab();
  const { alice, bob, received } = await connected(pbx);
  const carol = await phoneOf(pbx);
  await register(carol, "1003");
  const taken = invite(carol, "1003", "1002", { extra: [replaces(received, "phonetag")] });
  const moved = await alice.next("INVITE");
  alice.send(
    answerTo(moved, "200 OK", [`Contact: <sip:1001@${alice.host}>`, "Content-Type: application/sdp"]),
    offer(alice.port + 1),
  );
  const ok = await carol.next("200 OK", isInvite);
  within(taken, ok, "ACK", 1);
  bob.send(answerTo(await bob.next("BYE"), "200 OK"));
  within(taken, ok, "BYE", 2);
  alice.send(answerTo(await alice.next("BYE"), "200 OK"));
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
  invite(carol, "1003", "1002", { extra: [replaces(received, "phonetag")] });
  await carol.next("481");
  for (const phone of [alice, bob, carol]) phone.close();
  await pbx.stop();
});
