import { canonicalIp, isWildcard } from "../address.ts";
import type { PhonesConfig } from "../config/config.ts";
import { type Filter, passes, rejects } from "./filter.ts";

const addressed = new Set(["INVITE", "MESSAGE", "OPTIONS", "PUBLISH", "REGISTER", "SUBSCRIBE"]);

/**
 * Only domains we serve. The host is never used to route, so this is no open relay either way; it keeps those out who do not
 * even know whom they call, which is nearly every scanner. In a dialog the dialog itself was compared; the PBX writes what
 * we gave it; `tel:` has no host; and an emergency call must not fail for the name of a domain.
 */
export function targetFilter(phones: PhonesConfig, localAddresses: readonly string[]): Filter {
  const own = [...phones.listen.map((listener) => listener.address), ...localAddresses, phones.publicAddress ?? ""];
  const addresses = own.filter((address) => !isWildcard(address)).map(canonicalIp);
  const hosts = new Set([...phones.domains, ...phones.domains.map(canonicalIp), ...addresses]);
  hosts.delete(undefined);
  const fine = passes("target", "the domain is served here");
  const skipped = passes("target", "the domain does not matter for this request");
  const foreign = rejects("target", "domain-not-served", "the domain is not served here", "phones.domains");
  const serves = (host: string): boolean => {
    const name = host.endsWith(".") ? host.slice(0, -1) : host;
    return hosts.has(name) || hosts.has(canonicalIp(name) ?? name);
  };
  return (subject, { emergency }) => {
    if (subject.side === "core" || subject.inDialog || emergency || !addressed.has(subject.method)) return skipped;
    if (subject.targetScheme === "tel") return skipped;
    return serves(subject.targetHost) ? fine : foreign;
  };
}
