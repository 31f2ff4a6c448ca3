/** The console as one of those who serve beside the calls: it comes, moves and goes with the configuration, and its fault ends no call. */
import { join, resolve } from "node:path";
import type { Attendant } from "../attendants.ts";
import type { Loaded } from "../loading.ts";
import type { AdminParts } from "./admin-parts.ts";
import type { OpenConsole } from "./open-console.ts";

export class AdminPart implements Attendant {
  readonly #parts: AdminParts;
  #console: OpenConsole | undefined;
  #usersFile = "";
  #trouble: string | undefined;
  /** One configuration after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: AdminParts) {
    this.#parts = parts;
  }

  /** Undefined: the configuration wants none, or it could not be opened. */
  get console(): OpenConsole | undefined {
    return this.#console?.url === "" ? undefined : this.#console;
  }

  /** What was applied so far is done. */
  get settled(): Promise<void> {
    return this.#queue;
  }

  apply(next: Loaded): void {
    this.#queue = this.#queue.then(() => this.#follow(next));
  }

  problems(): readonly string[] {
    return this.#trouble === undefined ? [] : [this.#trouble];
  }

  async stop(): Promise<void> {
    this.#queue = this.#queue.then(() => this.#close());
    await this.#queue;
  }

  /** Never rejects. */
  async #follow(next: Loaded): Promise<void> {
    try {
      await this.#serve(next);
      this.#trouble = undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#trouble = `console and API cannot be opened: ${why}`;
      this.#parts.log.line("error", { event: "admin", reason: "unusable", detail: why });
    }
  }

  async #serve(next: Loaded): Promise<void> {
    const { config, dir } = next.file;
    const { admin } = config;
    if (admin === undefined) return this.#close();
    const usersFile = admin.users === undefined ? join(this.#parts.stateDir, "admins.json") : resolve(dir, admin.users);
    if (usersFile !== this.#usersFile) await this.#close();
    if (this.#console === undefined) {
      const { openConsole } = await import("./open-console.ts");
      this.#console = openConsole(this.#parts, usersFile, admin);
      this.#usersFile = usersFile;
    }
    await this.#console.serve(next, admin);
  }

  async #close(): Promise<void> {
    const before = this.#console;
    this.#console = undefined;
    this.#usersFile = "";
    await before?.close();
  }
}
