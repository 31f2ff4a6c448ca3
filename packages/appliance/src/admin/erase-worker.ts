import { parentPort, workerData } from "node:worker_threads";
import { openRecordFile } from "@ringfence/store";
import { isAbout } from "../records/person.ts";

const { recordsFile, who } = workerData as { readonly recordsFile: string; readonly who: string };
const book = openRecordFile(recordsFile);
try {
  parentPort?.postMessage(book.erase((record) => isAbout(record, who), Date.now()));
} finally {
  book.close();
}
