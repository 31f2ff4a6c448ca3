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
  const found = core.bans(now).filter(({ kind, label }) => kind === "source" && reception.isOutcast(label));
  // Of a /48 the gate cannot say who else is in it.
  if (!found.some(isWide)) return found;
  const homes = core.homes();
  return found.filter((ban) => !isWide(ban) || !homes.has(placeOf(ban.label.slice(0, -"/48".length))));
}

function isWide({ label }: KeptBan): boolean {
  return label.endsWith("/48");
}
