import { expect, test } from "vitest";
import { connected, offer, startLab, within } from "./conversation.ts";
import { answerTo, bodyOf, field } from "./phone.ts";

const sdp = "Content-Type: application/sdp";
const isUpdate = (text: string): boolean => (field(text, "CSeq") ?? "").endsWith("UPDATE");

test("UPDATE without SDP is a keep-alive; with it 488, as nothing says more", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  within(call, ok, "UPDATE", 2);
  await alice.next("200", isUpdate);
  within(call, ok, "UPDATE", 3, [], offer(alice.port + 1));
  await alice.next("488");
  expect(bob.queued).toEqual([]);
  alice.close();
  bob.close();
  await pbx.stop();
});

test("with the knob an offer in UPDATE goes to the far leg, and what that says comes back", async () => {
  const pbx = await startLab({ knobs: { updateOffer: "forward" } });
  const { alice, bob, call, ok } = await connected(pbx);
  within(call, ok, "UPDATE", 2, [], offer(alice.port + 1, "a=sendonly\r\n"));
  const asked = await bob.next("UPDATE");
  expect(bodyOf(asked)).toContain("a=sendonly");
  bob.send(answerTo(asked, "200 OK", [sdp]), offer(bob.port + 1, "a=recvonly\r\n"));
  expect(bodyOf(await alice.next("200", isUpdate))).toContain("a=recvonly");
  within(call, ok, "UPDATE", 3, [], offer(alice.port + 1));
  bob.send(answerTo(await bob.next("UPDATE"), "488 Not Acceptable Here"));
  await alice.next("488");
  expect(pbx.calls().map((c) => c.state)).toEqual(["answered"]);
  alice.close();
  bob.close();
  await pbx.stop();
});
