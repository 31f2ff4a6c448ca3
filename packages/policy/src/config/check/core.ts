import { canonicalIp } from "../../address.ts";
import type { Config, Endpoint } from "../config.ts";
import type { Finding } from "../yaml-document.ts";
import { type Bound, boundPorts } from "./listeners.ts";

/**
 * The PBX trusts trunks by address (perhaps without looking at the port), so phones must not reach it from there.
 * Without trunks there is no trust to steal.
 */
export function checkCore({ core, trunks }: Partial<Config>): readonly Finding[] {
  if (core === undefined) return [];
  const phones = core.phonesFrom;
  const from = core.trunksFrom;
  const path = ["core", ...(from === undefined ? (phones === undefined ? [] : ["phones_from"]) : ["trunks_from"])];
  const sameAddress = canonicalIp(phones?.address ?? "") === canonicalIp(from?.address ?? "");
  const samePort = (phones?.port ?? 5070) === (from?.port ?? 5080) && phones?.port !== 0;
  if (sameAddress && samePort) {
    return [
      {
        code: "core-addresses-equal",
        severity: "error",
        path,
        message:
          "phones would reach the PBX from the address it trusts as a trunk, so any phone could call as the carrier",
        remedy: "give `trunks_from` another address, or at least another port, than `phones_from`",
      },
    ];
  }
  if (!sameAddress || (trunks ?? []).length === 0) return [];
  return [
    {
      code: "core-address-shared",
      severity: "warning",
      path,
      message:
        "phones and trunks reach the PBX from one address with different ports; a PBX that trusts by address alone would trust phones as trunks",
      remedy: "give this machine a second address and set `core.phones_from` and `core.trunks_from` to one each",
    },
  ];
}

/** Sending to ourselves what we took from outside would go round for ever. */
export function checkPbx(config: Partial<Config>): readonly Finding[] {
  const bound = boundPorts(config);
  const sameAs = (node: Endpoint): Bound | undefined => {
    const address = canonicalIp(node.host);
    if (address === undefined) return undefined;
    return bound.find(({ port, address: ours }) => port === node.port && canonicalIp(ours) === address);
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
