/** Registrations beyond a restart: `state.db` in the state folder, written once a second with what changed. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { BindingKeeper } from "@ringfence/edge";
import { memoryStore, openSqliteStore, type StorePort, WriteBehind } from "@ringfence/store";
import type { Log } from "./logger.ts";

/** What a crash may forget: phones that registered within it register again anyway. */
const WRITE_EVERY = 1_000;

export interface RegistrationStore {
  readonly keeper: BindingKeeper;
  /** Writes what waits, and closes. */
  close(): void;
}

export function openRegistrationStore(stateDir: string, log: Log): RegistrationStore {
  const store = open(stateDir, log);
  let timer: NodeJS.Timeout | undefined;
  const behind = new WriteBehind(store, {
    later(flush) {
      timer = setTimeout(flush, WRITE_EVERY);
      timer.unref();
    },
    onTrouble: (error) =>
      log.line("error", { event: "store", reason: "not-written", detail: `${text(error)}; it is tried again` }),
    onRecovered: () => log.line("info", { event: "store", reason: "written-again" }),
  });
  return {
    keeper: {
      secret: store.secret("edge", () => randomBytes(32)),
      restored: store.registrations(),
      keep: (token, registration) => behind.add({ token, registration }),
    },
    close() {
      clearTimeout(timer);
      behind.flush();
      clearTimeout(timer);
      store.close();
    },
  };
}

/** A state folder that does not work costs the memory of a restart, not the service. */
function open(stateDir: string, log: Log): StorePort {
  const path = join(stateDir, "state.db");
  try {
    const store = openSqliteStore(path, Date.now());
    if (store.movedAside !== undefined) {
      const detail = `${path} was damaged and is now ${store.movedAside}; phones register again by themselves`;
      log.line("error", { event: "store", reason: "damaged", detail });
    }
    return store;
  } catch (error) {
    const detail = `${path}: ${text(error)}; registrations will not outlive this process`;
    log.line("error", { event: "store", reason: "unusable", detail });
    return memoryStore();
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
