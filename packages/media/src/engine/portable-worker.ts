/** Entry of a packet thread: commands in, events out. Everything else is packet-table.ts. */
import { parentPort } from "node:worker_threads";
import type { EngineCommand, EngineEvent } from "./engine.ts";
import { PacketTable } from "./packet-table.ts";

/** Often enough for the watchdog and the metrics, rare enough to cost nothing. */
const reportMs = 500;

const port = parentPort;
if (port === null) throw new Error("portable-worker.ts is the entry of a worker thread");

/** Both pairs of a call open in one turn: one message says so. */
const outbox: EngineEvent[] = [];
const table = new PacketTable(
  (events: readonly EngineEvent[]) => {
    if (outbox.length === 0) setImmediate(() => port.postMessage(outbox.splice(0)));
    outbox.push(...events);
  },
  () => performance.now(),
);
port.on("message", (commands: readonly EngineCommand[]) => table.submit(commands));
setInterval(() => table.report(), reportMs).unref();
