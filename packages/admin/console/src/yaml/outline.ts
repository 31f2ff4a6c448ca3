/**
 * The keys and plain values of a YAML text with the places they stand for: tolerant of what is half written, because somebody
 * is writing it. Whether the text is right is the API's to say; this is for completion and marks while one types.
 */

export type Path = readonly (string | number)[];

export interface Word {
  /** A key: the map it stands in. A value: its own place. */
  readonly node: Path;
  readonly role: "key" | "value";
  /** Without quotes. */
  readonly text: string;
  /** Offsets in the text. */
  readonly from: number;
  readonly to: number;
}

interface Block {
  readonly indent: number;
  readonly path: Path;
  readonly kind: "map" | "list";
  /** Of a map its last key, of a list the number of its last item. */
  last: string | number;
}

const blank = " \t\r";

export function outline(text: string): readonly Word[] {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #words: Word[] = [];
  readonly #blocks: Block[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): readonly Word[] {
    while (this.#at < this.#text.length) this.#line();
    return this.#words;
  }

  #line(): void {
    const start = this.#at;
    this.#skip(blank);
    while (this.#here("-") && this.#isGap(this.#at + 1)) {
      this.#item(this.#at - start);
      this.#at++;
      this.#skip(blank);
    }
    if (!this.#atEnd()) this.#entry(this.#at - start);
    this.#toNextLine();
  }

  /** A `-` in this column: the next item of the list that stands there, or the first of a new one. */
  #item(column: number): void {
    this.#leave(column);
    const top = this.#blocks.at(-1);
    if (top?.kind === "list" && top.indent === column) top.last = Number(top.last) + 1;
    else this.#blocks.push({ indent: column, path: this.#pending(), kind: "list", last: 0 });
  }

  /** `key: value` or a value alone, which may be a key that is not finished. */
  #entry(column: number): void {
    if (this.#here("{") || this.#here("[")) return this.#flow(this.#pendingAt(column));
    const word = this.#word(":");
    if (word === undefined) return;
    const isKey = this.#here(":") && this.#isGap(this.#at + 1);
    if (!isKey) {
      this.#words.push({ ...word, node: this.#pendingAt(column), role: "value" });
      return;
    }
    this.#leave(column);
    let top = this.#blocks.at(-1);
    if (top?.kind === "list" && top.indent === column) {
      this.#blocks.pop();
      top = this.#blocks.at(-1);
    }
    if (top?.kind !== "map" || top.indent !== column) {
      top = { indent: column, path: this.#pending(), kind: "map", last: "" };
      this.#blocks.push(top);
    }
    top.last = word.text;
    this.#words.push({ ...word, node: top.path, role: "key" });
    this.#at++;
    this.#skip(blank);
    if (!this.#atEnd()) this.#value([...top.path, word.text]);
  }

  #value(node: Path): void {
    if (this.#here("{") || this.#here("[")) return this.#flow(node);
    const word = this.#word("");
    if (word !== undefined) this.#words.push({ ...word, node, role: "value" });
  }

  /** `{ a: 1, b: [x, y] }`, over several lines where it is. */
  #flow(node: Path): void {
    const close = this.#here("{") ? "}" : "]";
    // The number of the item in a list; in a map the key, once it is there.
    let step: string | number | undefined = close === "]" ? 0 : undefined;
    this.#at++;
    while (this.#more(close)) {
      if (this.#here(",")) {
        step = typeof step === "number" ? step + 1 : undefined;
        this.#at++;
      } else if (this.#here("#")) this.#toNextLine();
      else if (step === undefined) step = this.#flowKey(node);
      else this.#flowValue([...node, step]);
    }
    this.#at++;
  }

  #more(close: string): boolean {
    this.#skip(`${blank}\n`);
    return this.#at < this.#text.length && !this.#here(close);
  }

  /** @returns it, when a colon has followed */
  #flowKey(node: Path): string | undefined {
    const word = this.#word(":,{}[]");
    const isKey = word !== undefined && this.#here(":");
    if (word !== undefined) this.#words.push({ ...word, node, role: isKey ? "key" : "value" });
    if (word === undefined || isKey) this.#at++;
    return isKey ? word.text : undefined;
  }

  #flowValue(node: Path): void {
    if (this.#here("{") || this.#here("[")) return this.#flow(node);
    const word = this.#word(",{}[]");
    if (word === undefined) this.#at++;
    else this.#words.push({ ...word, node, role: "value" });
  }

  /** Up to the end of the line, a comment, or one of these where it ends a word. @returns undefined where nothing stands */
  #word(ends: string): Pick<Word, "text" | "from" | "to"> | undefined {
    const from = this.#at;
    const quote = this.#text[from];
    if (quote === '"' || quote === "'") {
      const close = this.#text.indexOf(quote, from + 1);
      const line = this.#lineEnd();
      this.#at = close < 0 || close > line ? line : close + 1;
      const to = this.#at;
      this.#skip(blank);
      return { text: this.#text.slice(from + 1, close < 0 || close > line ? to : close), from, to };
    }
    while (!this.#atEnd() && !this.#endsWord(ends)) this.#at++;
    const text = this.#text.slice(from, this.#at).trimEnd();
    return text === "" ? undefined : { text, from, to: from + text.length };
  }

  #endsWord(ends: string): boolean {
    const character = this.#text[this.#at] ?? "";
    // A colon within a word is part of it: an address with its port.
    return ends.includes(character) && (character !== ":" || this.#isGap(this.#at + 1));
  }

  /** Of what stands in this column: a value of the map it is in line with, or of what the last key or item begins. */
  #pendingAt(column: number): Path {
    this.#leave(column);
    const top = this.#blocks.at(-1);
    return top !== undefined && top.kind === "map" && top.indent === column ? top.path : this.#pending();
  }

  #pending(): Path {
    const top = this.#blocks.at(-1);
    return top === undefined ? [] : [...top.path, top.last];
  }

  #leave(column: number): void {
    while ((this.#blocks.at(-1)?.indent ?? -1) > column) this.#blocks.pop();
  }

  #here(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #isGap(at: number): boolean {
    return at >= this.#text.length || `${blank}\n`.includes(this.#text[at] ?? "");
  }

  /** Of the line or before a comment. */
  #atEnd(): boolean {
    const character = this.#text[this.#at];
    if (character === undefined || character === "\n") return true;
    return character === "#" && (this.#at === 0 || this.#isGap(this.#at - 1));
  }

  #skip(characters: string): void {
    while (this.#at < this.#text.length && characters.includes(this.#text[this.#at] ?? "")) this.#at++;
  }

  #lineEnd(): number {
    const end = this.#text.indexOf("\n", this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #toNextLine(): void {
    this.#at = this.#lineEnd() + 1;
  }
}
