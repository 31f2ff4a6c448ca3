import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { auditPoints, grade } from "@ringfence/grade";
import { readEnvironment } from "../environment.ts";
import { loadEverything } from "../loading.ts";
import { gatherFacts, installed } from "./gather.ts";
import { viewOf } from "./machine-view.ts";
import type { AuditOrder } from "./own-audit.ts";

/** Of this thread and of the programs that it asks: calls come first (setpriority(2): on Linux a thread has its own). */
const lowest = 19;
setPriority(lowest);

const { file, text, stateDir, status, known } = workerData as AuditOrder;
// What is in force is looked at, whatever the file says by now.
const loaded = await loadEverything(file, readEnvironment(), async () => ({ cert: "", key: "" }), text);
const host = { stateDir, running: { status, known }, programs: installed, view: viewOf() };
parentPort?.postMessage(grade(auditPoints, gatherFacts({ loaded, host, node: process.version }, Date.now())));
