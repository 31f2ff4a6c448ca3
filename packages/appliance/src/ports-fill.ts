import type { MediaStatus } from "@ringfence/media";

/** How full the media ports are, 0 to 1. Those of rtpengine are its own to count. */
export function portsFill({ portsFree, portsInUse }: Pick<MediaStatus, "portsFree" | "portsInUse">): number {
  return portsInUse === 0 ? 0 : portsInUse / (portsInUse + portsFree);
}
