/** Where the commands write: lines, with colour only where a person looks at a terminal. */
export type Tone = "plain" | "strong" | "faint" | "good" | "bad";

export interface Terminal {
  /** The result of a command. */
  out(text: string): void;
  /** Problems and progress. */
  err(text: string): void;
  /** Bold on a terminal, unchanged elsewhere. */
  bold(text: string): string;
  /** Coloured on a terminal, unchanged elsewhere. */
  tinted(tone: Tone, text: string): string;
  problem(line: string): void;
  warning(line: string): void;
}

const codes: Readonly<Record<Tone, number>> = { plain: 0, strong: 1, faint: 2, good: 32, bad: 31 };

export function createTerminal(options: { readonly colour: boolean }): Terminal {
  // A reader that went away (`| head -1`) is not a fault.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const paint = (code: number, text: string, stream: { readonly isTTY?: boolean }): string =>
    options.colour && stream.isTTY === true ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    bold: (text) => paint(1, text, process.stdout),
    tinted: (tone, text) => (text === "" ? "" : paint(codes[tone], text, process.stdout)),
    problem: (line) => void process.stderr.write(`${paint(31, line, process.stderr)}\n`),
    warning: (line) => void process.stderr.write(`${paint(33, line, process.stderr)}\n`),
  };
}
