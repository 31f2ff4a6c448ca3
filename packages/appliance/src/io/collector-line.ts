/**
 * A connection to a collector: TLS, TCP or UDP. Over TLS the certificate is always verified, and the name with it (RFC 5425 §5.2).
 * What a collector says is not read, and none keeps a process alive that is done.
 */
import { createSocket } from "node:dgram";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Line, LineEvents, LinePlace, OpenLine } from "../collectors/line.ts";
import { unacknowledged } from "./unacknowledged.ts";

/** To be connected and to have shaken hands. */
const mostConnectMs = 10_000;
/** After which a connection that was ended in peace is ended anyway. */
const mostGoodbyeMs = 1_000;
const keepAliveMs = 30_000;

export const openLine: OpenLine = (place, events) =>
  place.transport === "udp" ? overDatagrams(place, events) : overStream(place, events);

function overStream(place: LinePlace, events: LineEvents): Line {
  const socket = place.transport === "tls" ? secured(place) : connectTcp(place);
  let over = false;
  let why = "it closed the connection";
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  socket.unref();
  const late = setTimeout(() => socket.destroy(new Error("no connection in time")), mostConnectMs).unref();
  socket.once(place.transport === "tls" ? "secureConnect" : "connect", () => {
    clearTimeout(late);
    if (!over) events.onUp();
  });
  socket.on("drain", () => {
    if (!over) events.onRoom();
  });
  socket.on("error", (error) => {
    why = reasonOf(error);
  });
  socket.on("close", () => {
    clearTimeout(late);
    if (!over) events.onDown(why);
    over = true;
  });
  socket.resume();
  return {
    write: (octets) => socket.write(octets),
    waiting: () => socket.writableLength,
    async unacknowledged() {
      const queued = await unacknowledged(socket);
      return queued === undefined ? undefined : queued + socket.writableLength;
    },
    close() {
      over = true;
      clearTimeout(late);
      goodbye(socket);
    },
  };
}

/** RFC 5425 §4.4: close_notify before the end. */
function goodbye(socket: Socket): void {
  if (socket.connecting || socket.destroyed) return void socket.destroy();
  socket.end();
  setTimeout(() => socket.destroy(), mostGoodbyeMs).unref();
}

/** An address is held against the certificate as a name is, but cannot be asked for by name (RFC 6066 §3). */
function secured({ host, port, ca, pair }: LinePlace): Socket {
  return connectTls({
    host,
    port,
    minVersion: "TLSv1.2",
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca }),
    ...pair,
  });
}

/** Connected, so that the system says when nobody is there, and a name is looked up once. */
function overDatagrams({ host, port }: LinePlace, events: LineEvents): Line {
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4").unref();
  let over = false;
  const close = (): void => {
    if (!over) socket.close();
    over = true;
  };
  const fail = (error: Error): void => {
    if (over) return;
    close();
    events.onDown(reasonOf(error));
  };
  socket.on("error", fail);
  socket.on("connect", () => {
    if (!over) events.onUp();
  });
  socket.connect(port, host);
  return {
    write(octets) {
      if (!over) socket.send(octets, (error) => error !== null && fail(error));
      return !over;
    },
    waiting: () => (over ? 0 : socket.getSendQueueSize()),
    unacknowledged: async () => 0,
    close,
  };
}

/** Its code: a message may hold what stands in the certificate of somebody else. */
function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}
