/** What Node.js may take of the machine's memory, where it would take more by itself. For the whole process, from now on. */
import { setDefaultHighWaterMark } from "node:stream";
import { setFlagsFromString } from "node:v8";

/**
 * How much garbage may lie about. V8 lets a heap grow to four times of what lives in it before it collects the old, where the machine has memory
 * for that: under a flood 830 MB for 110 MB that live. Half as much again costs a collection every few seconds, beside the work.
 */
const HEAP_GROWTH_PERCENT = 50;
/** What is read ahead of a connection that nobody has time for; of TLS it can be said only for all streams. Node.js takes four times that. */
const READ_AHEAD = 16 * 1024;

export function limitProcess(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  setDefaultHighWaterMark(false, READ_AHEAD);
}
