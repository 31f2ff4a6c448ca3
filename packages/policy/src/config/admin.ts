import { z } from "zod";
import type { Cidr } from "../cidr.ts";
import type { LocalEndpoint } from "./config.ts";
import { cidr, domain, localEndpoint } from "./endpoint.ts";
import { choice } from "./leaf.ts";
import type { LogsConfig } from "./logs-config.ts";
import { label, path } from "./text.ts";

export interface AdminConfig {
  readonly listen: LocalEndpoint;
  /** Addresses that may ask; never empty. */
  readonly allow: readonly Cidr[];
  /** Undefined: `admins.json` in the state folder. */
  readonly users: string | undefined;
  /** Name in `certificates`; undefined: without TLS, which is for the machine itself. */
  readonly certificate: string | undefined;
  /** Path of a PEM file: browsers show a certificate that one of these signed. */
  readonly clientCa: string | undefined;
  /** Lower case. */
  readonly names: readonly string[];
  readonly mask: LogsConfig["mask"];
}

export const adminSection = z
  .strictObject({
    listen: localEndpoint().prefault("127.0.0.1:9061").meta({
      description: "Serves the console and the API. Beyond the machine itself with `certificate` only.",
    }),
    allow: z.array(cidr()).min(1).max(256).prefault(["127.0.0.0/8", "::1"]).meta({
      description: "Who may connect; everybody else is closed before a word is read.",
    }),
    users: z
      .strictObject({
        file: path().meta({ description: "Without it: `admins.json` in the state folder. Written by Ringfence." }),
      })
      .optional(),
    certificate: label().optional().meta({ description: "Name in `certificates`: HTTPS." }),
    client_ca: path().optional().meta({
      description: "PEM file: a browser must show a certificate that one of these signed, before it may sign in.",
    }),
    names: z.array(domain()).max(32).prefault([]).meta({
      description:
        "Names that browsers may open it under, beside addresses and localhost. Others are refused: a page of somebody else may have been pointed here. Passkeys need one.",
    }),
    mask: choice(["numbers", "users", "addresses", "off"]).prefault("numbers").meta({
      description: "What a viewer does not see, as in `logs.mask`. Operators and admins see all.",
    }),
  })
  .optional()
  .transform((value): AdminConfig | undefined => {
    if (value === undefined) return undefined;
    const { users, client_ca, ...rest } = value;
    return { ...rest, users: users?.file, clientCa: client_ca, certificate: value.certificate };
  })
  .meta({ description: "Console and API, see [admin.md](admin.md). Without this section there is none." });
