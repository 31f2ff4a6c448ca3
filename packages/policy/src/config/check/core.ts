import { canonicalIp, isLoopback, isWildcard } from "../../address.ts";
import type { Config, Endpoint, LocalEndpoint } from "../config.ts";
import type { Finding } from "../yaml-document.ts";
import { type Bound, boundPorts } from "./listeners.ts";

/** Ports where the configuration names none; the address is then the one that routes to the PBX, the same for both. */
const defaults = { phones: 5070, trunks: 5080 };

/**
 * The PBX trusts trunks by address (perhaps without looking at the port), so phones must not reach it from there. Over
 * TCP and TLS the port we call from is a passing one: nothing but the address is left to tell a trunk from a phone.
 * Without trunks there is no trust to steal.
 */
export function checkCore({ core, trunks, pbx }: Partial<Config>): readonly Finding[] {
  if (core === undefined) return [];
  const { phonesFrom: phones, trunksFrom: from } = core;
  const path = ["core", ...(from === undefined ? (phones === undefined ? [] : ["phones_from"]) : ["trunks_from"])];
  const remedy = "give this machine a second address and set `core.phones_from` and `core.trunks_from` to one each";
  const port = phones?.port ?? defaults.phones;
  if (isSame(phones, from) && port === (from?.port ?? defaults.trunks)) {
    const message =
      "phones would reach the PBX from the address it trusts as a trunk, so any phone could call as the carrier";
    return [{ code: "core-addresses-equal", severity: "error", path, message, remedy }];
  }
  if ((trunks ?? []).length === 0 || !mayBeSame(phones, from)) return [];
  if (pbx === undefined || pbx.transport === "udp" || core.sharedAddress) {
    const message =
      "phones and trunks reach the PBX from one address with different ports; a PBX that trusts by address alone would trust phones as trunks";
    return [{ code: "core-address-shared", severity: "warning", path, message, remedy }];
  }
  return [
    {
      code: "core-address-shared",
      severity: "error",
      path,
      message: `over ${pbx.transport} the PBX sees no port that stays, so from one address it cannot tell phones from trunks`,
      remedy: `${remedy}; or say that the PBX trusts no address, with \`core.shared_address: true\``,
    },
  ];
}

function isSame(one: LocalEndpoint | undefined, other: LocalEndpoint | undefined): boolean {
  return canonicalIp(one?.address ?? "") === canonicalIp(other?.address ?? "");
}

/** One that is not written is where the route leads, and a wildcard is anywhere: perhaps the other's address. */
function mayBeSame(one: LocalEndpoint | undefined, other: LocalEndpoint | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return isSame(one, other) || isWildcard(one.address) || isWildcard(other.address);
}

/** The PBX on this machine cannot have its port while a listener has it on every address. */
function everyAddressHas(listener: string, host: string): boolean {
  return isWildcard(listener) && isLoopback(host) && listener.includes(":") === host.includes(":");
}

/** Sending to ourselves what we took from outside would go round for ever. */
export function checkPbx(config: Partial<Config>): readonly Finding[] {
  const bound = boundPorts(config);
  const spoken = config.pbx?.transport === "udp" ? "udp" : "tcp";
  const sameAs = (node: Endpoint): Bound | undefined => {
    const address = canonicalIp(node.host);
    if (address === undefined) return undefined;
    return bound.find(({ port, address: ours, protocol }) => {
      if (port !== node.port) return false;
      return canonicalIp(ours) === address || (protocol === spoken && everyAddressHas(ours, node.host));
    });
  };
  const pbx = config.pbx?.nodes.find((node) => sameAs(node) !== undefined);
  const same = pbx === undefined ? undefined : sameAs(pbx);
  if (pbx === undefined || same === undefined) return [];
  return [
    {
      code: "pbx-is-ourselves",
      severity: "error",
      path: ["pbx", "address"],
      message: `the PBX is said to be at ${pbx.host} port ${pbx.port}, which ${same.what} uses`,
      remedy: "write the address of miniSipServer, and let it listen on another port if it runs on this machine",
    },
  ];
}
