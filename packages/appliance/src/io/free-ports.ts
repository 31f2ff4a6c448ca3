/** Finds ports for the demo's inner parts, which may sit anywhere. Somebody else could take one before it is used: then the start says so. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** A port that is free for UDP and TCP on the address; the kernel chooses. */
export async function freePort(address: string): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = await tryTcp(address, 0);
    if (port !== undefined && (await tryUdp(address, port))) return port;
  }
  throw new Error(`no port is free on ${address}`);
}

export async function isTcpPortFree(address: string, port: number): Promise<boolean> {
  return (await tryTcp(address, port)) !== undefined;
}

/** The first range of `size` UDP ports at or above `first` in which a sample of ports is free. Even start: RTP, then RTCP. */
export async function freeUdpRange(
  address: string,
  first: number,
  size: number,
): Promise<{ readonly first: number; readonly last: number }> {
  for (let start = first; start + size < 32_768; start += size) {
    const sample = [0, 0.25, 0.5, 0.75].map((part) => start + 2 * Math.floor((size * part) / 2));
    const free = await Promise.all(sample.map((port) => tryUdp(address, port)));
    if (!free.includes(false)) return { first: start, last: start + size - 1 };
  }
  throw new Error(`no range of ${size} UDP ports is free on ${address}`);
}

function tryTcp(address: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(undefined));
    server.listen(port, address, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : undefined));
    });
  });
}

function tryUdp(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.on("error", () => resolve(false));
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
