/** The torture folders: every file, its row in VERDICTS.tsv, our expectation, and the judge that answers as the edge would. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type CheckFailure,
  checkRequest,
  checkResponse,
  type Framed,
  type Message,
  type ParseFailure,
  parseMessage,
  StreamFramer,
  standardMethods,
} from "@ringfence/sip";

export interface Expectation {
  /** "accept", "drop", or the status of the answer. */
  readonly answer: "accept" | "drop" | number;
  /** The failure code or the check that decides. */
  readonly by?: string;
  /** What a stream of these octets yields; one message when absent. */
  readonly stream?: readonly Framed["kind"][];
  readonly why?: string;
}

export interface TortureFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** Columns of VERDICTS.tsv by their head; undefined when the file has no row. */
  readonly row: ReadonlyMap<string, string> | undefined;
  readonly expected: Expectation | undefined;
}

export interface Folder {
  readonly files: readonly TortureFile[];
  /** Names in VERDICTS.tsv and in expectations.json. */
  readonly judged: readonly string[];
  readonly expected: readonly string[];
  readonly checksums: ReadonlyMap<string, string>;
}

export function tortureFolder(name: "rfc4475" | "rfc5118"): Folder {
  const folder = fileURLToPath(new URL(`../conformance/fixtures/${name}/`, import.meta.url));
  const rows = verdictRows(readFileSync(`${folder}VERDICTS.tsv`, "utf8"));
  const expectations = new Map(
    Object.entries(JSON.parse(readFileSync(`${folder}expectations.json`, "utf8")) as Record<string, Expectation>),
  );
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".dat"))
    .map((file) => file.slice(0, -".dat".length))
    .map((file) => ({
      name: file,
      bytes: readFileSync(`${folder}${file}.dat`),
      row: rows.get(file),
      expected: expectations.get(file),
    }));
  const sums = readFileSync(`${folder}SHA256SUMS`, "utf8").trim().split("\n");
  const checksums = new Map(sums.map((line) => [line.slice(66), line.slice(0, 64)]));
  return { files, judged: [...rows.keys()], expected: [...expectations.keys()], checksums };
}

function verdictRows(text: string): Map<string, ReadonlyMap<string, string>> {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const columns = head.split("\t");
  return new Map(
    lines.map((line) => {
      const cells = line.split("\t");
      return [cells[0] ?? "", new Map(columns.map((column, index) => [column, cells[index] ?? ""]))];
    }),
  );
}

export interface Judgement {
  readonly answer: Expectation["answer"];
  readonly by: string | undefined;
  readonly message: Message | undefined;
  readonly failure: ParseFailure | undefined;
  readonly check: CheckFailure | undefined;
}

const facts = { methods: standardMethods, extensions: new Set<string>() };

export function judge(bytes: Uint8Array): Judgement {
  const parsed = parseMessage(bytes, "datagram");
  if (parsed.kind === "failure") {
    const answer = parsed.verdict.act === "drop" ? "drop" : parsed.verdict.status;
    return { answer, by: parsed.code, message: undefined, failure: parsed, check: undefined };
  }
  if (parsed.kind === "response") {
    const dropped = checkResponse(parsed);
    const answer = dropped === undefined ? "accept" : "drop";
    return { answer, by: dropped?.check, message: parsed, failure: undefined, check: undefined };
  }
  const check = checkRequest(parsed, facts);
  return { answer: check?.status ?? "accept", by: check?.check, message: parsed, failure: undefined, check };
}

/** What a stream yields when its octets come in chunks of that size. */
export function framed(bytes: Uint8Array, chunk: number): readonly Framed[] {
  const framer = new StreamFramer();
  const out: Framed[] = [];
  for (let at = 0; at < bytes.length; at += chunk) out.push(...framer.push(bytes.subarray(at, at + chunk)));
  return out;
}
