/**
 * A connection to a syslog collector: TLS (RFC 5425), TCP with the same frames (RFC 6587 §3.4.1), or UDP with a message a
 * datagram (RFC 5426). Over TLS the certificate is always verified, and the name with it. What a collector says is not read.
 */
import { createSocket } from "node:dgram";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls } from "node:tls";
import type { Collector, CollectorEvents, CollectorTarget, OpenCollector } from "../logs/syslog/collector.ts";
import { readFrames } from "../logs/syslog/frames.ts";
import { unacknowledged } from "./unacknowledged.ts";

/** To be connected and to have shaken hands. */
const mostConnectMs = 10_000;
/** After which a connection that was ended in peace is ended anyway. */
const mostGoodbyeMs = 1_000;

export const openCollector: OpenCollector = (target, events) =>
  target.url.transport === "udp" ? overDatagrams(target, events) : overStream(target, events);

function overStream(target: CollectorTarget, events: CollectorEvents): Collector {
  const socket = target.url.transport === "tls" ? secured(target) : connectTcp(target.url);
  let over = false;
  let why = "the collector closed the connection";
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  const late = setTimeout(() => socket.destroy(new Error("no connection in time")), mostConnectMs);
  socket.once(target.url.transport === "tls" ? "secureConnect" : "connect", () => {
    clearTimeout(late);
    if (!over) events.onUp();
  });
  socket.on("drain", () => {
    if (!over) events.onRoom();
  });
  socket.on("error", (error) => {
    why = error.message;
  });
  socket.on("close", () => {
    clearTimeout(late);
    if (!over) events.onDown(why);
    over = true;
  });
  socket.resume();
  return {
    send: (frames) => socket.write(frames),
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

function secured({ url, ca, pair }: CollectorTarget): Socket {
  return connectTls({
    host: url.host,
    port: url.port,
    minVersion: "TLSv1.2",
    ...(isIP(url.host) === 0 && { servername: url.host }),
    ...(ca !== undefined && { ca }),
    ...pair,
    // For an address too, whatever name the connection has.
    checkServerIdentity: (_name, certificate) => checkServerIdentity(url.host, certificate),
  });
}

function overDatagrams({ url }: CollectorTarget, events: CollectorEvents): Collector {
  const socket = createSocket(url.host.includes(":") ? "udp6" : "udp4");
  let over = false;
  let connected = false;
  const end = (): void => {
    over = true;
    socket.close();
  };
  const fail = (error: Error): void => {
    if (over) return;
    end();
    events.onDown(error.message);
  };
  socket.on("error", fail);
  socket.connect(url.port, url.host, () => {
    if (over) return;
    connected = true;
    events.onUp();
  });
  return {
    send(frames) {
      if (!connected || over) return false;
      for (const message of readFrames(frames).messages) {
        socket.send(message, (error) => {
          if (error !== null) fail(error);
        });
      }
      return true;
    },
    unacknowledged: async () => 0,
    close() {
      if (!over) end();
    },
  };
}
