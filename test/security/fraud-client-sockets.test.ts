/** Threat L14: what is asked of a fraud service over the network. A real HTTPS server counts. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createFraudClient, type FraudClient } from "@ringfence/edge";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeCertificate } from "../support/certificates.ts";

const authority = await makeCertificate({ authority: true });
const identity = await makeCertificate({ by: authority, names: ["127.0.0.1"] });

let server: Server;
let base: string;
let connections: Duplex[];
let requests: { readonly url: string; readonly body: string; readonly headers: IncomingMessage["headers"] }[];
let serve: (response: ServerResponse) => void;
let client: FraudClient | undefined;

beforeEach(async () => {
  connections = [];
  requests = [];
  serve = (response) => response.end('{"action":"allow"}');
  server = createServer({ cert: identity.cert, key: identity.key }, (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
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
  client?.close();
  for (const socket of connections) socket.destroy();
  server.close();
  await once(server, "close");
});

const patient = 20_000;

function asking(more: { deadlineMs?: number; authorities?: string } = {}): FraudClient {
  const place = {
    url: `${base}/calls`,
    deadlineMs: patient,
    secret: "a key of this test",
    authorities: authority.cert,
    ...more,
  };
  client = createFraudClient(
    () => place,
    () => 1_700_000_000_000,
  );
  return client;
}

test("a question is signed over its time and text, and its answer is read", async () => {
  expect(await asking().ask({ call: "1" })).toBe('{"action":"allow"}');
  const mac = createHmac("sha256", "a key of this test").update('1700000000.{"call":"1"}').digest("hex");
  expect(requests).toMatchObject([{ url: "/calls", body: '{"call":"1"}' }]);
  expect(requests[0]?.headers["ringfence-signature"]).toBe(`t=1700000000,sha256=${mac}`);
});

test("questions share connections: eight at most, whatever is asked at one time", async () => {
  const fraud = asking();
  const answers = await Promise.all(Array.from({ length: 40 }, (_, call) => fraud.ask({ call })));
  expect(new Set(answers)).toEqual(new Set(['{"action":"allow"}']));
  expect(connections.length).toBeLessThanOrEqual(8);
});

test("a redirect is no answer, and leads nowhere", async () => {
  serve = (response) => response.writeHead(302, { location: `${base}/elsewhere` }).end();
  expect(await asking().ask({})).toBeUndefined();
  expect(requests.map(({ url }) => url)).toEqual(["/calls"]);
});

test("an answer that does not end is cut off", async () => {
  serve = (response) => {
    const more = (): void => {
      while (!response.destroyed && response.write("x".repeat(1_000)));
      response.once("drain", more);
    };
    more();
  };
  expect(await asking().ask({})).toBeUndefined();
});

test("no answer in time is none", async () => {
  serve = () => undefined;
  expect(await asking({ deadlineMs: 50 }).ask({})).toBeUndefined();
});

test("a certificate of somebody else hears no question", async () => {
  const stranger = await makeCertificate({ authority: true });
  expect(await asking({ authorities: stranger.cert }).ask({ secret: 1 })).toBeUndefined();
  expect(requests).toEqual([]);
});
