/** What outlives a restart: `state.db` in the state folder, written once a second with what changed. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { BanKeeper, BindingKeeper, UseKeeper } from "@ringfence/edge";
import { memoryStore, openSqliteStore, type StoredUse, type StorePort, WriteBehind } from "@ringfence/store";
import type { AlertKeeper } from "./alerts/alerts.ts";
import { keepBans } from "./kept-bans.ts";
import type { Log } from "./logs/logger.ts";
import { refuseNewer } from "./newer-state.ts";
import type { CallKeeper } from "./records/standing-calls.ts";
import type { AgeKeeper } from "./secrets/secret-ages.ts";

/** What a crash may forget: phones that registered within it register again anyway. */
const WRITE_EVERY = 1_000;

/** Calls that were up when the process died are charged until it was last known to live, and so long after. */
const ALIVE_EVERY = 10_000;
/** Payers hold a space, so none is called that. */
const ALIVE = "alive";

export interface StateStore {
  readonly keeper: BindingKeeper;
  readonly bans: BanKeeper;
  readonly use: UseKeeper;
  readonly calls: CallKeeper;
  readonly secrets: AgeKeeper;
  readonly alerts: AlertKeeper;
  /** Writes what waits. What does not let itself be written waits on, and the log says so. */
  flush(): void;
  /** The same, and closes. */
  close(): void;
}

/** @throws RingfenceError `state-newer` */
export function openStateStore(stateDir: string, log: Log): StateStore {
  const store = open(stateDir, log);
  const lasts = store !== undefined;
  const kept = store ?? memoryStore();
  let timer: NodeJS.Timeout | undefined;
  const behind = new WriteBehind(kept, {
    later(flush) {
      timer = setTimeout(flush, WRITE_EVERY);
      timer.unref();
    },
    onTrouble: (error) =>
      log.line("error", { event: "store", reason: "not-written", detail: `${text(error)}; it is tried again` }),
    onRecovered: () => log.line("info", { event: "store", reason: "written-again" }),
  });
  const used = kept.uses();
  const aliveAt = lastBeat(used) + ALIVE_EVERY;
  // Written also when nothing else is: a disk that takes nothing any more is found out, and limits refuse.
  const beat = (): void => behind.add({ payer: ALIVE, record: Date.now() });
  const heart = setInterval(beat, ALIVE_EVERY);
  heart.unref();
  beat();
  return {
    keeper: {
      secret: kept.secret("edge", () => randomBytes(32)),
      restored: kept.registrations(),
      keep: (token, registration) => behind.add({ token, registration }),
    },
    bans: keepBans(kept.bans(), Date.now, (banned, ban) => behind.add({ banned, ban })),
    use: {
      restored: used.map(({ payer, record }) => [payer, record]),
      aliveAt,
      keep: (payer, record) => behind.add({ payer, record }),
      get working() {
        return lasts && !behind.failing;
      },
    },
    calls: {
      restored: kept.calls().map(({ call, record }) => [call, record]),
      aliveAt,
      keep: (call, record) => behind.add({ call, record }),
    },
    secrets: {
      key: kept.secret("marks", () => randomBytes(32)),
      restored: kept.marks().map(({ secret, mark }) => [secret, mark]),
      keep: (secret, mark) => behind.add({ secret, mark }),
    },
    alerts: {
      restored: kept.alerts().map(({ record }) => record),
      keep: (alert, record) => behind.add({ alert, record }),
    },
    flush: () => behind.flush(),
    close() {
      clearInterval(heart);
      clearTimeout(timer);
      behind.flush();
      clearTimeout(timer);
      kept.close();
    },
  };
}

function lastBeat(used: readonly StoredUse[]): number {
  return Number(used.find(({ payer }) => payer === ALIVE)?.record ?? 0) || 0;
}

/** Undefined: a state folder that does not work costs the memory of a restart and limits of the day, not the service. */
function open(stateDir: string, log: Log): StorePort | undefined {
  const path = join(stateDir, "state.db");
  try {
    const store = openSqliteStore(path, Date.now());
    if (store.movedAside !== undefined) {
      const detail = `${path} was damaged and is now ${store.movedAside}; phones register again by themselves, bans are forgotten, limits of the day begin anew`;
      log.line("error", { event: "store", reason: "damaged", detail });
    }
    return store;
  } catch (error) {
    refuseNewer(error);
    const detail = `${path}: ${text(error)}; registrations and bans will not outlive this process, limits of the day refuse`;
    log.line("error", { event: "store", reason: "unusable", detail });
    return undefined;
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
