/** Questions to whoever sits at the terminal: a line, or one that nobody else can read. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

export interface Keyboard {
  /** Undefined: the input has ended. */
  line(question: string): Promise<string | undefined>;
  /** What is typed is not shown. */
  secret(question: string): Promise<string | undefined>;
  close(): void;
}

/** Whether there is somebody to ask. */
export function hasKeyboard(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Questions go to standard error: standard output is for results. */
export function openKeyboard(
  input: NodeJS.ReadableStream = process.stdin,
  output: Writable = process.stderr,
): Keyboard {
  let isHidden = false;
  const shown = new Writable({
    write(chunk, _encoding, done) {
      if (!isHidden) output.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input, output: shown, terminal: "isTTY" in input && input.isTTY === true });
  const lines: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let isOver = false;
  const give = (line: string | undefined): void => {
    const taker = waiting;
    waiting = undefined;
    if (taker !== undefined) taker(line);
    else if (line !== undefined) lines.push(line);
  };
  reader.on("line", give);
  reader.once("close", () => {
    isOver = true;
    give(undefined);
  });
  const next = (question: string): Promise<string | undefined> => {
    if (isOver) return Promise.resolve(lines.shift());
    // As readline's own, so that a line that is edited is drawn anew with it.
    reader.setPrompt(question);
    reader.prompt();
    const ready = lines.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve) => {
      waiting = resolve;
    });
  };
  return {
    line: next,
    async secret(question) {
      const answer = next(question);
      isHidden = true;
      const text = await answer;
      isHidden = false;
      output.write("\n");
      return text;
    },
    close: () => reader.close(),
  };
}
