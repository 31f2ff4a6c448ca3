/** Threat L14: a token names a URL, and who sends it would choose where we connect. A real HTTPS server counts. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type CredentialPlace, createCredentialFetch, isFetchable } from "@ringfence/edge";
import type { Answer } from "@ringfence/sip";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeCertificate } from "../support/certificates.ts";

const authority = await makeCertificate({ authority: true });
const identity = await makeCertificate({ by: authority, names: ["certificates.example", "127.0.0.1"] });
const pem = "-----BEGIN CERTIFICATE-----\nany\n-----END CERTIFICATE-----\n";

let server: Server;
let port: number;
let connections: Duplex[];
let serve: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  connections = [];
  serve = (_request, response) => response.setHeader("cache-control", "public, max-age=600").end(pem);
  server = createServer({ cert: identity.cert, key: identity.key }, (request, response) => serve(request, response));
  server.on("connection", (socket) => {
    connections.push(socket);
    socket.on("error", () => undefined);
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of connections) socket.destroy();
  server.close();
  await once(server, "close");
});

/** A name server that says this, one list after the other. */
function names(...lists: readonly (readonly string[])[]) {
  const asked: string[] = [];
  return {
    asked,
    ask: async ({ type, name }: { readonly type: string; readonly name: string }): Promise<Answer> => {
      const list = lists[Math.min(asked.filter((one) => one.startsWith(`${type} `)).length, lists.length - 1)] ?? [];
      asked.push(`${type} ${name}`);
      const records = list.filter((address) => address.includes(":") === (type === "AAAA"));
      return { type: type === "A" ? "A" : "AAAA", ttlMs: 0, records };
    },
  };
}

const place = (more: Partial<CredentialPlace> = {}): CredentialPlace => {
  const path = more.path ?? "/signer.pem";
  const host = more.host ?? "certificates.example";
  return { url: `https://${host}:${port}${path}`, host, port, path, address: undefined, ca: "ca.pem", ...more };
};

const nobody = (): boolean => false;
const fetcher = (ask = names([]).ask, mayConnect: (address: string) => boolean = nobody, timeoutMs = 2_000) =>
  createCredentialFetch({ ask, mayConnect, authorities: () => authority.cert, timeoutMs });

test("a listed host with its address is fetched from, by its name", async () => {
  let shown = "";
  serve = (request, response) => {
    shown = request.headers.host ?? "";
    response.setHeader("cache-control", "public, max-age=600").end(pem);
  };
  const answer = await fetcher()(place({ address: "127.0.0.1" }));
  expect(answer).toEqual({ ok: true, pem, maxAgeMs: 600_000 });
  expect(shown).toBe(`certificates.example:${port}`);
});

test("so is a host that is an address", async () => {
  expect(await fetcher()(place({ host: "127.0.0.1", address: "127.0.0.1" }))).toMatchObject({ ok: true });
  expect(await fetcher()(place({ host: "127.0.0.2", address: "127.0.0.1" }))).toMatchObject({ ok: false });
});

describe("threat L14: a name that leads inside", () => {
  test.each([["127.0.0.1"], ["::1"], ["169.254.169.254"], ["10.0.0.5"], ["203.0.113.9", "127.0.0.1"]])(
    "is not connected to: %s",
    async (...addresses) => {
      const may = (address: string): boolean => isFetchable(address, { ownHosts: new Set(), pbxNodes: [] }, []);
      const answer = await fetcher(names(addresses).ask, may)(place());
      expect(answer).toMatchObject({ ok: false, why: "refused" });
      expect(connections).toHaveLength(0);
    },
  );
});

test("threat L14: DNS that changes its mind moves nothing: the name is resolved once, and that address is connected to", async () => {
  const dns = names(["192.0.2.77"], ["127.0.0.1"]);
  const answer = await fetcher(dns.ask, (address) => address === "192.0.2.77", 150)(place());
  expect(answer).toMatchObject({ ok: false, why: "unreachable" });
  expect(dns.asked).toEqual(["A certificates.example", "AAAA certificates.example"]);
  expect(connections).toHaveLength(0);
});

describe("threat L14: a server that answers otherwise", () => {
  const wanted = () => fetcher()(place({ address: "127.0.0.1" }));

  test("redirects are not followed", async () => {
    serve = (_request, response) => response.writeHead(302, { location: `https://127.0.0.1:${port}/other` }).end();
    expect(await wanted()).toMatchObject({ ok: false, detail: "the server answered 302" });
    expect(connections).toHaveLength(1);
  });

  test("a body that says it has 5 GB is not read at all", async () => {
    let left: Promise<unknown> | undefined;
    serve = (_request, response) => {
      left = once(response, "close");
      response.writeHead(200, { "content-length": String(5 * 2 ** 30) }).write(Buffer.alloc(1_024));
    };
    expect(await wanted()).toMatchObject({ ok: false, detail: "more than a certificate chain has" });
    await left;
  });

  test("a body without an end is left after 64 kB", async () => {
    let left: Promise<unknown> | undefined;
    let more = true;
    serve = (_request, response) => {
      left = once(response, "close").then(() => {
        more = false;
      });
      const pour = (): void => {
        while (more && response.write(Buffer.alloc(16_384)));
        if (more) response.once("drain", pour);
      };
      pour();
    };
    expect(await wanted()).toMatchObject({ ok: false, detail: "more than a certificate chain has" });
    await left;
  });

  test("silence and drops are ended by the deadline", async () => {
    serve = (_request, response) => response.write("-");
    const answer = await fetcher(undefined, nobody, 150)(place({ address: "127.0.0.1" }));
    expect(answer).toMatchObject({ ok: false, why: "unreachable" });
  });

  test("a body that is cut off is none", async () => {
    serve = (_request, response) => {
      response.writeHead(200, { "content-length": "1000" }).write("-");
      setImmediate(() => response.destroy());
    };
    expect(await wanted()).toMatchObject({ ok: false, why: "unreachable" });
  });

  test("another's certificate, or one of nobody known, ends it before a request is sent", async () => {
    let requests = 0;
    serve = (_request, response) => {
      requests++;
      response.end(pem);
    };
    const other = await fetcher()(place({ host: "other.example", address: "127.0.0.1" }));
    const unread = createCredentialFetch({ ask: names([]).ask, mayConnect: nobody, authorities: () => undefined });
    expect(other).toMatchObject({ ok: false, why: "unreachable" });
    expect(await fetcher()(place({ address: "127.0.0.1", ca: undefined }))).toMatchObject({
      ok: false,
      why: "unreachable",
    });
    expect(await unread(place({ address: "127.0.0.1" }))).toMatchObject({ ok: false, why: "unreachable" });
    expect(requests).toBe(0);
  });
});
