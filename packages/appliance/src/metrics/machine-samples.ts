/** What is measured of the machine under us and of what we keep there. */
import { statfsSync } from "node:fs";
import type { Attendant } from "../attendants.ts";
import type { Loaded } from "../loading.ts";
import type { Sample } from "./registry.ts";

const DAY = 86_400_000;

export interface DiskSpace {
  readonly freeBytes: number;
  /** 0 to 1. */
  readonly free: number;
}

/** Undefined: nobody can tell. */
export function diskSpace(folder: string): DiskSpace | undefined {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return blocks === 0 ? undefined : { freeBytes: bavail * bsize, free: bavail / blocks };
  } catch {
    return undefined;
  }
}

export interface CertificateAge {
  readonly name: string;
  /** Below 0 once it has expired. */
  readonly daysLeft: number;
}

export function certificateAges(
  { certificates }: Pick<Loaded, "certificates">,
  now: number,
): readonly CertificateAge[] {
  return certificates.ends.map(({ name, at }) => ({ name, daysLeft: (at - now) / DAY }));
}

/** Read at each scrape. */
export function machineWatch(first: Pick<Loaded, "certificates">, stateDir: string): Attendant {
  let loaded = first;
  const labels = { folder: "state" };
  return {
    apply(next) {
      loaded = next;
    },
    samples() {
      const space = diskSpace(stateDir);
      const disk: readonly Sample[] =
        space === undefined
          ? []
          : [
              { name: "disk_free_bytes", labels, value: space.freeBytes },
              { name: "disk_free_ratio", labels, value: space.free },
            ];
      const certificates = certificateAges(loaded, Date.now()).map(({ name, daysLeft }): Sample => {
        const value = Math.floor((daysLeft * DAY) / 1_000);
        return { name: "certificate_left_seconds", labels: { certificate: name }, value };
      });
      return [...certificates, ...disk];
    },
  };
}
