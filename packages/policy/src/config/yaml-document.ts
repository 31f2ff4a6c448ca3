import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import type { ConfigIssueCode } from "../issue.ts";
import { quoted } from "./leaf.ts";
import { beyondLimits, maxFileLength } from "./yaml-limits.ts";

export type PathStep = string | number;

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Finding {
  readonly code: ConfigIssueCode;
  readonly severity: "error" | "warning";
  readonly path: readonly PathStep[];
  readonly message: string;
  readonly remedy: string;
  /** Where it is, if the path does not say it: syntax errors. */
  readonly place?: Place;
}

export interface YamlFile {
  /** Undefined when the text could not be read at all. */
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** Where a path stands: its value, or its key; the nearest thing around it when it does not exist. */
  locate(path: readonly PathStep[], part: "key" | "value"): Place;
}

const start: Place = { line: 1, column: 1 };

/** Where the keys of each map are, so that placing a thousand problems takes no thousand walks. */
type KeyIndex = Map<YAMLMap, ReadonlyMap<unknown, Pair>>;

/** Text of a configuration file to plain data with places. Never throws: whatever is wrong is a finding. */
export function readYaml(text: string): YamlFile {
  const problem = outsideLimits(text);
  if (problem !== undefined) return { value: undefined, findings: [problem], locate: () => start };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    // Found below: the reader compares each key of a map with every other.
    uniqueKeys: false,
    stringKeys: true,
    strict: true,
    prettyErrors: false,
    lineCounter: lines,
    // "silent" would also silence the error about several documents; parseDocument never prints.
    logLevel: "error",
  });
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const syntax = document.errors.map((error) => syntaxFinding(error.code, error.message, placeOf(error.pos[0])));
  const keys: KeyIndex = new Map();
  const features = featureFindings(document, placeOf, keys);
  const findings = [...syntax, ...features];
  // A key that stands twice leaves the rest readable, so the rest is judged in the same pass.
  const readable = findings.every((finding) => finding.code === "duplicate-key");
  const value = readable ? document.toJS({ maxAliasCount: 0 }) : undefined;
  return { value, findings, locate: (path, part) => placeOf(offsetOf(document, keys, path, part)) };
}

function outsideLimits(text: string): Finding | undefined {
  const common = { severity: "error", path: [] } as const;
  if (text.length > maxFileLength) {
    const message = `has ${text.length} characters, and 1 MiB is the most that is read`;
    return { ...common, code: "file-too-large", message, remedy: "is this the right file?" };
  }
  const beyond = beyondLimits(text);
  if (beyond === undefined) return undefined;
  const place = { line: beyond.line, column: 1 };
  if (beyond.kind === "keys") {
    const message = "more keys than a configuration can have";
    return { ...common, code: "file-too-large", message, remedy: "is this the right file?", place };
  }
  return { ...common, code: "too-deep", message: "nests or indents too deep", remedy: "indent less", place };
}

function syntaxFinding(code: string, message: string, place: Place): Finding {
  const common = { severity: "error", path: [], place } as const;
  if (code === "MULTIPLE_DOCS") {
    const said = "a second document begins here";
    return { ...common, code: "yaml-feature", message: said, remedy: "keep one document, without `---` between" };
  }
  if (code === "NON_STRING_KEY" || code === "TAG_RESOLVE_FAILED") {
    return { ...common, code: "yaml-feature", message: "not a plain key or value", remedy: "write plain text" };
  }
  const remedy = "check quotes, brackets and indentation here and in the line above";
  return { ...common, code: "yaml-syntax", message: `not YAML: ${message}`, remedy };
}

/** What YAML can do and a configuration must not: each makes two readers of one file see different things. */
function featureFindings(document: Document, placeOf: (offset: number) => Place, keys: KeyIndex): readonly Finding[] {
  const found: Finding[] = [];
  const add = (offset: number, message: string, remedy: string): void => {
    const place = placeOf(offset);
    found.push({ code: "yaml-feature", severity: "error", path: [], message, remedy, place });
  };
  visit(document, (_, node) => {
    if (isPair(node)) {
      const key = isScalar(node.key) ? node.key : undefined;
      const at = key?.range?.[0] ?? 0;
      if (key?.value === "<<") add(at, "merge keys are not read", "write the keys out");
      // Some readers of plain objects leave this name out without a word.
      if (key?.value === "__proto__") add(at, "`__proto__` is no key and no name", "choose another");
      return undefined;
    }
    if (!isNode(node)) return undefined;
    if (isMap(node)) found.push(...indexKeys(node, keys, placeOf));
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) add(offset, "aliases are not read", "write the value out");
    else if (node.anchor !== undefined) add(offset, "anchors are not read", "remove the `&` and its name");
    else if (node.tag !== undefined) add(offset, "tags are not read", "remove the `!` and its name");
    return undefined;
  });
  return found;
}

/** Notes where each key of a map stands. Of two with one name the later one counts, and is a finding. */
function indexKeys(map: YAMLMap, keys: KeyIndex, placeOf: (offset: number) => Place): readonly Finding[] {
  const index = new Map<unknown, Pair>();
  const twice: Finding[] = [];
  for (const pair of map.items) {
    if (!isScalar(pair.key)) continue;
    const { value, range } = pair.key;
    if (index.has(value)) {
      const place = placeOf(range?.[0] ?? 0);
      const message = `${quoted(String(value))} stands here a second time`;
      const remedy = "remove one of them";
      twice.push({ code: "duplicate-key", severity: "error", path: [], message, remedy, place });
    }
    index.set(value, pair);
  }
  keys.set(map, index);
  return twice;
}

function offsetOf(document: Document, keys: KeyIndex, path: readonly PathStep[], part: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (isSeq(node)) node = node.items[Number(step)];
    else if (isMap(node)) {
      const pair = keys.get(node)?.get(step);
      if (pair === undefined) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      if (last && part === "key") return offset;
      node = pair.value;
    } else return offset;
    if (!isNode(node)) return offset;
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}
