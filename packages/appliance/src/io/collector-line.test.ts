import { createSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { type Made, makeCertificate } from "../../../../test/support/certificates.ts";
import type { Line, LinePlace } from "../collectors/line.ts";
import { openLine } from "./collector-line.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A collector of the test: what it is sent, and its connections. */
async function serve(make: (onSocket: (socket: Socket) => void) => Server) {
  let text = "";
  const sockets: Socket[] = [];
  const watching = new Set<() => void>();
  const server = make((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      for (const look of watching) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const got = (wanted: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (text === wanted) resolve();
      };
      watching.add(look);
      look();
    });
  return { port, sockets, got };
}

/** The first thing that is said about a connection. */
function connect(place: Partial<LinePlace> & { readonly port: number }) {
  let line: Line | undefined;
  const said = new Promise<string>((resolve) => {
    line = openLine(
      { transport: "tls", host: "127.0.0.1", ca: undefined, pair: undefined, ...place },
      { onUp: () => resolve("up"), onRoom: () => undefined, onDown: resolve },
    );
    closing.push(() => line?.close());
  });
  return { said, send: (text: string) => line?.write(Buffer.from(text)), line: () => line };
}

const authority = (): Promise<Made> => makeCertificate({ authority: true });
const tlsServer = (made: Made, options: object = {}) =>
  serve((onSocket) =>
    createTlsServer({ cert: made.cert, key: made.key, ...options }, onSocket).on("tlsClientError", () => undefined),
  );

test("over TCP octets arrive as they were sent", async () => {
  const { port, got } = await serve(createServer);
  const { said, send } = connect({ port, transport: "tcp" });
  expect(await said).toBe("up");
  send("one");
  send("two");
  await got("onetwo");
});

test("over TLS a collector whose certificate carries its name is trusted, by RFC 5425 §5.2", async () => {
  const root = await authority();
  const { port, got } = await tlsServer(await makeCertificate({ by: root, names: ["127.0.0.1"] }));
  const { said, send } = connect({ port, ca: root.cert });
  expect(await said).toBe("up");
  send("secret");
  await got("secret");
});

test("threat L9: a collector with the certificate of another name, of nobody known, or of the past gets no line", async () => {
  const root = await authority();
  const wrong = [
    await makeCertificate({ by: root, names: ["other.example.com"] }),
    await makeCertificate({ names: ["127.0.0.1"] }),
    await makeCertificate({ by: root, names: ["127.0.0.1"], days: -1 }),
  ];
  for (const made of wrong) {
    const { port } = await tlsServer(made);
    expect(await connect({ port, ca: root.cert }).said).not.toBe("up");
  }
});

test("a collector that asks for a certificate is shown ours", async () => {
  const root = await authority();
  const made = await makeCertificate({ by: root, names: ["127.0.0.1"] });
  const ours = await makeCertificate({ by: root, names: ["sbc.example.com"] });
  const { port, got } = await tlsServer(made, { ca: root.cert, requestCert: true, rejectUnauthorized: true });
  const { said, send } = connect({ port, ca: root.cert, pair: { cert: ours.cert, key: ours.key } });
  expect(await said).toBe("up");
  send("known");
  await got("known");
});

test("a collector that goes away is noticed", async () => {
  const { port, sockets, got } = await serve(createServer);
  let down: (why: string) => void = () => undefined;
  const gone = new Promise<string>((resolve) => {
    down = resolve;
  });
  const line = openLine(
    { transport: "tcp", host: "127.0.0.1", port, ca: undefined, pair: undefined },
    { onUp: () => line.write(Buffer.from("x")), onRoom: () => undefined, onDown: down },
  );
  await got("x");
  for (const socket of sockets) socket.destroy();
  expect(await gone).not.toBe("");
});

test("nobody there is said, not thrown", async () => {
  const { port } = await serve(createServer);
  for (const close of closing.splice(0)) close();
  expect(await connect({ port, transport: "tcp" }).said).toContain("ECONNREFUSED");
});

test.runIf(process.platform === "linux")("what a collector does not read is not acknowledged for good", async () => {
  const { port, sockets } = await serve(createServer);
  const { said, send, line } = connect({ port, transport: "tcp" });
  expect(await said).toBe("up");
  for (const socket of sockets) socket.pause();
  expect(await line()?.unacknowledged()).toBe(0);
  send("x".repeat(33_554_432));
  expect(await line()?.unacknowledged()).toBeGreaterThan(1_000_000);
});

test("over UDP each piece is a datagram", async () => {
  const server = createSocket("udp4");
  const datagrams: string[] = [];
  const two = new Promise<void>((resolve) => {
    server.on("message", (bytes) => {
      datagrams.push(String(bytes));
      if (datagrams.length === 2) resolve();
    });
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const { said, send } = connect({ port: server.address().port, transport: "udp" });
  expect(await said).toBe("up");
  send("one");
  send("two");
  await two;
  expect(datagrams.toSorted()).toEqual(["one", "two"]);
});
