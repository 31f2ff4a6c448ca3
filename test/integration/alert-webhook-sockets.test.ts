/** A message about an alert, to a real HTTPS server. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { postWebhook, type WebhookPlace } from "../../packages/appliance/src/io/webhook.ts";
import { makeCertificate } from "../support/certificates.ts";

const authority = await makeCertificate({ authority: true });
const identity = await makeCertificate({ by: authority, names: ["127.0.0.1"] });

let server: Server;
let base: string;
let connections: Duplex[];
let requests: { readonly url: string; readonly body: string; readonly headers: IncomingMessage["headers"] }[];
let serve: (response: ServerResponse) => void;

beforeEach(async () => {
  [connections, requests] = [[], []];
  serve = (response) => response.end();
  server = createServer({ cert: identity.cert, key: identity.key }, (request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      requests.push({ url: request.url ?? "", body, headers: request.headers });
      serve(response);
    });
  });
  server.on("connection", (socket) => {
    connections.push(socket);
    socket.on("error", () => undefined);
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const socket of connections) socket.destroy();
  server.close();
  await once(server, "close");
});

const body = JSON.stringify({ kind: "trunk-down", detail: "a \u00fc \u2028" });
const post = (more: Partial<WebhookPlace> = {}, deadlineMs = 20_000) =>
  postWebhook(
    { url: `${base}/alerts`, secret: "a key of this test", authorities: authority.cert, ...more },
    body,
    1_700_000_000,
    deadlineMs,
  );

test("a message is signed over its time and its body, as docs/alerts.md shows", async () => {
  expect(await post()).toEqual({ ok: true, said: "200 OK" });
  const mac = createHmac("sha256", "a key of this test").update(`1700000000.${body}`).digest("hex");
  expect(requests).toMatchObject([
    { url: "/alerts", body, headers: { "ringfence-signature": `t=1700000000,sha256=${mac}` } },
  ]);
});

test("without a secret it is not signed", async () => {
  await post({ secret: undefined });
  expect(requests[0]?.headers).not.toHaveProperty("ringfence-signature");
});

test("threat L14: a redirect leads nowhere", async () => {
  serve = (response) => response.writeHead(307, { location: `${base}/elsewhere` }).end();
  expect(await post()).toEqual({ ok: false, said: "307 Temporary Redirect; redirects are not followed" });
  expect(requests.map(({ url }) => url)).toEqual(["/alerts"]);
});

test("a certificate that nobody known has signed is not taken, and nothing is sent", async () => {
  const { ok, said } = await post({ authorities: undefined });
  expect([ok, said]).toEqual([false, expect.stringContaining("certificate")]);
  // A file of authorities that could not be read trusts nobody.
  expect(await post({ authorities: "" })).toMatchObject({ ok: false });
  expect(requests).toEqual([]);
});

test("a receiver that hangs is given up in time", async () => {
  serve = () => undefined;
  expect(await post({}, 500)).toEqual({ ok: false, said: "no answer in time" });
});

test("what the other side has against it is said, in one clean line, and not without end", async () => {
  serve = (response) => response.writeHead(403).end("no such hook\r\n\u001b[2J");
  expect(await post()).toEqual({ ok: false, said: "403 Forbidden: no such hook\\x0d\\x0a\\x1b[2J" });
  serve = (response) => {
    response.writeHead(500);
    const more = (): void => void (response.destroyed || response.write("x".repeat(1_024), more));
    more();
  };
  const { ok, said } = await post();
  expect([ok, said.length < 300]).toEqual([false, true]);
});

test("nobody there is said too", async () => {
  expect(await post({ url: "http://127.0.0.1:1/" })).toMatchObject({
    ok: false,
    said: expect.stringContaining("ECONNREFUSED"),
  });
});
