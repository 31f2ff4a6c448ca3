/**
 * What the collector has not taken, on disk: numbered files of some frames each, oldest first. A number is given out before it
 * is known whether there will be a file, so that what was sent and perhaps lost stands before what came later.
 *
 * Every access is one step of one chain: nobody waits for the disk, and nothing overtakes. Bounded on disk and in memory; what
 * finds no room is lost and counted. A process that is killed leaves whole files, and at most one torn frame.
 */
import { writeFileSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Backlog } from "../backlog.ts";
import type { Later } from "../later.ts";
import { type Chunk, chunkName, chunkNumber, chunkSize, neighbours } from "./chunk.ts";
import { readFrames } from "./frames.ts";

export interface SpoolWorld {
  readonly later: Later;
  /** Once, when the disk begins to fail; it is tried again. */
  readonly onTrouble: (why: string) => void;
  readonly onRecovered: () => void;
  readonly onLost: (messages: number) => void;
}

/** Characters, while the disk takes nothing. */
const mostWaiting = 4_194_304;
const againAfterMs = 5_000;

export class Spool {
  readonly #dir: string;
  readonly #world: SpoolWorld;
  readonly #backlog = new Backlog(mostWaiting);
  /** Size of each file by its number, in the order of numbers. */
  readonly #files = new Map<number, number>();
  /** Given out and not settled. */
  readonly #out = new Set<number>();
  #most: number;
  #bytes = 0;
  #next = 1;
  /** The file that grows. */
  #open: number | undefined;
  #chain: Promise<void>;
  #writing = false;
  #failing: string | undefined;
  #callOff: (() => void) | undefined;

  /** @param most octets on disk */
  constructor(dir: string, most: number, world: SpoolWorld) {
    this.#dir = dir;
    this.#most = most;
    this.#world = world;
    this.#chain = this.#find();
  }

  get failing(): string | undefined {
    return this.#failing;
  }

  /** Octets that wait, on disk and in memory. */
  get bytes(): number {
    return this.#bytes + this.#backlog.length;
  }

  /** Nothing waits but what is given out. */
  get isEmpty(): boolean {
    return this.#backlog.length === 0 && !this.#writing && [...this.#files.keys()].every((n) => this.#out.has(n));
  }

  /** Resolves when what an earlier process left has been found. */
  get ready(): Promise<void> {
    return this.#chain;
  }

  resize(most: number): void {
    this.#most = most;
  }

  /** The number of a chunk that is sent at once and only kept when that fails. */
  reserve(): number {
    return this.#next++;
  }

  /** Whole frames, behind everything else. @param messages how many they are */
  append(frames: string, messages: number): void {
    const fits = this.bytes + frames.length <= this.#most && this.#backlog.add(frames);
    if (!fits) return this.#world.onLost(messages);
    this.#write();
  }

  /** The oldest chunk that is not given out; undefined: there is none. */
  async next(): Promise<Chunk | undefined> {
    let chunk: Chunk | undefined;
    await this.#step(async () => {
      chunk = (await this.#oldest()) ?? this.#fromMemory();
    });
    return chunk;
  }

  /** Arrived: it is not needed any more. */
  settle(number: number): void {
    this.#out.delete(number);
    if (this.#files.has(number)) void this.#step(() => this.#remove(number));
  }

  /** What was given out is to be given out again; what of it is in memory only goes to the disk. */
  giveBack(chunks: readonly Chunk[]): void {
    for (const { number } of chunks) this.#out.delete(number);
    for (const chunk of neighbours(chunks.filter(({ number }) => !this.#files.has(number)))) {
      void this.#step(() => this.#keep(chunk));
    }
  }

  /** The process may end next: what is in memory only is on disk when this returns. */
  flush(chunks: readonly Chunk[]): void {
    try {
      for (const { number, frames } of neighbours(chunks.filter((chunk) => !this.#files.has(chunk.number)))) {
        writeFileSync(this.#path(number), frames, { mode: 0o600 });
      }
      const rest = this.#backlog.takeAll();
      if (rest !== "") writeFileSync(this.#path(this.reserve()), rest, { mode: 0o600 });
    } catch {
      // Whoever ends a process cannot do more.
    }
  }

  async close(): Promise<void> {
    this.#callOff?.();
    this.#write();
    await this.#chain;
    this.#callOff?.();
  }

  /** A step that fails leaves the chain whole. */
  #step(work: () => Promise<void>): Promise<void> {
    this.#chain = this.#chain.then(work).catch((error: unknown) => this.#fail(error));
    return this.#chain;
  }

  async #find(): Promise<void> {
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      const numbers = (await readdir(this.#dir)).map(chunkNumber).filter((n) => n !== undefined);
      for (const number of numbers.toSorted((a, b) => a - b)) this.#note(number, (await stat(this.#path(number))).size);
      this.#next = Math.max(this.#next, (numbers.length === 0 ? 0 : Math.max(...numbers)) + 1);
    } catch (error) {
      this.#fail(error);
    }
  }

  #write(): void {
    if (this.#writing || this.#backlog.length === 0) return;
    this.#writing = true;
    void this.#step(async () => {
      try {
        while (this.#backlog.length > 0) await this.#grow();
      } finally {
        this.#writing = false;
      }
      if (this.#failing !== undefined) this.#world.onRecovered();
      this.#failing = undefined;
    });
  }

  async #grow(): Promise<void> {
    this.#open ??= this.reserve();
    const number = this.#open;
    const frames = this.#backlog.take(chunkSize);
    const before = this.#files.get(number) ?? 0;
    try {
      if (before === 0) await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      await appendFile(this.#path(number), frames, { mode: 0o600 });
    } catch (error) {
      this.#backlog.putBack(frames);
      // Half of it may be there.
      await truncate(this.#path(number), before).catch(() => undefined);
      throw error;
    }
    this.#note(number, before + Buffer.byteLength(frames));
    if ((this.#files.get(number) ?? 0) >= chunkSize) this.#open = undefined;
  }

  async #oldest(): Promise<Chunk | undefined> {
    for (const number of [...this.#files.keys()].toSorted((a, b) => a - b)) {
      if (this.#out.has(number)) continue;
      if (number === this.#open) this.#open = undefined;
      const bytes = await readFile(this.#path(number)).catch(() => Buffer.alloc(0));
      const { end } = readFrames(bytes);
      if (end < bytes.length) this.#world.onLost(1);
      if (end > 0) {
        this.#out.add(number);
        return { number, frames: bytes.subarray(0, end) };
      }
      await this.#remove(number);
    }
    return undefined;
  }

  /** The disk fails and the collector does not: no reason to wait. */
  #fromMemory(): Chunk | undefined {
    if (this.#backlog.length === 0) return undefined;
    const number = this.reserve();
    return { number, frames: Buffer.from(this.#backlog.take(chunkSize)) };
  }

  async #keep({ number, frames }: Chunk): Promise<void> {
    try {
      await writeFile(this.#path(number), frames, { mode: 0o600 });
      this.#note(number, frames.length);
    } catch (error) {
      this.#backlog.putBack(frames.toString());
      await unlink(this.#path(number)).catch(() => undefined);
      throw error;
    }
  }

  async #remove(number: number): Promise<void> {
    this.#bytes -= this.#files.get(number) ?? 0;
    this.#files.delete(number);
    if (this.#open === number) this.#open = undefined;
    await unlink(this.#path(number)).catch(() => undefined);
  }

  #note(number: number, size: number): void {
    this.#bytes += size - (this.#files.get(number) ?? 0);
    this.#files.set(number, size);
  }

  #fail(error: unknown): void {
    const first = this.#failing === undefined;
    this.#failing = error instanceof Error ? error.message : String(error);
    this.#callOff?.();
    this.#callOff = this.#world.later(againAfterMs, () => this.#write());
    if (first) this.#world.onTrouble(this.#failing);
  }

  #path(number: number): string {
    return join(this.#dir, chunkName(number));
  }
}
