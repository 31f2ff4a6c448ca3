import { expect, test } from "vitest";
import { invite, listener, patience, phoneOf, register, startLab } from "./conversation.ts";
import { answerTo, bodyOf, field, openPhone, quoted } from "./phone.ts";

/** The provider is a phone too: it is opened first, so that the line's "Via" address is known, and aimed at the stand-in later. */
const nowhere = { transport: "udp", address: "127.0.0.1", port: 9 } as const;

const lineOf = (port: number, more: object = {}) => ({
  lines: [
    {
      name: "l",
      number: "4930100",
      domain: "carrier.example",
      authUser: "4930100@carrier.example",
      password: "line-secret",
      owner: "1002",
      address: "127.0.0.1",
      port,
      ...more,
    },
  ],
});

test("a line registers through its Via address with one Call-ID and CSeq + 1, authorization user with domain", async () => {
  const carrier = await openPhone(nowhere);
  const pbx = await startLab({ data: lineOf(carrier.port) });
  carrier.aim(listener(pbx));
  const first = await carrier.next("REGISTER");
  expect(first.split("\r\n")[0]).toBe("REGISTER sip:carrier.example SIP/2.0");
  expect(field(first, "To")).toBe("<sip:4930100@carrier.example>");
  carrier.send(
    answerTo(first, "401 Unauthorized", ['WWW-Authenticate: Digest realm="carrier", nonce="n1", algorithm=MD5']),
  );
  const second = await carrier.next("REGISTER");
  expect(field(second, "Call-ID")).toBe(field(first, "Call-ID"));
  expect([field(first, "CSeq"), field(second, "CSeq")]).toEqual(["1 REGISTER", "2 REGISTER"]);
  expect(quoted(field(second, "Authorization") ?? "", "username")).toBe("4930100@carrier.example");
  expect(field(second, "Authorization")).toContain('opaque=""');
  carrier.send(answerTo(second, "200 OK", ["Expires: 60"]));
  await expect.poll(() => pbx.lines(), patience).toEqual([{ name: "l", registered: true, lastStatus: 200 }]);
  carrier.close();
  await pbx.stop();
});

test("gVarSipRegSameDialog=0: the next registration has another Call-ID", async () => {
  const carrier = await openPhone(nowhere);
  const pbx = await startLab({ data: lineOf(carrier.port), knobs: { sameRegisterCallId: false } });
  carrier.aim(listener(pbx));
  const first = await carrier.next("REGISTER");
  carrier.send(answerTo(first, "200 OK", ["Expires: 2"]));
  const second = await carrier.next("REGISTER", (text) => field(text, "CSeq") === "2 REGISTER");
  expect(field(second, "Call-ID")).not.toBe(field(first, "Call-ID"));
  carrier.close();
  await pbx.stop();
});

test("a call out has user=phone and +, answers 407, and repeats its credentials in the ACK; a call in rings the owner", async () => {
  const carrier = await openPhone(nowhere);
  const pbx = await startLab({ data: lineOf(carrier.port) });
  carrier.aim(listener(pbx));
  carrier.send(answerTo(await carrier.next("REGISTER"), "200 OK", ["Expires: 3600"]));
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  invite(alice, "1001", "9491234");
  const plain = await carrier.next("INVITE");
  expect(plain.split("\r\n")[0]).toBe("INVITE sip:+491234@carrier.example;user=phone SIP/2.0");
  expect(field(plain, "From")).toContain("<sip:4930100@carrier.example>");
  const challenge = 'Proxy-Authenticate: Digest realm="carrier", nonce="n2", qop="auth", opaque="o"';
  carrier.send(answerTo(plain, "407 Proxy Authentication Required", [challenge]));
  await carrier.next("ACK");
  const authorized = await carrier.next("INVITE");
  const proof = field(authorized, "Proxy-Authorization");
  expect(proof).toContain('opaque="o"');
  expect(proof).toContain("qop=auth, nc=00000001");
  expect(field(authorized, "Call-ID")).toBe(field(plain, "Call-ID"));
  const contact = `Contact: <sip:c@${carrier.host}>`;
  carrier.send(answerTo(authorized, "200 OK", [contact, "Content-Type: application/sdp"]), bodyOf(authorized));
  expect(field(await carrier.next("ACK"), "Proxy-Authorization")).toBe(proof);
  await alice.next("200");

  invite(carrier, "+4999", "4930100");
  expect(field(await bob.next("INVITE"), "From")).toContain("<sip:+4999@");
  for (const phone of [carrier, alice, bob]) phone.close();
  await pbx.stop();
});
