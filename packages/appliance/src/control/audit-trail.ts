/** The book of what persons did: rows in a chain of hashes, as the records of calls, so that none is changed or dropped in silence. */
import { join } from "node:path";
import { openRecordFile, type RecordFile, type RecordPlace, type StoredRecord } from "@ringfence/store";
import type { Log } from "../logs/logger.ts";
import { createMask } from "../logs/mask.ts";
import { refuseNewer } from "../newer-state.ts";
import { giveLikeFolder } from "../ownership.ts";
import type { ToldAct } from "./audited.ts";

export interface AuditEntry extends ToldAct {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface AuditPage {
  readonly items: readonly AuditEntry[];
  /** Null: there is no more. */
  readonly next: string | null;
}

export interface AuditTrail {
  add(act: ToldAct): void;
  /** The newest first. @param after `next` of the page before */
  page(limit: number, after: string | undefined): AuditPage;
  stop(): void;
}

/** A year and a month: an auditor asks for the last year. */
const KEEP = 395 * 86_400_000;

export const auditFile = (stateDir: string): string => join(stateDir, "audit.db");

/** What a person asked to erase must not live on here: outside numbers are cut short as in the log. */
const mask = createMask("numbers");

/** A disk that does not take it stops nobody: the line stands in the log all the same, and so does the trouble. */
export function openAuditTrail(stateDir: string, log: Pick<Log, "line">): AuditTrail {
  const file = open(stateDir, log);
  let failing = false;
  return {
    add(act) {
      try {
        file?.append([rowOf(act, Date.now())]);
        if (failing) log.line("info", { event: "audit-trail", reason: "written-again" });
        failing = false;
      } catch (error) {
        if (!failing) log.line("error", { event: "audit-trail", reason: "not-written", detail: text(error) });
        failing = true;
      }
    },
    page(limit, after) {
      const matches = ({ kind }: StoredRecord): boolean => kind === "act";
      const { records = [], next } = file?.search({ limit, after: placeOf(after), matches }) ?? {};
      return { items: records.map(entryOf), next: next === undefined ? null : `${next.at}.${next.seq}` };
    },
    stop: () => file?.close(),
  };
}

/** An act that no running Ringfence hears of: of a command that reads a file itself. @throws what the disk says */
export function noteOnDisk(stateDir: string, act: ToldAct): void {
  const path = auditFile(stateDir);
  const file = openRecordFile(path);
  try {
    // Where the service has not run yet, root makes it: the service has to write in it all the same.
    giveLikeFolder(path, stateDir);
    file.append([rowOf(act, Date.now())]);
  } finally {
    file.close();
  }
}

function rowOf({ by, via, act, object, result, detail }: ToldAct, at: number) {
  const said = { object: mask.text(object), detail: mask.text(detail) };
  return { kind: "act", at, facts: { by, via, act, ...said, result }, person: {} } as const;
}

function entryOf({ seq, at, facts }: StoredRecord): AuditEntry {
  const said = (name: string): string => String(facts[name] ?? "");
  return {
    id: seq,
    at,
    by: said("by"),
    via: said("via") === "api" ? "api" : "cli",
    act: said("act"),
    object: said("object"),
    result: said("result") === "done" ? "done" : "refused",
    detail: said("detail"),
  };
}

/** Whatever somebody sends instead of a place is the beginning. */
function placeOf(after: string | undefined): RecordPlace | undefined {
  const [at = Number.NaN, seq = Number.NaN] = (after ?? "").split(".").map(Number);
  return Number.isSafeInteger(at) && Number.isSafeInteger(seq) ? { at, seq } : undefined;
}

function open(stateDir: string, log: Pick<Log, "line">): RecordFile | undefined {
  try {
    const file = openRecordFile(auditFile(stateDir), 0);
    file.prune(Date.now() - KEEP, Date.now());
    return file;
  } catch (error) {
    refuseNewer(error);
    log.line("error", { event: "audit-trail", reason: "unusable", detail: text(error) });
    return undefined;
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
