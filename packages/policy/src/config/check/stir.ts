import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";

/** A trunk that is to verify or sign needs what that is done with. */
export function checkStir({ stir, trunks = [], certificates }: Partial<Config>): readonly Finding[] {
  if (stir === undefined) return [];
  const found: Finding[] = [];
  const blind = stir.trust === undefined || stir.x5uHosts.length === 0;
  for (const [index, { name, identity }] of trunks.entries()) {
    if (identity.verify !== "off" && blind) {
      found.push({
        code: "stir-incomplete",
        severity: "error",
        path: ["trunks", index, "identity", "verify"],
        message: `\`${name}\` is to verify callers, and nobody's signature would be trusted`,
        remedy: "set `stir.trust` and `stir.x5u_hosts`",
      });
    }
    if (identity.sign && stir.sign === undefined) {
      found.push({
        code: "stir-incomplete",
        severity: "error",
        path: ["trunks", index, "identity", "sign"],
        message: `calls to \`${name}\` are to be signed, and there is nothing to sign with`,
        remedy: "set `stir.sign` with `certificate` and `x5u`",
      });
    }
  }
  const name = stir.sign?.certificate;
  if (name !== undefined && certificates !== undefined && !certificates.has(name)) {
    found.push({
      code: "certificate-unknown",
      severity: "error",
      path: ["stir", "sign", "certificate"],
      message: `\`certificates\` has no \`${name}\``,
      remedy: certificates.size > 0 ? `known: ${[...certificates.keys()].join(", ")}` : "add it under `certificates`",
    });
  }
  return found;
}
