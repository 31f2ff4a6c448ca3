/** A port for a socket whose number must be known before it is opened. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below what the kernel gives to sockets that do not care: nobody else takes it in between by chance; between the media ports of files here. */
const FIRST = 20_100;
const LAST = 29_899;

/** Begun anywhere, so that files that run at the same time do not meet; then one after the other, so that no file is given a port twice. */
let next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

export async function freePort(host = "127.0.0.1"): Promise<number> {
  for (let attempt = 0; attempt <= LAST - FIRST; attempt++) {
    const port = next;
    next = port === LAST ? FIRST : port + 1;
    if ((await isFree(createServer().listen(port, host))) && (await isFree(udp(port, host)))) return port;
  }
  throw new Error(`no port is free on ${host}`);
}

function udp(port: number, host: string) {
  return createSocket(host.includes(":") ? "udp6" : "udp4").bind({ port, address: host, exclusive: true });
}

async function isFree(socket: ReturnType<typeof udp> | ReturnType<typeof createServer>): Promise<boolean> {
  try {
    await once(socket, "listening");
  } catch {
    return false;
  }
  const closed = once(socket, "close");
  socket.close();
  await closed;
  return true;
}
