import { createServer, type Server, type Socket } from "node:net";

/** The ports that a real one opens besides SIP: web admin 8080 and WebRTC 5062. Whoever gets through to them got past the border. */
export interface Decoys {
  readonly ports: readonly number[];
  readonly hits: number;
  stop(): Promise<void>;
}

const page = "HTTP/1.1 200 OK\r\nServer: miniSIPServer\r\nContent-Length: 14\r\n\r\nminiSIPServer\n";

const listen = (server: Server, port: number, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      const bound = server.address();
      resolve(bound !== null && typeof bound === "object" ? bound.port : port);
    });
  });

export async function startDecoys(address: string, wanted: readonly number[]): Promise<Decoys> {
  let hits = 0;
  const open = new Set<Socket>();
  const servers = wanted.map(() =>
    createServer((socket) => {
      hits += 1;
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => open.delete(socket));
      socket.once("data", () => socket.end(page));
    }),
  );
  const ports = await Promise.all(servers.map((server, index) => listen(server, wanted[index] ?? 0, address)));
  return {
    ports,
    get hits() {
      return hits;
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
  };
}
