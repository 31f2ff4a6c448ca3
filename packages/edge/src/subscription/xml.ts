/**
 * Just enough XML for documents of a few kinds: elements, attributes, text. No document type, no entities but the five of
 * the standard, no CDATA: those are how a small document becomes a large one, or one reader sees another document than
 * the next (threat L14). What is read here is never copied on; documents are written anew.
 */

export interface Element {
  /** Without prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Text directly inside, entities undone, outer white space gone. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

const MAX_DEPTH = 16;
const MAX_ELEMENTS = 1000;
const MAX_ATTRIBUTES = 32;

/** The root element; undefined for anything that is not plain and well formed. */
export function readXml(body: Uint8Array): Element | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const stack: Open[] = [{ name: "", tag: "", attributes: new Map(), children: [], text: "" }];
  let at = 0;
  for (let elements = 0; elements <= 2 * MAX_ELEMENTS; elements++) {
    const less = text.indexOf("<", at);
    const top = stack[stack.length - 1];
    if (top === undefined) return undefined;
    top.text += text.slice(at, less < 0 ? text.length : less);
    if (less < 0) return finished(stack);
    const comment = text.startsWith("<!--", less);
    const end = comment ? text.indexOf("-->", less + 4) : text.indexOf(">", less);
    if (end < 0 || (!comment && !markup(stack, text.slice(less + 1, end)))) return undefined;
    at = comment ? end + 3 : end + 1;
  }
  return undefined;
}

function finished(stack: readonly Open[]): Element | undefined {
  const root = stack[0];
  return stack.length === 1 && root?.children.length === 1 && root.text.trim() === "" ? root.children[0] : undefined;
}

/** What stands between angle brackets; false ends the reading. */
function markup(stack: Open[], inner: string): boolean {
  if (inner.startsWith("!")) return false;
  if (inner.startsWith("?")) return true;
  if (inner.startsWith("/")) return close(stack, inner.slice(1).trim());
  const empty = inner.endsWith("/");
  const opened = open(empty ? inner.slice(0, -1) : inner);
  if (opened === undefined || stack.length > MAX_DEPTH) return false;
  stack.push(opened);
  return empty ? close(stack, opened.tag) : true;
}

function close(stack: Open[], tag: string): boolean {
  const top = stack.pop();
  const parent = stack[stack.length - 1];
  if (top === undefined || parent === undefined || top.tag !== tag) return false;
  const { name, attributes, children } = top;
  parent.children.push({ name, attributes, children, text: unescapeXml(top.text).trim() });
  return true;
}

function open(inner: string): Open | undefined {
  const end = nameEnd(inner, 0);
  const tag = inner.slice(0, end);
  const attributes = readAttributes(inner, end);
  if (tag === "" || attributes === undefined) return undefined;
  return { name: tag.slice(tag.indexOf(":") + 1), tag, attributes, children: [], text: "" };
}

function readAttributes(text: string, from: number): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  let at = skipSpace(text, from);
  while (at < text.length) {
    const end = nameEnd(text, at);
    const equals = skipSpace(text, end);
    const open = skipSpace(text, equals + 1);
    const quote = text[open];
    if (end === at || text[equals] !== "=" || (quote !== '"' && quote !== "'")) return undefined;
    const shut = text.indexOf(quote, open + 1);
    const name = text.slice(at, end);
    if (shut < 0 || found.has(name) || found.size >= MAX_ATTRIBUTES) return undefined;
    found.set(name, unescapeXml(text.slice(open + 1, shut)));
    at = skipSpace(text, shut + 1);
  }
  return found;
}

function nameEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && nameCharacters.has(text[at] ?? "")) at++;
  return at;
}

const nameCharacters: ReadonlySet<string> = new Set(
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:.-",
);

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && (text[at] ?? "").trim() === "") at++;
  return at;
}

function unescapeXml(text: string): string {
  // The ampersand last: what it makes is not read again.
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}

/** Text or an attribute value as it is written: markup escaped, control characters gone. */
export function escapeXml(text: string): string {
  let out = "";
  for (const character of text) {
    if (character >= " " && character !== "\u007f") out += escapes.get(character) ?? character;
  }
  return out;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"],
]);

export function childrenNamed(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

export function childNamed(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((child) => child.name === name);
}
