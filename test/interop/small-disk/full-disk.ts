/** Run on a disk of a megabyte: writes more than it holds, to the files of the log and to the spool of the collector, then makes room. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LogFiles } from "../../../packages/appliance/src/logs/files/log-files.ts";
import { currentName } from "../../../packages/appliance/src/logs/files/retention.ts";
import { frame, readFrames } from "../../../packages/appliance/src/logs/syslog/frames.ts";
import { Spool } from "../../../packages/appliance/src/logs/syslog/spool.ts";

/** What came out, by its number, and what was said on the way. */
export interface Survived {
  readonly numbers: readonly number[];
  readonly said: readonly string[];
  readonly lost: number;
}

const disk = process.argv[2] ?? "";
const ballast = join(disk, "ballast");
const padding = "x".repeat(90);
const count = 8_000;

function world() {
  const said: string[] = [];
  const due = new Set<() => void>();
  const state = { said, lost: 0, due };
  return {
    state,
    now: Date.now,
    later: (_ms: number, work: () => void) => {
      due.add(work);
      return () => void due.delete(work);
    },
    onTrouble: (why: string) => void said.push(why.split(":")[0] ?? ""),
    onRecovered: () => void said.push("recovered"),
    onLost: (lines: number) => {
      state.lost += lines;
    },
  };
}

async function failed(what: { readonly failing: string | undefined }): Promise<void> {
  while (what.failing === undefined) await new Promise(setImmediate);
}

/** Room again, and the next try comes now. */
function makeRoom({ due }: { readonly due: Set<() => void> }): void {
  rmSync(ballast);
  for (const work of [...due]) {
    due.delete(work);
    work();
  }
}

const numberOf = (text: string): number => Number(text.split(" ")[0]);

async function throughFiles(): Promise<Survived> {
  writeFileSync(ballast, Buffer.alloc(500_000));
  const path = join(disk, "logs");
  const { state, ...around } = world();
  const files = new LogFiles({ path, maxSize: 1e9, keep: { files: 1 } }, around);
  for (let i = 0; i < count; i++) files.lines(`${i} ${padding}\n`);
  await failed(files);
  makeRoom(state);
  await files.close();
  const numbers = readFileSync(join(path, currentName), "utf8").trimEnd().split("\n").map(numberOf);
  rmSync(path, { recursive: true });
  return { numbers, said: state.said, lost: state.lost };
}

async function throughSpool(): Promise<Survived> {
  writeFileSync(ballast, Buffer.alloc(500_000));
  const { state, ...around } = world();
  const spool = new Spool(join(disk, "spool"), 1e9, around);
  await spool.ready;
  for (let i = 0; i < count; i++) spool.append(frame(`${i} ${padding}`), 1);
  await failed(spool);
  makeRoom(state);
  const numbers: number[] = [];
  for (let chunk = await spool.next(); chunk !== undefined; chunk = await spool.next()) {
    numbers.push(...readFrames(chunk.frames).messages.map((message) => numberOf(String(message))));
    spool.settle(chunk.number);
  }
  await spool.close();
  return { numbers, said: state.said, lost: state.lost };
}

process.stdout.write(JSON.stringify([await throughFiles(), await throughSpool(), count]));
