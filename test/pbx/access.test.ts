import { createSocket } from "node:dgram";
import { expect, test } from "vitest";
import { answer, invite, type LabOptions, patience, phoneOf, register, requestText, startLab } from "./conversation.ts";
import { authorization, bodyOf, field, newId, type Phone } from "./phone.ts";

/** A phone and a stand-in that trusts exactly that phone's port as a trunk. */
async function trunkLab(trunk: object, options: LabOptions = {}) {
  const probe = createSocket("udp4");
  const port = await new Promise<number>((resolve) => probe.bind(0, "127.0.0.1", () => resolve(probe.address().port)));
  const pbx = await startLab({
    ...options,
    data: { trunks: [{ name: "t", address: "127.0.0.1", port, ...trunk }], ...options.data },
  });
  const messages: string[] = [];
  probe.on("message", (bytes) => messages.push(bytes.toString("latin1")));
  const to = pbx.listening[0]?.port ?? 0;
  const send = (text: string, body: string) =>
    probe.send(`${text.split("\n").join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`, to, "127.0.0.1");
  return { pbx, port, messages, send, close: () => probe.close() };
}

const stop = async (pbx: { stop(): Promise<void> }, ...phones: readonly Phone[]): Promise<void> => {
  for (const phone of phones) phone.close();
  await pbx.stop();
};

test("an INVITE from nobody we know is refused as the knob says, or not answered at all", async () => {
  for (const status of ["403", "404", "401"] as const) {
    const pbx = await startLab({ knobs: { unknownSource: status } });
    const stranger = await phoneOf(pbx);
    invite(stranger, "1001", "600");
    await stranger.next(status);
    await stop(pbx, stranger);
  }
  const pbx = await startLab({ knobs: { unknownSource: "silent", slow100: 60_000 } });
  const stranger = await phoneOf(pbx);
  invite(stranger, "1001", "600");
  await register(stranger, "1001");
  expect(stranger.queued).toEqual([]);
  await stop(pbx, stranger);
});

test("with 401 a stranger who knows the password may call", async () => {
  const pbx = await startLab({ knobs: { unknownSource: "401" } });
  const stranger = await phoneOf(pbx);
  invite(stranger, "1001", "600");
  const challenge = field(await stranger.next("401"), "WWW-Authenticate") ?? "";
  const proof = authorization(challenge, "1001", "secret-1001", "INVITE", "sip:600@pbx.example");
  invite(stranger, "1001", "600", { extra: [`Authorization: ${proof}`] });
  await stranger.next("200");
  await stop(pbx, stranger);
});

test("a registered phone may call as itself only; from another port it is a stranger unless sources match by address", async () => {
  const pbx = await startLab();
  const [alice, mallory] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  invite(alice, "1002", "600");
  await alice.next("403");
  invite(mallory, "1001", "600");
  await mallory.next("403");
  expect(pbx.set("sourceMatch", "ip")).toBeUndefined();
  invite(mallory, "1001", "600");
  await mallory.next("200");
  await stop(pbx, alice, mallory);
});

test("a trusted trunk calls extensions without credentials, with sip: and with tel:", async () => {
  const lab = await trunkLab({});
  const bob = await phoneOf(lab.pbx);
  await register(bob, "1002");
  for (const uri of ["sip:1002@pbx.example", "tel:1002"]) {
    const peer = { host: `127.0.0.1:${lab.port}` } as Phone;
    const identity = { from: "<sip:+4930@carrier>;tag=1", to: `<${uri}>`, callId: newId(), seq: 1 };
    const extra = [`Contact: <sip:t@127.0.0.1:${lab.port}>`];
    lab.send(requestText(peer, { method: "INVITE", uri, ...identity, extra }), "");
    expect(field(await bob.next("INVITE"), "From")).toContain("<sip:+4930@");
  }
  lab.close();
  await stop(lab.pbx, bob);
});

test("prefix 9 leaves through the trunk, with its own caller number, tel: and parameter", async () => {
  const lab = await trunkLab({ tel: true, uriParam: "tgrp=7", callerNumber: "+49301" });
  const alice = await phoneOf(lab.pbx);
  await register(alice, "1001");
  invite(alice, "1001", "90301234567");
  await expect.poll(() => lab.messages.length, patience).toBe(1);
  const [sent = ""] = lab.messages;
  expect(sent.split("\r\n")[0]).toBe("INVITE tel:0301234567;tgrp=7 SIP/2.0");
  expect(field(sent, "From")).toContain('"+49301"<sip:+49301@');
  expect(bodyOf(sent)).toContain("s=mss");
  lab.close();
  await stop(lab.pbx, alice);
});

test("limits of users, trunks and call levels refuse with the status of the knob", async () => {
  const accounts = [
    { user: "1001", password: "secret-1001", maxCalls: 1 },
    { user: "1002", password: "secret-1002", outgroup: false },
  ];
  const lab = await trunkLab({ maxOut: 0 }, { data: { accounts }, knobs: { limitStatus: "503" } });
  const [alice, bob] = [await phoneOf(lab.pbx), await phoneOf(lab.pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  invite(bob, "1002", "9123");
  await bob.next("503");
  invite(alice, "1001", "9123");
  await alice.next("503");
  invite(alice, "1001", "600");
  await alice.next("200");
  invite(alice, "1001", "600");
  await alice.next("503");
  lab.close();
  await stop(lab.pbx, alice, bob);
});

test("the longest prefix wins", async () => {
  const routes = [
    { prefix: "1", to: "local" },
    { prefix: "00", strip: 2, to: "trunk:t" },
    { prefix: "004", strip: 0, to: "local" },
  ];
  const lab = await trunkLab({}, { data: { routes } });
  const alice = await phoneOf(lab.pbx);
  await register(alice, "1001");
  invite(alice, "1001", "0049");
  await alice.next("404");
  invite(alice, "1001", "0033");
  await expect.poll(() => lab.messages.length, patience).toBe(1);
  expect(lab.messages[0]).toContain("INVITE sip:33@127.0.0.1");
  lab.close();
  await stop(lab.pbx, alice);
});

test("a page MESSAGE with a body reaches the extension, one without is 481", async () => {
  const pbx = await startLab();
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  const identity = { from: "<sip:1001@x>;tag=1", to: "<sip:1002@x>", seq: 1 };
  const message = { method: "MESSAGE", uri: "sip:1002@x", ...identity };
  alice.send(requestText(alice, { ...message, callId: newId() }));
  await alice.next("481");
  alice.send(requestText(alice, { ...message, callId: newId(), extra: ["Content-Type: text/plain"] }), "hello");
  const received = await bob.next("MESSAGE");
  expect(bodyOf(received)).toBe("hello");
  answer(bob, received, "1002");
  await alice.next("200");
  await stop(pbx, alice, bob);
});
