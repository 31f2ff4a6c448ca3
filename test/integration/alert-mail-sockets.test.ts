/** A mail about an alert, to a mail server that we did not write. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type MailPlace, sendMail } from "../../packages/appliance/src/io/mail.ts";
import { makeCertificate } from "../support/certificates.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";

const authority = await makeCertificate({ authority: true });
const identity = await makeCertificate({ by: authority, names: ["127.0.0.1"] });
const { cert, key } = identity;
const patient = 20_000;

let servers: MailServer[] = [];
let silent: Server | undefined;
let held: Socket[] = [];
afterEach(async () => {
  for (const server of servers) await server.close();
  for (const socket of held) socket.destroy();
  silent?.close();
  [servers, held, silent] = [[], [], undefined];
});

async function serving(...options: Parameters<typeof startMailServer>): Promise<MailServer> {
  const server = await startMailServer(...options);
  servers.push(server);
  return server;
}

function place({ port }: { readonly port: number }, more: Partial<MailPlace>): MailPlace {
  return {
    ...{ host: "127.0.0.1", port, security: "tls", user: undefined, password: undefined },
    ...{ from: "sbc@example.com", to: ["noc@example.com", "boss@example.com"], authorities: authority.cert },
    ...more,
  };
}

const mail = { subject: "[ringfence a] critical: A carrier", text: "new #1 telnyx\n.\n<b>no markup</b>\n" };

test.each([
  ["TLS from the first octet", { secure: true }, "tls"],
  ["STARTTLS", { secure: false }, "starttls"],
] as const)("a mail goes over %s, with the password of its user, to everybody", async (_what, options, security) => {
  const server = await serving({ ...options, cert, key }, "open sesame");
  const { ok, said } = await sendMail(place(server, { security, user: "sbc", password: "open sesame" }), mail, patient);
  expect([ok, said]).toEqual([true, expect.stringContaining("250")]);
  expect(server.mails).toMatchObject([
    { from: "sbc@example.com", to: ["noc@example.com", "boss@example.com"], secure: true, user: "sbc" },
  ]);
  const [{ text } = { text: "" }] = server.mails;
  expect(text).toContain("Auto-Submitted: auto-generated");
  expect(text).toContain("Content-Type: text/plain");
  expect(text).toContain("\r\n.\r\n<b>no markup</b>");
});

test("to a server on this machine it may go plain", async () => {
  const server = await serving({ disabledCommands: ["STARTTLS", "AUTH"] });
  expect(await sendMail(place(server, { security: "plain" }), mail, patient)).toMatchObject({ ok: true });
  expect(server.mails).toMatchObject([{ secure: false }]);
});

test("threat downgrade: a server that offers no STARTTLS gets neither mail nor password", async () => {
  const server = await serving({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true }, "open sesame");
  const wish = place(server, { security: "starttls", user: "sbc", password: "open sesame" });
  expect(await sendMail(wish, mail, patient)).toMatchObject({ ok: false });
  expect([server.mails, server.tried]).toEqual([[], []]);
});

test("a certificate of somebody else is not taken, and gets no password", async () => {
  for (const security of ["tls", "starttls"] as const) {
    const server = await serving({ secure: security === "tls", cert, key }, "open sesame");
    const wish = place(server, { security, user: "sbc", password: "open sesame", authorities: undefined });
    const { ok, said } = await sendMail(wish, mail, patient);
    expect([ok, said]).toEqual([false, expect.stringContaining("certificate")]);
    expect([server.mails, server.tried]).toEqual([[], []]);
  }
});

test("what the server has against it is said", async () => {
  const server = await serving({ secure: true, cert, key }, "open sesame");
  const { ok, said } = await sendMail(place(server, { user: "sbc", password: "wrong" }), mail, patient);
  expect([ok, said]).toEqual([false, expect.stringContaining("wrong password")]);
});

test("threat header injection: whatever stands in a subject is one line of it", async () => {
  const server = await serving({ secure: true, cert, key });
  const subject = "a\r\nBcc: x@y.example\r\n\r\nbody\u2028";
  await sendMail(place(server, {}), { subject, text: "" }, patient);
  const [{ text, to } = { text: "", to: [] }] = server.mails;
  expect(to).toEqual(["noc@example.com", "boss@example.com"]);
  const head = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
  expect(head.filter((line) => line.toLowerCase().startsWith("bcc"))).toEqual([]);
});

test("a server that says nothing is given up in time", async () => {
  silent = createServer((socket) => void held.push(socket));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  expect(await sendMail(place({ port }, { security: "plain" }), mail, 300)).toMatchObject({ ok: false });
});
