/**
 * The log in files of a folder: one is written, and put aside when it is full or its day (UTC) is over. Nothing waits for the
 * disk: lines are gathered in memory, written one piece after the other, and when the disk takes none for long, lost and counted.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { LogFilesConfig } from "@ringfence/policy";
import { Backlog, countLines } from "../backlog.ts";
import type { Later } from "../later.ts";
import type { LogOutput } from "../logger.ts";
import { asideName, currentName, outdated } from "./retention.ts";

export interface LogFilesWorld {
  readonly now: () => number;
  readonly later: Later;
  /** Once, when writing begins to fail; it is tried again. */
  readonly onTrouble: (why: string) => void;
  readonly onRecovered: () => void;
  readonly onLost: (lines: number) => void;
}

/** Half a minute of a busy day without a disk. */
const mostWaiting = 4_194_304;
const atOnce = 262_144;
const againAfterMs = 5_000;
const dayMs = 86_400_000;
/** The log says who called whom: for its owner and a group that reads logs. */
const fileMode = 0o640;
const folderMode = 0o750;

interface OpenFile {
  readonly handle: FileHandle;
  /** Since 1970, UTC: of the lines in it. */
  day: number;
  size: number;
}

export class LogFiles implements LogOutput {
  readonly #world: LogFilesWorld;
  readonly #backlog = new Backlog(mostWaiting);
  #settings: LogFilesConfig;
  #file: OpenFile | undefined;
  /** What the disk took only a part of. */
  #rest: Buffer = Buffer.alloc(0);
  #working: Promise<void> | undefined;
  #callOff: (() => void) | undefined;
  #failing: string | undefined;
  #closed = false;

  constructor(settings: LogFilesConfig, world: LogFilesWorld) {
    this.#settings = settings;
    this.#world = world;
  }

  /** Why nothing can be written now; undefined: it can. */
  get failing(): string | undefined {
    return this.#failing;
  }

  get folder(): string {
    return this.#settings.path;
  }

  get path(): string {
    return join(this.#settings.path, currentName);
  }

  lines(lines: string): void {
    if (this.#closed || !this.#backlog.add(lines)) return this.#world.onLost(countLines(lines));
    if (this.#callOff === undefined) this.#working ??= this.#work();
  }

  /** The same folder. */
  apply(settings: LogFilesConfig): void {
    this.#settings = settings;
  }

  /** What waits is written before this returns, wherever the file stands: the process may end next. */
  flush(): void {
    if (this.#backlog.length === 0) return;
    try {
      const fd = openSync(this.path, "a", fileMode);
      writeSync(fd, this.#backlog.takeAll());
      closeSync(fd);
    } catch {
      // Whoever ends a process cannot do more.
    }
  }

  async close(): Promise<void> {
    this.#cancelRetry();
    await (this.#working ?? this.#work());
    this.#closed = true;
    this.#cancelRetry();
    this.#world.onLost(countLines(this.#backlog.takeAll()));
    await this.#drop();
  }

  /** Ends when nothing waits, or with a failure that is tried again later. */
  async #work(): Promise<void> {
    try {
      while (this.#backlog.length > 0 || this.#rest.length > 0) {
        const file = await this.#place();
        if (this.#rest.length === 0) this.#rest = Buffer.from(this.#backlog.take(atOnce));
        const { bytesWritten } = await file.handle.write(this.#rest);
        file.size += bytesWritten;
        this.#rest = this.#rest.subarray(bytesWritten);
      }
      if (this.#failing !== undefined) this.#world.onRecovered();
      this.#failing = undefined;
    } catch (error) {
      // Opened anew at the next try: the folder may be another by then.
      await this.#drop();
      const first = this.#failing === undefined;
      this.#failing = error instanceof Error ? error.message : String(error);
      this.#callOff = this.#world.later(againAfterMs, () => this.#tryAgain());
      if (first) this.#world.onTrouble(this.#failing);
    } finally {
      this.#working = undefined;
    }
  }

  #tryAgain(): void {
    this.#callOff = undefined;
    this.#working ??= this.#work();
  }

  #cancelRetry(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  /** The file that the next lines belong into. */
  async #place(): Promise<OpenFile> {
    const today = Math.floor(this.#world.now() / dayMs);
    let file = this.#file ?? (await this.#open());
    if (file.size === 0) file.day = today;
    const full = file.size > 0 && file.size + this.#rest.length >= this.#settings.maxSize;
    // Between two lines only: what the disk took a part of is finished first.
    if (this.#rest.length === 0 && file.size > 0 && (full || file.day !== today)) {
      await this.#drop();
      await rename(this.path, join(this.#settings.path, asideName(this.#world.now())));
      await this.#prune();
      file = await this.#open();
      file.day = today;
    }
    return file;
  }

  async #open(): Promise<OpenFile> {
    await mkdir(this.#settings.path, { recursive: true, mode: folderMode });
    const handle = await open(this.path, "a", fileMode);
    const { size, mtimeMs } = await handle.stat();
    this.#file = { handle, size, day: Math.floor(mtimeMs / dayMs) };
    return this.#file;
  }

  async #prune(): Promise<void> {
    const { path, keep } = this.#settings;
    for (const name of outdated(await readdir(path), keep, this.#world.now())) await unlink(join(path, name));
  }

  async #drop(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => undefined);
  }
}
