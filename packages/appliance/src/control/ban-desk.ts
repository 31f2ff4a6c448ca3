/** What a person asks of bans, and tells. */
import type { EdgeHandle } from "@ringfence/edge";
import { parseIp, RingfenceError } from "@ringfence/policy";
import type { ControlDesk } from "./protocol.ts";

/** @param store bans are written before it is said that they stand */
export function banDesk(
  edge: Pick<EdgeHandle, "bans" | "ban" | "unban">,
  store: { flush(): void },
): Pick<ControlDesk, "bans" | "ban" | "unban"> {
  return {
    bans: () => ({ bans: edge.bans() }),
    ban({ source, forMs }) {
      if (parseIp(source) === undefined) {
        throw new RingfenceError("not-an-address", `${source} is no address`, "Write one, such as 192.0.2.1");
      }
      edge.ban(source, forMs);
      store.flush();
      return { bans: edge.bans() };
    },
    unban({ label }) {
      const before = edge.bans().length;
      edge.unban(label);
      store.flush();
      return { lifted: before - edge.bans().length };
    },
  };
}
