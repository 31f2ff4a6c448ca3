/** Who may ask at all, before anything of the request is read: the address, the name it came under, and that no other site sent it. */
import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "../sign-in/caller.ts";
import { ApiError } from "./problems.ts";

/** What of the configuration is asked at each request; a reload replaces it. */
export interface DoorSettings {
  /** `admin.allow` */
  readonly allows: (address: string) => boolean;
  /** The address, or the /64 of IPv6. */
  readonly placeOf: (address: string) => string;
  /** `admin.names`, lower case: what a browser may call us beside addresses and localhost. */
  readonly names: readonly string[];
  readonly secure: boolean;
}

/**
 * @throws ApiError `wrong-host`: a page whose name was pointed at us (DNS rebinding) asks under its own name, and a browser that
 * means us asks under an address, localhost, or a name that the configuration knows
 */
export function callerOf(settings: DoorSettings, remote: string | undefined, host: string | undefined): Caller {
  const address = plainAddress(remote ?? "");
  const name = hostName(host ?? "");
  if (name === undefined || !(isAddress(name) || name === "localhost" || settings.names.includes(name))) {
    throw new ApiError(421, "wrong-host", "this is not known under that name here", "Add the name to admin.names.");
  }
  const loopback = address === "::1" || address.startsWith("127.");
  const origin = `${settings.secure ? "https" : "http"}://${(host ?? "").toLowerCase()}`;
  return { address, place: settings.placeOf(address), loopback, host: name, origin };
}

/** IPv4 that came to a socket of both kinds. */
export function plainAddress(remote: string): string {
  return remote.startsWith("::ffff:") ? remote.slice("::ffff:".length) : remote;
}

/**
 * A browser says which site a request comes from (Sec-Fetch-Site, Origin), and no page can make it lie. Programs say neither.
 * @throws ApiError `foreign-origin`
 */
export function refuseForeign({ origin }: Caller, headers: IncomingHttpHeaders): void {
  const site = headers["sec-fetch-site"];
  const ours = site === undefined || site === "same-origin" || site === "none";
  if (ours && (headers.origin === undefined || headers.origin === origin)) return;
  throw new ApiError(403, "foreign-origin", "another site sent this", "Open the console itself.");
}

/** Lower case, without port and brackets; undefined: it is none. */
function hostName(host: string): string | undefined {
  const lower = host.toLowerCase();
  if (lower === "" || lower.length > 255) return undefined;
  if (lower.startsWith("[")) return lower.includes("]") ? lower.slice(1, lower.indexOf("]")) : undefined;
  const colon = lower.indexOf(":");
  return colon < 0 ? lower : lower.slice(0, colon);
}

function isAddress(name: string): boolean {
  return name.includes(":") || [...name].every((character) => "0123456789.".includes(character));
}
