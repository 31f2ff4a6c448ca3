/**
 * Everything that can be read of a scripted world from outside, as text by the name of the output: what was planted is looked for
 * in all of it. An output that is added to the product gets a line here.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SyslogConfig } from "@ringfence/policy";
import { LogFiles } from "../../packages/appliance/src/logs/files/log-files.ts";
import { currentName } from "../../packages/appliance/src/logs/files/retention.ts";
import { createLog, type Log } from "../../packages/appliance/src/logs/logger.ts";
import type { MaskLevel } from "../../packages/appliance/src/logs/mask.ts";
import { SyslogOutput } from "../../packages/appliance/src/logs/syslog/output.ts";
import { createMetrics } from "../../packages/appliance/src/metrics/registry.ts";
import type { EdgeWorld } from "./edge-world.ts";

const nothing = (): void => undefined;
const never = (): (() => void) => nothing;

/** What is written of a log with every output that it has. */
export async function written(mask: MaskLevel, say: (log: Log) => void): Promise<ReadonlyMap<string, string>> {
  const dir = mkdtempSync(join(tmpdir(), "ringfence-outputs-"));
  const texts = new Map<string, string>([["standard output", ""]]);
  const stream = { write: (line: string) => texts.set("standard output", texts.get("standard output") + line) };
  const log = createLog({ level: "trace", mask }, undefined, { write: (line) => void stream.write(line) });
  const world = { now: Date.now, later: never, onTrouble: nothing, onRecovered: nothing, onLost: nothing };
  const files = new LogFiles({ path: dir, maxSize: 1e9, keep: { files: 1 } }, world);
  const rfc5424 = await collected(join(dir, "rfc5424"), "rfc5424", texts);
  const cef = await collected(join(dir, "cef"), "cef", texts);
  for (const output of [files, rfc5424, cef]) log.add(output);
  say(log);
  log.remove(files);
  for (const output of [files, rfc5424, cef]) await output.close();
  texts.set("file", readFileSync(join(dir, currentName), "utf8"));
  rmSync(dir, { recursive: true });
  return texts;
}

/** A collector that takes everything; each message ends with a line end here. */
async function collected(
  dir: string,
  format: SyslogConfig["format"],
  texts: Map<string, string>,
): Promise<SyslogOutput> {
  const url = { transport: "tcp", host: "192.0.2.9", port: 514 } as const;
  const settings = { url, format, facility: "local0", spool: 1e9, ca: undefined, certificate: undefined } as const;
  const spool = { later: never, onTrouble: nothing, onRecovered: nothing, onLost: nothing };
  return await new Promise((resolve) => {
    const output = new SyslogOutput(
      settings,
      { ...url, ca: undefined, pair: undefined },
      {
        dir,
        hostname: "sbc",
        version: "1",
        spool,
        sender: {
          now: Date.now,
          later: never,
          onLost: nothing,
          onBack: nothing,
          open(_place, events) {
            setImmediate(() => {
              events.onUp();
              resolve(output);
            });
            const write = (frames: Buffer) => texts.set(format, `${texts.get(format) ?? ""}${frames}`) !== undefined;
            return { write, waiting: () => 0, unacknowledged: async () => 0, close: nothing };
          },
        },
      },
    );
  });
}

/** The log in all its outputs, and what people and programs may ask for. */
export async function everyOutput(world: EdgeWorld, mask: MaskLevel): Promise<ReadonlyMap<string, string>> {
  const metrics = createMetrics({ process: false });
  const texts = await written(mask, (log) => {
    for (const output of world.outputs) {
      if (output.kind === "event") log.line(output.event.level, output.event);
      if (output.kind === "count")
        metrics.count(output.count.name === "registrations" ? "registration_changes" : output.count.name, output.count);
    }
  });
  const trunks = world.core.trunks();
  const bans = world.core.bans(world.now);
  return new Map([
    ...texts,
    ["metrics", await metrics.text([])],
    ["status", JSON.stringify({ trunks, load: world.core.load(), suspended: world.core.suspended() })],
    ["bans", JSON.stringify(bans)],
    ["decisions", JSON.stringify(world.core.decisionDesk(() => world.now).page(0, 500))],
  ]);
}
