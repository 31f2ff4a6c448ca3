import { parentPort, workerData } from "node:worker_threads";
import { openRecordFile } from "@ringfence/store";

const { file } = workerData as { readonly file: string };
const book = openRecordFile(file);
try {
  parentPort?.postMessage(book.verify());
} finally {
  book.close();
}
