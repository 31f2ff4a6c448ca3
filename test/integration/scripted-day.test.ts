/**
 * What was on the wire, what the collector of captures got, what every form of the log, the metrics, the records and the answers
 * of the API say of one day: the same numbers, and those of the script.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord } from "@ringfence/admin";
import { openRecordFile, type StoredRecord } from "@ringfence/store";
import { expect, test } from "vitest";
import { bookHandlers } from "../../packages/appliance/src/admin/book-handlers.ts";
import { defenceHandlers } from "../../packages/appliance/src/admin/defence-handlers.ts";
import { createMask } from "../../packages/appliance/src/logs/mask.ts";
import { recordOf } from "../../packages/appliance/src/records/call-record.ts";
import { type RecordSearch, searchRecords } from "../../packages/appliance/src/records/record-desk.ts";
import { HepCapture } from "../../packages/appliance/src/trace/hep-capture.ts";
import { TraceHub } from "../../packages/appliance/src/trace/trace-hub.ts";
import { dayConfig, dayTrunks, playDay } from "../support/day.ts";
import { dayManners } from "../support/day-manners.ts";
import {
  agree,
  type Cast,
  type Sums,
  sumsOfCef,
  sumsOfJson,
  sumsOfMetrics,
  sumsOfRecords,
  sumsOfSyslog,
  sumsOfWire,
  type WireMessage,
} from "../support/day-sums.ts";
import { EdgeWorld, pbxTime } from "../support/edge-world.ts";
import { everyOutput } from "../support/every-output.ts";
import { decodeHep } from "../support/hep-decoder.ts";
import { tapped } from "../support/tapped-world.ts";
import { WorldStage } from "../support/world-stage.ts";

const hosts = ["198.51.100.1", "198.51.100.2"] as const;
const cast: Cast = { ours: new Set(["203.0.113.1", "10.0.0.2", "10.0.0.3"]), strangers: "198.18.5.", hosts };

/** The octets at the sockets, and the packets of the collector. */
function watched(world: EdgeWorld): { readonly wire: WireMessage[]; readonly packets: Buffer[] } {
  const [wire, packets]: [WireMessage[], Buffer[]] = [[], []];
  tapped(world, {
    message(direction, { endpoint, packetSource }, bytes) {
      const ends = [packetSource.address, endpoint.local.address] as const;
      const [from, to] = direction === "in" ? ends : [ends[1], ends[0]];
      wire.push({ from, to, text: Buffer.from(bytes).toString("latin1") });
    },
    leg: () => undefined,
  });
  const none = { id: 1, key: undefined, rtcp: false, summary: () => undefined };
  const capture = new HepCapture({ ...none, send: (packet) => packets.push(packet), mask: createMask("off") });
  const onBug = (error: unknown): void => {
    throw error;
  };
  new TraceHub({ observe: (tap) => tap && tapped(world, tap) }, () => world.now, onBug).listen((seen) =>
    capture.message(seen),
  );
  return { wire, packets };
}

type Console = Parameters<typeof bookHandlers>[0] & Parameters<typeof defenceHandlers>[0];
const viewer = { name: "somebody", role: "admin" } as never;

/** Of the book of calls: all of it, and what `GET /records` answers, page by page. */
async function records(
  world: EdgeWorld,
): Promise<{ readonly all: readonly StoredRecord[]; readonly pages: readonly CallRecord[] }> {
  const dir = mkdtempSync(join(tmpdir(), "ringfence-day-"));
  const book = openRecordFile(join(dir, "records.db"));
  try {
    const rows = world.outputs.flatMap((o) => (o.kind === "event" ? (recordOf(o.event, 1_000, false) ?? []) : []));
    book.append(rows);
    const parts = { records: { search: (search: RecordSearch) => searchRecords(book, search) } };
    const api = bookHandlers(parts as unknown as Console);
    const pages: CallRecord[] = [];
    for (let after: string | undefined; ; ) {
      const { items, next } = await api.records({ query: { after, limit: 7 } } as never, viewer);
      pages.push(...items);
      if (next === null) break;
      after = next;
    }
    expect(book.verify().faults).toEqual([]);
    return { all: [...book.records()], pages };
  } finally {
    book.close();
    rmSync(dir, { recursive: true });
  }
}

/** What `GET /bans` answers. */
async function bansOf(world: EdgeWorld): Promise<number> {
  const desk = { bans: () => ({ bans: world.core.bans(world.now) }) };
  const api = defenceHandlers({ desk, maskFor: () => createMask("off") } as unknown as Console);
  return (await api.bans({} as never, viewer)).items.length;
}

test("a day of 100 calls, three attacks, an outage and a stolen account: everybody tells the same numbers", async () => {
  const world = new EdgeWorld(dayConfig, { phones: pbxTime, trunks: dayTrunks(hosts, hosts) });
  const { wire, packets } = watched(world);
  await playDay(new WorldStage(world, dayManners));
  const outputs = await everyOutput(world, "off");
  const text = (name: string): string => outputs.get(name) ?? "";
  const hep = packets
    .map(decodeHep)
    .map(({ source, destination, payload }) => ({ from: source, to: destination, text: payload }));
  const { all, pages } = await records(world);
  const told: Readonly<Record<string, Sums>> = {
    wire: sumsOfWire(wire, cast),
    hep: sumsOfWire(hep, cast),
    log: sumsOfJson(text("standard output"), cast),
    file: sumsOfJson(text("file"), cast),
    syslog: sumsOfSyslog(text("rfc5424"), cast),
    cef: sumsOfCef(text("cef"), cast),
    metrics: sumsOfMetrics(text("metrics")),
    records: sumsOfRecords(all, cast),
    api: { ...sumsOfRecords(pages, cast), "sources banned": await bansOf(world) },
  };
  agree(told);
});
