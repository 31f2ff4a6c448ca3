/** What a person asks of bans, and tells. */
import type { EdgeHandle } from "@ringfence/edge";
import { parseIp, RingfenceError } from "@ringfence/policy";
import type { ControlDesk } from "./protocol.ts";

export function banDesk(edge: Pick<EdgeHandle, "bans" | "ban" | "unban">): Pick<ControlDesk, "bans" | "ban" | "unban"> {
  return {
    bans: () => ({ bans: edge.bans() }),
    ban({ source, forMs }) {
      if (parseIp(source) === undefined) {
        throw new RingfenceError("not-an-address", `${source} is no address`, "Write one, such as 192.0.2.1");
      }
      edge.ban(source, forMs);
      return { bans: edge.bans() };
    },
    unban({ label }) {
      const before = edge.bans().length;
      edge.unban(label);
      return { lifted: before - edge.bans().length };
    },
  };
}
