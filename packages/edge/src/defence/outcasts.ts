/**
 * Bans that may hold before a packet is read at all: of sources where no phone is or was registered. Where one was, it goes on or comes
 * back, and only whoever reads its packets can tell.
 */
import type { Millis } from "@ringfence/sip";
import type { EdgeCore } from "../core.ts";
import type { Reception } from "../reception.ts";
import { placeOf } from "../registrar/known-places.ts";
import type { KeptBan } from "./bans.ts";

/** In shadow there are none. */
export function outcasts(core: EdgeCore, reception: Reception, now: Millis): readonly KeptBan[] {
  const found = core.bans(now).filter(({ kind, label }) => kind === "source" && reception.isOutcast(addressIn(label)));
  // Of a /48 the gate cannot say who else is in it.
  if (!found.some(isWide)) return found;
  const homes = core.homes();
  return found.filter((ban) => !isWide(ban) || !homes.has(placeOf(addressIn(ban.label))));
}

function isWide({ label }: KeptBan): boolean {
  return label.endsWith("/48");
}

/** `2001:db8:1::` of `2001:db8:1::/48`; a single address as it is. */
function addressIn(label: string): string {
  return label.split("/")[0] ?? "";
}
