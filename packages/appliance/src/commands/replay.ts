/** `ringfence replay FILE --config new.yaml [--against old.yaml]`: recorded calls through other rules, and what differs. */

import { createReadStream, statSync } from "node:fs";
import { type Config, keyLines, RingfenceError } from "@ringfence/policy";
import { asciiJson } from "../ascii-json.ts";
import type { CliContext } from "../cli.ts";
import { type ExitCode, exitCodes } from "../failures.ts";
import { type Loaded, loadEverything } from "../loading.ts";
import { cleanText } from "../logs/clean-text.ts";
import { Difference, type Rules } from "../replay/difference.ts";
import { type RecordReader, recordReader } from "../replay/record-reader.ts";
import { replayText } from "../replay/replay-text.ts";

interface Options {
  readonly config: string;
  readonly against?: string;
  readonly json?: boolean;
}

/** Octets between two lines that say how far it is. */
const PROGRESS_EVERY = 67_108_864;

/** @throws ConfigError, RingfenceError */
export async function replay(file: string, options: Options, { environment, terminal }: CliContext): Promise<ExitCode> {
  const load = (name: string): Promise<Loaded> =>
    loadEverything(name, environment, async () => ({ cert: "", key: "" }));
  const now = await load(options.config);
  const before = options.against === undefined ? undefined : await load(options.against);
  const difference = new Difference(rulesOf(now), before && rulesOf(before));
  const configs = [now, ...(before === undefined ? [] : [before])].map((loaded) => loaded.file.config);
  const reader = await read(file, configs, difference, (text) => terminal.err(text));
  const { counts, changed, rules } = difference;
  const same = counts.refusedNow + counts.letInNow + counts.otherwise === 0;
  if (options.json === true) {
    const { capture, lines } = reader;
    terminal.out(asciiJson({ counts, rules, calls: changed, capture, lines }, 2));
  } else {
    const record = { name: file, capture: reader.capture, lines: reader.lines, before: beforeText(options, reader) };
    for (const line of replayText(record, options.config, difference)) terminal.out(cleanText(line));
  }
  return same ? exitCodes.ok : exitCodes.differs;
}

function rulesOf({ file, policy }: Loaded): Rules {
  const { config, text, name } = file;
  return { name, policy, file: { lineOf: keyLines(text), trunks: config.trunks.map((trunk) => trunk.name) } };
}

function beforeText({ against }: Options, { capture }: RecordReader): string {
  if (against !== undefined) return against;
  return capture === undefined
    ? "what was decided then"
    : "a world that lets every call in (--against FILE: with rules)";
}

async function read(
  file: string,
  configs: readonly Config[],
  difference: Difference,
  progress: (text: string) => void,
): Promise<RecordReader> {
  let reader: RecordReader | undefined;
  let octets = 0;
  try {
    const { size } = statSync(file);
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      reader ??= recordReader(chunk, configs);
      for (const call of reader.push(chunk)) difference.add(call);
      const before = octets;
      octets += chunk.length;
      if (Math.floor(before / PROGRESS_EVERY) === Math.floor(octets / PROGRESS_EVERY)) continue;
      progress(`${Math.floor((100 * octets) / size)} % read, ${difference.counts.calls} calls`);
    }
  } catch (error) {
    if (error instanceof RingfenceError)
      throw new RingfenceError(error.code, `${file}: ${error.message}`, error.remedy);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new RingfenceError(
      "record-unreadable",
      `${file} cannot be read (${code})`,
      "Check its name and who may read it.",
    );
  }
  if (reader === undefined) throw new RingfenceError("not-a-record", `${file} is empty`, "Record something first.");
  for (const call of reader.end()) difference.add(call);
  return reader;
}
