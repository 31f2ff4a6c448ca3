/**
 * The one line about each act of a person, at the command line and at the API alike: who, what, about what, and whether it was done. In the
 * log, where everything stands, and in a book of its own, whose rows cannot be changed without a trace.
 */
import type { Log } from "../logs/logger.ts";
import { type AuditTrail, openAuditTrail } from "./audit-trail.ts";
import { objectOf } from "./object-of.ts";
import type { ControlDesk, ControlRequest } from "./protocol.ts";

export interface ActOfPerson {
  readonly by: string;
  readonly via: "cli" | "api";
  readonly act: string;
  /** What it was about, in words. */
  readonly object: string;
}

export interface ToldAct extends ActOfPerson {
  readonly result: "done" | "refused";
  /** Why it was refused, or how it was done. */
  readonly detail: string;
}

export interface Audit extends Pick<AuditTrail, "page" | "stop"> {
  /** @throws what the work throws */
  around<T>(act: ActOfPerson, work: () => T | Promise<T>): Promise<T>;
  /** An act that is over already. */
  note(act: ToldAct): void;
}

export function openAudit(stateDir: string, log: Pick<Log, "line">): Audit {
  const trail = openAuditTrail(stateDir, log);
  const note = (act: ToldAct): void => {
    log.line(act.result === "done" ? "info" : "warn", { event: "audit", ...act });
    trail.add(act);
  };
  return {
    note,
    page: (limit, after) => trail.page(limit, after),
    stop: () => trail.stop(),
    async around(act, work) {
      try {
        const made = await work();
        note({ ...act, result: "done", detail: "" });
        return made;
      } catch (error) {
        note({ ...act, result: "refused", detail: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    },
  };
}

/** `look`: it changes nothing and shows what changes every second; whoever may open the socket sees it. */
const kinds: Readonly<Record<ControlRequest["command"], "act" | "look">> = {
  status: "look",
  "audit-facts": "look",
  reload: "act",
  confirm: "act",
  rollback: "act",
  diff: "act",
  history: "act",
  drain: "act",
  bans: "look",
  prove: "act",
  ban: "act",
  unban: "act",
  suspend: "act",
  resume: "act",
  explain: "look",
  ask: "act",
  decisions: "look",
  log: "act",
  trace: "act",
  "admin-users": "act",
  "admin-add": "act",
  "admin-reset": "act",
  "admin-remove": "act",
  "admin-sign-out": "act",
  "admin-enrol": "act",
  "admin-keys": "act",
  "admin-key": "act",
  "admin-key-remove": "act",
  "audit-log": "act",
  alerts: "look",
  acknowledge: "act",
  "test-alert": "act",
};

/** The desk, with a line about each act of whoever asks it. */
export function auditedDesk(desk: ControlDesk, audit: Audit, by: string): ControlDesk {
  const wrapped = Object.entries(desk).map(([command, answer]) => {
    if (kinds[command as ControlRequest["command"]] === "look") return [command, answer];
    const told = (request: ControlRequest): Promise<unknown> => {
      const who = "by" in request && request.by !== "" ? request.by : by;
      const act = { by: who, via: "cli", act: command, object: objectOf(request) } as const;
      return audit.around(act, () => answer(request as never));
    };
    return [command, told];
  });
  return Object.fromEntries(wrapped) as ControlDesk;
}
