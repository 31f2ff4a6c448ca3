/** What `status` says of media. */
import type { MediaStatus } from "@ringfence/media";
import { formatQuality } from "./call-quality.ts";
import type { Status } from "./status.ts";

type Row = readonly [name: string, value: string];

export function mediaRows(media: Status["media"]): readonly Row[] {
  return [
    ["media ports", portsLine(media)],
    ["sound", formatQuality(media.quality)],
    ["media engine", `${media.engine}: ${media.why}`],
    ...(media.threads ? [["media threads", threadsLine(media.threads)] as const] : []),
    ...media.instances.map((instance) => ["instance", instanceLine(instance)] as const),
  ];
}

function portsLine({ engine, portsInUse, portsDraining, portsFree }: Status["media"]): string {
  if (engine === "rtpengine") return `${portsInUse} in use, on its instances`;
  return `${portsInUse} in use, ${portsDraining} draining, ${portsFree} free`;
}

function threadsLine({ count, nice, processors }: NonNullable<MediaStatus["threads"]>): string {
  const before = nice < 0 ? `nice ${nice}` : `nice ${nice}, because the system grants no less (RLIMIT_NICE)`;
  const where = processors.length === 0 ? "" : `, on processor ${processors.join(", ")}`;
  return `${count}, ${before}${where}`;
}

function instanceLine({ place, state, weight, calls, sessions }: MediaStatus["instances"][number]): string {
  const words = { unknown: "not known yet", up: "answers", silent: "does not answer", unfit };
  return `${place}, ${words[state]}, weight ${weight}, ${calls} calls of ours, ${sessions} in all`;
}

const unfit = "answers, but has no interface of the names in media.interfaces and gets no calls";
