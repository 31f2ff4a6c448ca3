/** Rows of the book of calls gathered for a second and written together, off the path of a message. */
import type { NewRecord, RecordFile } from "@ringfence/store";

export interface RecordKeeperOptions {
  /** Arranges for the work to be done a second later. */
  readonly later: (work: () => void) => void;
  /** Once for each row of failures: the rows wait for the next try. */
  readonly onTrouble: (error: unknown) => void;
  readonly onRecovered: () => void;
  /** A row that found no place because the disk has taken nothing for long. */
  readonly onLost: () => void;
}

/** At 10 calls a second a quarter of an hour without a disk; 10 MB. */
const mostWaiting = 10_000;
/** So many are written at once, whether a second is over or not: some milliseconds, for which the service does nothing else. */
const writtenAt = 32;

export class RecordKeeper {
  readonly #file: Pick<RecordFile, "append">;
  readonly #options: RecordKeeperOptions;
  #waiting: NewRecord[] = [];
  #scheduled = false;
  #failing = false;

  constructor(file: Pick<RecordFile, "append">, options: RecordKeeperOptions) {
    this.#file = file;
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(record: NewRecord): void {
    if (this.#waiting.length >= mostWaiting) return this.#options.onLost();
    this.#waiting.push(record);
    if (this.#waiting.length >= writtenAt && !this.#failing) this.flush();
    else this.#schedule();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    try {
      this.#file.append(this.#waiting);
    } catch (error) {
      if (!this.#failing) this.#options.onTrouble(error);
      this.#failing = true;
      return this.#schedule();
    }
    this.#waiting = [];
    if (this.#failing) this.#options.onRecovered();
    this.#failing = false;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.later(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}
