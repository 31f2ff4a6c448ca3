/** The octets of a record, whatever it is, to calls: a capture by its first octets, else a line a decision or a row of the records of calls. */
import type { Config } from "@ringfence/policy";
import { RingfenceError } from "@ringfence/policy";
import { CaptureCalls } from "./capture-calls.ts";
import { readDecisionLine } from "./decision-lines.ts";
import { readRecordRow } from "./record-rows.ts";
import type { RecordedCall } from "./recorded-call.ts";

/** A decision is shorter; what is longer is no line of ours. */
const LONGEST_LINE = 65_536;
const BRACE = 0x7b;

export interface RecordReader {
  /** @throws RingfenceError `not-a-record` */
  push(chunk: Uint8Array): readonly RecordedCall[];
  /** After the last push. */
  end(): readonly RecordedCall[];
  readonly capture: CaptureCalls["figures"] | undefined;
  readonly lines: { other: number; unreadable: number } | undefined;
}

/** @param first the octets that the record begins with */
export function recordReader(first: Uint8Array, configs: readonly Config[]): RecordReader {
  return first[0] === BRACE ? lineReader(configs[0]?.phones.domains[0] ?? "") : captureReader(configs);
}

function captureReader(configs: readonly Config[]): RecordReader {
  const calls = new CaptureCalls(configs);
  return {
    push(chunk) {
      const { calls: found, failure } = calls.push(chunk);
      if (failure === "not-a-capture") {
        const what = "it is no capture (pcap, pcapng) and no list of decisions or calls";
        throw new RingfenceError(
          "not-a-record",
          what,
          "Write one: tcpdump -w FILE, ./ringfence decisions --json or ./ringfence cdr --json.",
        );
      }
      return found;
    },
    end: () => [],
    capture: calls.figures,
    lines: undefined,
  };
}

function lineReader(domain: string): RecordReader {
  const lines = { other: 0, unreadable: 0 };
  const decoder = new TextDecoder();
  let rest = "";
  const read = (line: string): readonly RecordedCall[] => {
    if (line.trim() === "") return [];
    const decision = line.length > LONGEST_LINE ? "unreadable" : readDecisionLine(line);
    const call = decision === "unreadable" && line.length <= LONGEST_LINE ? readRecordRow(line, domain) : decision;
    if (typeof call !== "string") return [call];
    lines[call] += 1;
    return [];
  };
  return {
    push(chunk) {
      const [...whole] = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      // What is longer than a line can be is not held back for its end.
      rest = (whole.pop() ?? "").slice(0, LONGEST_LINE + 1);
      return whole.flatMap(read);
    },
    end: () => read(rest),
    capture: undefined,
    lines,
  };
}
