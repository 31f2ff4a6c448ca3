/** Lines to whoever reads standard output. They never wait for that reader: what it does not take in time is lost and counted. */
import { destination } from "pino";

/** A flood of events while nobody reads the pipe must not become memory: past this, lines are lost and counted. */
const mostBufferedBytes = 4_194_304;

export interface StandardOutput {
  write(lines: string): void;
  /** Everything written has reached the operating system when this returns. */
  flush(): void;
}

/** @param onLost called for each line that had to be dropped because the reader of the log does not keep up */
export function standardOutput(onLost: () => void): StandardOutput {
  const output = destination({ fd: 1, sync: false, maxLength: mostBufferedBytes });
  output.on("drop", (lines: string) => {
    for (let at = lines.indexOf("\n"); at >= 0; at = lines.indexOf("\n", at + 1)) onLost();
  });
  // A reader that went away (`| head`) is no reason to stop serving calls.
  output.on("error", () => undefined);
  return {
    write: (lines) => void output.write(lines),
    flush() {
      try {
        output.flushSync();
      } catch {
        // Nobody reads any more; there is no place left to say so.
      }
    },
  };
}
