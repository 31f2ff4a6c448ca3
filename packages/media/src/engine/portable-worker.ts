/** Entry of a packet thread: commands in, events out. Everything else is packet-table.ts. */
import { getPriority, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { EngineCommand, EngineEvent } from "./engine.ts";
import { PacketTable } from "./packet-table.ts";

const port = parentPort;
if (port === null) throw new Error("portable-worker.ts is the entry of a worker thread");

/** As native threads have it (native/processors.cc). On Linux 0 is the calling thread. */
const wantedNice = -10;
try {
  if (getPriority(0) > wantedNice) setPriority(0, wantedNice);
} catch {
  // The system grants no more: it goes on with what it has.
}
(workerData as Int8Array)[0] = getPriority(0);

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

function report(): void {
  table.report();
  setTimeout(report, table.reportMs).unref();
}
setTimeout(report, table.reportMs).unref();
