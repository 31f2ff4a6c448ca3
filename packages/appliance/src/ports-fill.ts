import type { MediaStatus } from "@ringfence/media";

/** How full the media ports are, 0 to 1. With instances of rtpengine 0: how many ports are left is theirs to know. */
export function portsFill({ portsFree, portsInUse, instances }: MediaStatus): number {
  if (instances.length > 0) return 0;
  return portsInUse === 0 ? 0 : portsInUse / (portsInUse + portsFree);
}
