/** Where a host that a person named is. */
import { lookup } from "node:dns/promises";
import { parseIp, RingfenceError } from "@ringfence/policy";
import { cleanText } from "../logs/clean-text.ts";

/** @throws RingfenceError `unknown-host` */
export async function addressOf(host: string): Promise<string> {
  if (parseIp(host) !== undefined) return host;
  try {
    return (await lookup(host)).address;
  } catch {
    throw new RingfenceError("unknown-host", `${cleanText(host, 253)} has no address`, "Check the name.");
  }
}
