/** Alerts of a running Ringfence: what they are told from, and where they go. */
import { hostname } from "node:os";
import type { BackupAge } from "../backup/backup-keeper.ts";
import type { Loaded } from "../loading.ts";
import type { FollowedLine } from "../logs/log-event.ts";
import type { Log } from "../logs/logger.ts";
import { certificateAges, diskSpace } from "../metrics/machine-samples.ts";
import type { Metrics } from "../metrics/registry.ts";
import type { Status } from "../status.ts";
import { type AlertKeeper, Alerts } from "./alerts.ts";
import { RunMarker } from "./run-marker.ts";
import { waysOf } from "./ways.ts";

export interface AlertSources {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "set">;
  readonly stateDir: string;
  readonly keeper: AlertKeeper;
  readonly inForce: () => Loaded;
  readonly status: () => Status;
  /** Sentences about secrets that are too old. */
  readonly oldSecrets: () => readonly string[];
  readonly backup: () => BackupAge | undefined;
  /** What the log said before there was anybody to read it. */
  readonly heard: readonly FollowedLine[];
}

export function startAlerts(sources: AlertSources): Alerts {
  const { log, metrics, stateDir, keeper, inForce, status, oldSecrets, backup, heard } = sources;
  const marker = new RunMarker(stateDir, Date.now());
  metrics.set("last_stop_clean", Number(marker.before === undefined));
  const site = hostname();
  return new Alerts(inForce(), heard, {
    log,
    keeper,
    marker,
    now: Date.now,
    ways: (loaded) => waysOf(loaded, site, Date.now),
    facts: () => ({
      status: status(),
      wantedEngine: inForce().file.config.media.engine,
      certificates: certificateAges(inForce(), Date.now()),
      oldSecrets: oldSecrets(),
      backup: backup(),
      disks: [stateDir].flatMap((dir) => {
        const space = diskSpace(dir);
        return space === undefined ? [] : { folder: "state", free: space.free };
      }),
    }),
  });
}

/** A start says what fails in it before anybody can be told. */
const MOST_HEARD = 1_000;

/** @returns ends it, with what was said until then */
export function overhear(log: Pick<Log, "follow">): () => readonly FollowedLine[] {
  const heard: FollowedLine[] = [];
  const unfollow = log.follow((line) => {
    if (heard.length < MOST_HEARD) heard.push(line);
  });
  return () => {
    unfollow();
    return heard;
  };
}
