/** What `status` and the machine say that somebody has to know: read every few seconds, and judged here. Pure. */
import { formatDuration, type MediaConfig } from "@ringfence/policy";
import type { BackupAge } from "../backup/backup-keeper.ts";
import type { CertificateAge } from "../metrics/machine-samples.ts";
import type { Status } from "../status.ts";
import type { Condition } from "./alert.ts";

export interface Facts {
  readonly status: Pick<Status, "pbx" | "trunks" | "inShadow" | "kernel"> & {
    readonly defence: { readonly load: Pick<Status["defence"]["load"], "level" | "lagMs" | "busy"> };
    readonly media: Pick<Status["media"], "engine" | "why" | "instances">;
  };
  /** As configured. */
  readonly wantedEngine: MediaConfig["engine"];
  readonly certificates: readonly CertificateAge[];
  /** Sentences about those that are too old. */
  readonly oldSecrets: readonly string[];
  /** Undefined: none is to come by itself. */
  readonly backup: BackupAge | undefined;
  /** Share of each folder's disk that is free, 0 to 1. */
  readonly disks: readonly { readonly folder: string; readonly free: number }[];
}

const SOON_DAYS = { warning: 30, critical: 7 } as const;
const HOUR = 3_600_000;
const FREE = { warning: 0.1, critical: 0.03 } as const;

export function conditionsOf(facts: Facts): readonly Condition[] {
  const { status } = facts;
  return [
    ...pbxConditions(status.pbx),
    ...status.trunks.flatMap(trunkConditions),
    ...facts.certificates.flatMap(certificateConditions),
    ...facts.oldSecrets.map(secretCondition),
    ...facts.disks.flatMap(diskConditions),
    ...backupConditions(facts.backup),
    ...status.inShadow.map((key): Condition => {
      return { kind: "in-shadow", object: key, detail: "what it would refuse is counted and logged, and let through" };
    }),
    ...kernelConditions(status.kernel),
    ...engineConditions(facts),
    ...overloadConditions(status.defence.load),
  ];
}

/** A node that is away while another serves is a warning. */
function pbxConditions({ address, reachable, silence, nodes }: Status["pbx"]): readonly Condition[] {
  if (reachable === false) {
    const detail =
      "it answered phones' requests and no longer does; put the address of core.phones_from on its white list";
    if (silence === "banned") return [{ kind: "pbx-banned-us", object: address, detail }];
    return [{ kind: "pbx-down", object: address, detail: "no answer; calls and registrations are refused with 503" }];
  }
  return nodes
    .filter((node) => node.up === false)
    .map((node) => {
      const detail = "this node does not answer; calls go to another one";
      return { kind: "pbx-down", object: node.address, severity: "warning", detail };
    });
}

function trunkConditions({ name, hosts, registration }: Status["trunks"][number]): readonly Condition[] {
  if (registration?.state === "failed") {
    const detail = `our registration is refused: ${registration.reason ?? "no reason was given"}`;
    return [{ kind: "trunk-down", object: name, detail }];
  }
  if (hosts.length > 0 && hosts.every(({ state }) => state === "down")) {
    const places = hosts.slice(0, 5).map(({ place }) => place);
    return [{ kind: "trunk-down", object: name, detail: `none of its hosts answers: ${places.join(", ")}` }];
  }
  return hosts.length > 0 ? [] : [{ kind: "trunk-down", object: name, detail: "no host of it was found in DNS" }];
}

function certificateConditions({ name, daysLeft }: CertificateAge): readonly Condition[] {
  if (daysLeft >= SOON_DAYS.warning) return [];
  const severity = daysLeft < SOON_DAYS.critical ? "critical" : "warning";
  const until = daysLeft < 0 ? "it has expired" : `${Math.floor(daysLeft)} days are left`;
  return [{ kind: "certificate-expiry", object: name, severity, detail: `${until}; renew it and reload` }];
}

/** A sentence begins with what it is about. */
function secretCondition(sentence: string): Condition {
  const [name = ""] = sentence.split(" ");
  return { kind: "secret-expiry", object: name.includes(".") ? name : "phones.accounts", detail: sentence };
}

function diskConditions({ folder, free }: Facts["disks"][number]): readonly Condition[] {
  if (free >= FREE.warning) return [];
  const severity = free < FREE.critical ? "critical" : "warning";
  return [{ kind: "disk-low", object: folder, severity, detail: `${(free * 100).toFixed(1)} % of its disk is free` }];
}

/** One that is late is tried again each minute; two that did not come are somebody's business. */
function backupConditions(backup: Facts["backup"]): readonly Condition[] {
  if (backup === undefined || backup.ageMs <= 2 * backup.everyMs + HOUR) return [];
  const hours = Math.floor(backup.ageMs / HOUR);
  const wanted = `one every ${formatDuration(backup.everyMs)} is wanted`;
  return [{ kind: "backup-old", object: "", detail: `there has been none for ${hours} hours, and ${wanted}` }];
}

function kernelConditions({ state, why }: Status["kernel"]): readonly Condition[] {
  return state === "failed" ? [{ kind: "ban-path-broken", object: "", detail: why }] : [];
}

/** Who asked for `auto` wants the native one; an instance of a farm that gets no calls is one less. */
function engineConditions({ status, wantedEngine }: Facts): readonly Condition[] {
  const { engine, why, instances } = status.media;
  const fell: Condition[] =
    engine === "js" && wantedEngine === "auto" ? [{ kind: "media-engine", object: "js", detail: why }] : [];
  const away = instances
    .filter(({ state }) => state === "silent" || state === "unfit")
    .map(({ place, state }): Condition => {
      return {
        kind: "media-engine",
        object: place,
        detail: `this instance of rtpengine is ${state} and gets no calls`,
      };
    });
  return [...fell, ...away];
}

function overloadConditions({ level, lagMs, busy }: Facts["status"]["defence"]["load"]): readonly Condition[] {
  if (level === 0) return [];
  const refused = ["", "strangers", "new calls of phones that are not proven", "all but the proven"][level] ?? "";
  const detail = `refused are ${refused}; lag ${Math.round(lagMs)} ms, busy ${Math.round(busy * 100)} %`;
  return [{ kind: "overload", object: "", severity: level >= 2 ? "critical" : "warning", detail }];
}
