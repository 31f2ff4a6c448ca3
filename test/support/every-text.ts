/**
 * What the product writes and prints about a scripted world, by how it is read: each form has its own idea of what is more than
 * text. An output that is added to the product gets a line here, or in every-output.ts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRecordFile, type StoredRecord } from "@ringfence/store";
import { asciiJson } from "../../packages/appliance/src/ascii-json.ts";
import { decisionLine } from "../../packages/appliance/src/commands/decisions.ts";
import { recordOf as pcapRecordOf } from "../../packages/appliance/src/commands/trace.ts";
import { explainDecision } from "../../packages/appliance/src/control/explain-desk.ts";
import { explainText } from "../../packages/appliance/src/explain-text.ts";
import { cleanText } from "../../packages/appliance/src/logs/clean-text.ts";
import { createMask } from "../../packages/appliance/src/logs/mask.ts";
import { recordOf } from "../../packages/appliance/src/records/call-record.ts";
import { headOf, lineOf } from "../../packages/appliance/src/records/record-text.ts";
import { HepCapture } from "../../packages/appliance/src/trace/hep-capture.ts";
import { LadderText } from "../../packages/appliance/src/trace/ladder-text.ts";
import { pcapHeader } from "../../packages/appliance/src/trace/pcap.ts";
import type { Seen } from "../../packages/appliance/src/trace/seen.ts";
import { traced } from "../../packages/appliance/src/trace/traced-message.ts";
import type { EdgeWorld } from "./edge-world.ts";
import { decodeHep } from "./hep-decoder.ts";
import { readPcap } from "./pcap.ts";

export interface EveryText {
  /** Of a terminal. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  /** Lines of JSON. */
  readonly json: ReadonlyMap<string, readonly string[]>;
  readonly csv: readonly string[];
  readonly records: readonly StoredRecord[];
  /** The messages as somebody else reads them out of what was captured; all of them but those that nobody could read. */
  readonly captured: ReadonlyMap<string, readonly string[]>;
  readonly messages: readonly string[];
}

/** @param seen the messages of the world, as whoever traces them sees them */
export function everyText(world: EdgeWorld, seen: readonly Seen[]): EveryText {
  const records = recorded(world);
  const { decisions } = world.core.decisionDesk(() => world.now).page(0, 10_000);
  const file = { name: "sbc.yaml", note: "in force", lineOf: () => undefined, trunks: ["carrier"] };
  const explained = decisions.map((decision) => explainDecision(decision, file));
  const ladder = new LadderText((_tone, text) => text);
  const mask = createMask("off");
  const shown = seen.map((one) => traced(one, mask)).filter(({ text }) => text !== "");
  return {
    lines: new Map([
      ["decisions", decisions.map((decision) => cleanText(decisionLine(decision)))],
      ["explain", explained.flatMap((one) => explainText(one).map((line) => cleanText(line)))],
      ["trace", seen.flatMap((one) => ladder.add(traced(one, mask)))],
    ]),
    json: new Map([
      ["cdr --json", records.map((record) => lineOf("jsonl", record))],
      ["decisions --json", decisions.map((decision) => asciiJson(decision))],
    ]),
    csv: [headOf("csv") ?? "", ...records.map((record) => lineOf("csv", record))],
    records,
    messages: shown.map(({ text }) => text),
    captured: new Map([
      ["hep", inPackets(seen)],
      [
        "pcap",
        readPcap(Buffer.concat([pcapHeader(), ...shown.map(pcapRecordOf)])).map(({ payload }) => latin1(payload)),
      ],
    ]),
  };
}

function inPackets(seen: readonly Seen[]): readonly string[] {
  const packets: Buffer[] = [];
  const send = (packet: Buffer): number => packets.push(packet);
  const none = { id: 1, key: undefined, rtcp: false, summary: () => undefined };
  const capture = new HepCapture({ ...none, send, mask: createMask("off") });
  for (const one of seen) capture.message(one);
  return packets.map((packet) => decodeHep(packet).payload);
}

function latin1(octets: Buffer): string {
  return octets.toString("latin1");
}

/** Through the file, which is read again. */
function recorded(world: EdgeWorld): readonly StoredRecord[] {
  const dir = mkdtempSync(join(tmpdir(), "ringfence-texts-"));
  const book = openRecordFile(join(dir, "records.db"));
  try {
    book.append(world.outputs.flatMap((o) => (o.kind === "event" ? (recordOf(o.event, 1_000, false) ?? []) : [])));
    const { faults } = book.verify();
    if (faults.length > 0) throw new Error(`the chain is broken at row ${faults[0]?.seq}`);
    return [...book.records()];
  } finally {
    book.close();
    rmSync(dir, { recursive: true });
  }
}
