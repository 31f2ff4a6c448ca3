import { exampleOf } from "./example-value.ts";
import { notYetPaths } from "./not-yet.ts";
import { configJsonSchema } from "./schema.ts";

interface Node {
  readonly type?: string;
  readonly kind?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly example: string;
  readonly meaning: string;
}

const introduction = `# Configuration

Made from the schema in \`packages/policy\` by \`node test/docs/configuration.ts\`; do not edit by hand.

One YAML file. The smallest useful one, everything else has a safe default:

\`\`\`yaml
pbx:
  address: 10.0.0.5:5060
  transport: udp
phones:
  domains: [pbx.example.com]
\`\`\`

- A key that does not exist, or that stands in the wrong place, is an error with line and column; every problem is reported in one pass.
- Durations: \`500ms\`, \`30s\`, \`5m\`, \`1h\`, \`7d\`. Ports: \`10000-20000\`. Addresses: \`192.0.2.1:5060\`, \`[2001:db8::1]:5060\`. Blocks: \`192.0.2.0/24\`, \`2001:db8::/32\`.
- Numbers that can be dialled stand in quotes: \`"112"\`.
- Secrets never stand in the file: \`{ file: PATH }\` or \`{ env: NAME }\`. Relative paths start at the folder of the file.
- Anchors, aliases, tags and merge keys are not read.
- \`ringfence check FILE\` says what is wrong and what is unwise. Codes are listed in [errors.md](errors.md).
`;

const methodsNote = `## Methods

What is served without \`phones.methods\`. Everything else is refused: 405 where the method is known, 501 where it is not, 481 where it needs a dialog that does not exist.

| From    | Out of a dialog                   | In a dialog                                            |
| ------- | --------------------------------- | ------------------------------------------------------ |
| phone   | REGISTER, INVITE, OPTIONS, CANCEL | INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, PRACK, UPDATE |
| carrier | INVITE, OPTIONS, CANCEL           | the same                                               |
| PBX     | INVITE, OPTIONS, CANCEL           | the same                                               |

What the switches of \`phones.methods\` add. A phone must be registered for all of it, and nothing of it is served to carriers:

| Switch        | From a phone, out of a dialog | From the PBX, out of a dialog | Both, in a dialog        |
| ------------- | ----------------------------- | ----------------------------- | ------------------------ |
| \`subscribe\` | SUBSCRIBE, PUBLISH            | NOTIFY                        | SUBSCRIBE, NOTIFY        |
| \`message\`   | MESSAGE                       | MESSAGE                       | MESSAGE                  |
| \`refer\`     |                               |                               | REFER, NOTIFY            |

## Emergency calls

An INVITE from a phone, or from the PBX to a carrier, whose Request-URI is one of \`policy.emergency.numbers\` or (with \`urns\`) urn:service:sos passes every limit. Only \`defence.deny\` and a message that is no decent SIP stop it. Nothing but the Request-URI counts.

From a phone that is not registered it goes on without an identity: registrations lapse when the power or the PBX comes back, which is when somebody calls for help. The PBX may still ask for a password. Since a stranger can send such calls too, and each occupies a person who answers emergencies, only \`policy.emergency.unregistered_calls\` of them pass at one time; calls of registered phones are not counted.
`;

/** The whole of docs/configuration.md. */
export function configurationPage(): string {
  const root: Node = configJsonSchema();
  const sections = Object.entries(root.properties ?? {}).map(([name, node]) => {
    const required = root.required?.includes(name) === true ? " Required." : "";
    return `## ${name}\n\n${node.description ?? ""}${required}\n\n${table(rowsOf(name, node))}`;
  });
  const later = notYetPaths.map((path) => `- \`${path.replaceAll(".*", "[]")}\``).join("\n");
  const notYet = `## Not in this version\n\nThese keys are planned. Until they do what they say they are errors, so that nobody relies on them:\n\n${later}\n`;
  return `${[introduction, ...sections, methodsNote, notYet].join("\n")}`;
}

/** Columns as wide as their widest cell, which is how the formatter of this repository wants them. */
function table(rows: readonly Row[]): string {
  const body = rows.map(({ key, type, fallback, example, meaning }) => [
    `\`${key}\``,
    type,
    fallback,
    example,
    meaning,
  ]);
  const head = ["Key", "Type", "Default", "Example", "Meaning"];
  const widths = head.map((name, column) => Math.max(name.length, ...body.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return `${[head, rule, ...body].map(line).join("\n")}\n`;
}

/** One row for each leaf; lists of maps as `listen[].port`, maps of names as `certificates.NAME.cert`. */
function rowsOf(path: string, node: Node): readonly Row[] {
  if (node.kind === undefined && node.properties !== undefined) return children(path, node);
  if (node.items?.properties !== undefined) {
    const rows = rowsOf(`${path}[]`, node.items);
    return path.includes(".") ? [rowOf(path, node, false), ...rows] : rows;
  }
  if (typeof node.additionalProperties === "object") return rowsOf(`${path}.NAME`, node.additionalProperties);
  return [rowOf(path, node, false)];
}

function children(path: string, node: Node): readonly Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const required = node.required?.includes(name) === true;
    const rows = rowsOf(`${path}.${name}`, child);
    return rows.map((row) => (required && row.key === `${path}.${name}` ? rowOf(row.key, child, true) : row));
  });
}

function rowOf(key: string, node: Node, required: boolean): Row {
  const fallback = node.default === undefined ? "" : `\`${inlineYaml(node.default)}\``;
  const example = exampleOf(key, node);
  return {
    key,
    type: typeOf(node),
    fallback: required ? "required" : fallback,
    example: example === undefined ? "" : `\`${inlineYaml(example)}\``,
    meaning: node.description ?? "",
  };
}

function typeOf(node: Node): string {
  if (node.items !== undefined)
    return node.items.properties === undefined ? `list of ${typeOf(node.items)}` : "list of maps";
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(", ");
  return node.kind ?? (node.type === "boolean" ? "`true` or `false`" : (node.type ?? ""));
}

function inlineYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineYaml).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, entry]) => `${key}: ${inlineYaml(entry)}`);
    return `{ ${pairs.join(", ")} }`;
  }
  // Digits alone would be read back as a number.
  return typeof value === "string" && value !== "" && Number.isFinite(Number(value)) ? `"${value}"` : String(value);
}
