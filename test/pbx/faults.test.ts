import { connect } from "node:net";
import { expect, test } from "vitest";
import { answer, connected, invite, listener, patience, phoneOf, register, startLab, within } from "./conversation.ts";
import { answerTo, field } from "./phone.ts";

const isInvite = (text: string): boolean => (field(text, "CSeq") ?? "").endsWith("INVITE");

test("a restart resets TCP, and forgets registrations, nonces and calls", async () => {
  const pbx = await startLab({ transports: ["udp", "tcp"] });
  const { alice, bob } = await connected(pbx);
  const carol = await phoneOf(pbx, "tcp");
  await register(carol, "1003", { transport: "tcp" });
  pbx.restart();
  await carol.closed;
  expect(pbx.registrations()).toEqual([]);
  expect(pbx.counts()).toMatchObject({ calls: 0, legs: 0, ports: 0, serverTransactions: 0, clientTransactions: 0 });
  invite(alice, "1001", "600");
  await alice.next("403");
  alice.close();
  bob.close();
  await pbx.stop();
});

test("silence answers nothing, and forgets nothing", async () => {
  const pbx = await startLab();
  const phone = await phoneOf(pbx);
  await register(phone, "1001");
  pbx.set("silence", "on");
  invite(phone, "1001", "600");
  const seen = pbx.traffic().length;
  pbx.set("silence", "off");
  invite(phone, "1001", "600");
  await phone.next("200");
  expect(
    pbx
      .traffic()
      .slice(seen)
      .filter((t) => t.direction === "in" && t.text.startsWith("INVITE")),
  ).not.toHaveLength(0);
  phone.close();
  await pbx.stop();
});

test("503 for new requests, while dialogs go on", async () => {
  const pbx = await startLab();
  const { alice, bob, call, ok } = await connected(pbx);
  pbx.set("busy503", "on");
  invite(alice, "1001", "600");
  await alice.next("503");
  within(call, ok, "BYE", 2);
  await alice.next("200", (text) => field(text, "CSeq") === "2 BYE");
  alice.close();
  bob.close();
  await pbx.stop();
});

test("rport of the 200 to INVITE is the Contact port with the knob, the source port without; of 180 always the source port", async () => {
  for (const wrong of [true, false]) {
    const pbx = await startLab({ knobs: { wrongRport: wrong } });
    const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
    await register(alice, "1001");
    await register(bob, "1002");
    invite(alice, "1001", "1002", { contact: "<sip:1001@127.0.0.1:5071>" });
    const received = await bob.next("INVITE");
    bob.send(answerTo(received, "180 Ringing"));
    expect(field(await alice.next("180"), "Via")).toContain(`rport=${alice.port}`);
    answer(bob, received, "1002");
    const shown = field(await alice.next("200", isInvite), "Via")?.split("rport=")[1];
    expect(shown).toBe(wrong ? "5071" : String(alice.port));
    alice.close();
    bob.close();
    await pbx.stop();
  }
});

test("with duplicate200 the answer comes twice; without an ACK it comes again, and at last the call is ended", async () => {
  const pbx = await startLab({ knobs: { duplicate200: true, t1: 4 } });
  const phone = await phoneOf(pbx);
  await register(phone, "1001");
  invite(phone, "1001", "600");
  const first = await phone.next("200", isInvite);
  for (let i = 0; i < 3; i += 1) expect(await phone.next("200", isInvite)).toBe(first);
  expect(field(await phone.next("BYE"), "Call-ID")).toBe(field(first, "Call-ID"));
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0 });
  phone.close();
  await pbx.stop();
});

test("an ACK that gets lost: theirs makes us repeat the 200, ours makes them repeat it", async () => {
  const pbx = await startLab({ knobs: { lostAckReceived: 1, lostAckSent: 1, t1: 10 } });
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  const call = invite(alice, "1001", "1002");
  const received = await bob.next("INVITE");
  answer(bob, received, "1002");
  const ok = await alice.next("200", isInvite);
  within(call, ok, "ACK", 1);
  expect(await alice.next("200", isInvite)).toBe(ok);
  within(call, ok, "ACK", 1);
  expect(bob.queued.filter((text) => text.startsWith("ACK"))).toEqual([]);
  answer(bob, received, "1002");
  await bob.next("ACK");
  expect(pbx.calls().map((c) => c.state)).toEqual(["answered"]);
  alice.close();
  bob.close();
  await pbx.stop();
});

test("requests of ours are repeated over UDP until they are answered, and given up at last", async () => {
  const pbx = await startLab({ knobs: { t1: 5 } });
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  invite(alice, "1001", "1002");
  const first = await bob.next("INVITE");
  expect(await bob.next("INVITE")).toBe(first);
  await alice.next("408");
  await expect.poll(() => pbx.counts(), patience).toMatchObject({ calls: 0, legs: 0, ports: 0 });
  alice.close();
  bob.close();
  await pbx.stop();
});

test("a repeated request is answered with the same bytes and does nothing again", async () => {
  const pbx = await startLab();
  const phone = await phoneOf(pbx);
  await register(phone, "1001");
  const text = `OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP ${phone.host};branch=z9hG4bKsame;rport\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>\nCall-ID: o\nCSeq: 1 OPTIONS`;
  phone.send(text);
  const first = await phone.next("200");
  phone.send(text);
  expect(await phone.next("200")).toBe(first);
  phone.close();
  await pbx.stop();
});

test("100 is as late as the knob says, and left out when something else came first", async () => {
  const pbx = await startLab({ knobs: { slow100: 5 } });
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  invite(alice, "1001", "1002");
  const received = await bob.next("INVITE");
  await alice.next("100");
  bob.send(answerTo(received, "486 Busy Here"));
  await alice.next("486");
  invite(alice, "1001", "600");
  await alice.next("200", isInvite);
  expect(alice.queued.filter((text) => text.includes(" 100 "))).toEqual([]);
  alice.close();
  bob.close();
  await pbx.stop();
});

test("the black list drops in silence", async () => {
  const pbx = await startLab({ data: { reject: ["127.0.0.1"] } });
  const phone = await phoneOf(pbx, "udp");
  phone.send(
    `OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP ${phone.host};branch=z9hG4bKx\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>\nCall-ID: o\nCSeq: 1 OPTIONS`,
  );
  const other = await startLab();
  const witness = await phoneOf(other);
  await register(witness, "1001");
  expect([phone.queued, pbx.traffic()]).toEqual([[], []]);
  phone.close();
  witness.close();
  await other.stop();
  await pbx.stop();
});

test("decoys listen when asked, and count who comes", async () => {
  const pbx = await startLab({ knobs: { decoys: true, decoyPorts: "0,0" } });
  expect(pbx.decoyPorts).toHaveLength(2);
  for (const port of pbx.decoyPorts) {
    const socket = connect(port, "127.0.0.1");
    const page = await new Promise<string>((resolve) => {
      socket.once("data", (bytes) => resolve(bytes.toString()));
      socket.write("GET / HTTP/1.0\r\n\r\n");
    });
    expect(page).toContain("miniSIPServer");
    socket.destroy();
  }
  expect(pbx.decoyHits()).toBe(2);
  await pbx.stop();
});

test("TLS 1.2 and 1.3 with a certificate of its own, and a call between TLS and UDP", async () => {
  const pbx = await startLab({ transports: ["udp", "tls"] });
  const [alice, bob] = [await phoneOf(pbx, "tls"), await phoneOf(pbx)];
  expect(await register(alice, "1001", { transport: "tls" })).toContain(";transport=tls>");
  await register(bob, "1002");
  invite(alice, "1001", "1002", { transport: "tls" });
  answer(bob, await bob.next("INVITE"), "1002");
  const ok = await alice.next("200", isInvite);
  expect(field(ok, "Contact")).toBe(`<sip:1002@127.0.0.1:${listener(pbx, "tls").port};transport=tls>`);
  alice.close();
  bob.close();
  await pbx.stop();
});
