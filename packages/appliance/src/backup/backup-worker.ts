/** Entry of a thread that makes one backup and ends: no call waits while files are copied, hashed and encrypted. */
import { parentPort, workerData } from "node:worker_threads";
import { type BackupOrder, makeBackup } from "./make-backup.ts";

parentPort?.postMessage(await makeBackup(workerData as BackupOrder));
