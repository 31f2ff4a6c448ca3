import type { Destination } from "./branch.ts";
import type { Caller } from "./caller.ts";
import type { Core } from "./core.ts";
import { flowToUri } from "./leg.ts";
import type { Line, Route, Trunk } from "./pbx-data.ts";
import type { Registration } from "./registrar.ts";
import { hostPort, writeUri } from "./sip-address.ts";
import type { Flow } from "./transport.ts";

export type Service = "echo" | "tone" | "attendant";

export type Plan =
  | { readonly kind: "service"; readonly service: Service }
  | {
      readonly kind: "ring";
      readonly destinations: readonly Destination[];
      readonly holder: string;
      readonly limit: number;
    }
  | { readonly kind: "forward"; readonly number: string }
  | { readonly kind: "refuse"; readonly status: number };

/** Longest prefix wins; what no prefix matches is a local number. */
function routeFor(core: Core, number: string): Route {
  const { routes, lines, trunks } = core.data;
  const { outPrefix } = core.knobs;
  const line = lines[0] && ({ kind: "line", name: lines[0].name } as const);
  const trunk = trunks[0] && ({ kind: "trunk", name: trunks[0].name } as const);
  const to = line ?? trunk;
  const standard: Route[] =
    to === undefined || outPrefix === "" ? [] : [{ prefix: outPrefix, strip: outPrefix.length, to }];
  const all = routes.length > 0 ? routes : standard;
  const matching = all.filter((route) => number.startsWith(route.prefix));
  const best = matching.sort((a, b) => b.prefix.length - a.prefix.length)[0];
  return best ?? { prefix: "", strip: 0, to: { kind: "local" } };
}

/** Where a number leads for this caller. */
export function destinationsOf(core: Core, caller: Caller, number: string): Plan {
  if (caller.kind === "line") return localPlan(core, caller, caller.line.owner);
  const service = serviceOf(core, number);
  if (service !== undefined) return { kind: "service", service };
  const exact = core.data.accounts.has(number);
  const route = routeFor(core, number);
  if (exact || route.to.kind === "local") return localPlan(core, caller, exact ? number : number.slice(route.strip));
  if (caller.kind === "user" && !caller.account.outgroup)
    return { kind: "refuse", status: Number(core.knobs.limitStatus) };
  const rest = number.slice(route.strip);
  const { kind, name } = route.to;
  const trunk = kind === "trunk" ? core.data.trunks.find((t) => t.name === name) : undefined;
  if (trunk) return ring(trunkDestination(core, caller, trunk, rest), `trunk-out:${trunk.name}`, trunk.maxOut);
  const line = kind === "line" ? core.data.lines.find((l) => l.name === name) : undefined;
  if (line) return ring(lineDestination(core, line, rest), `line-out:${line.name}`, line.maxOut);
  return { kind: "refuse", status: 404 };
}

function ring(destination: Destination | undefined, holder: string, limit: number): Plan {
  return destination === undefined
    ? { kind: "refuse", status: 503 }
    : { kind: "ring", destinations: [destination], holder, limit };
}

function serviceOf(core: Core, number: string): Service | undefined {
  const { echoNumber, toneNumber, attendantNumber } = core.knobs;
  if (number === echoNumber) return "echo";
  if (number === toneNumber) return "tone";
  return number === attendantNumber ? "attendant" : undefined;
}

function localPlan(core: Core, caller: Caller, number: string): Plan {
  const account = core.data.accounts.get(number);
  if (account === undefined) return { kind: "refuse", status: 404 };
  if (account.forward !== undefined) return { kind: "forward", number: account.forward };
  const devices = core.registrar.of(number);
  // Documented: a call to an offline local user is released.
  if (devices.length === 0) return { kind: "refuse", status: 480 };
  const destinations = devices.map((device) => phoneDestination(core, caller, device));
  return { kind: "ring", destinations, holder: `user:${number}`, limit: account.maxCalls };
}

const ownHost = (core: Core, flow: Flow): string => hostPort(core.addressFor(flow), flow.local.port);

/** Captured: the Request-URI is the Contact without `:5060`, its other parameters kept. */
function phoneDestination(core: Core, caller: Caller, device: Registration): Destination {
  const toContact = core.knobs.udpTarget === "contact" && !device.flow.reliable;
  const flow = (toContact ? flowToUri(core, device.contact, device.flow) : undefined) ?? device.flow;
  const host = ownHost(core, flow);
  return {
    flow,
    uri: writeUri(device.contact),
    from: `"${caller.number}"<sip:${caller.number}@${host}>`,
    to: `<sip:${device.user}@${host}>`,
    contactUser: caller.number,
    credentials: undefined,
    extension: device.user,
  };
}

function trunkDestination(core: Core, caller: Caller, trunk: Trunk, number: string): Destination | undefined {
  const flow = core.transport.flowTo(trunk.transport, trunk.address, trunk.port);
  if (flow === undefined) return undefined;
  const from = trunk.callerNumber ?? caller.number;
  const param = trunk.uriParam === undefined ? "" : `;${trunk.uriParam}`;
  const uri = trunk.tel ? `tel:${number}${param}` : `sip:${number}@${hostPort(trunk.address, trunk.port)}${param}`;
  return {
    flow,
    uri,
    from: `"${from}"<sip:${from}@${ownHost(core, flow)}>`,
    to: `<${trunk.tel ? `tel:${number}` : `sip:${number}@${hostPort(trunk.address, trunk.port)}`}>`,
    contactUser: from,
    credentials: undefined,
    extension: undefined,
  };
}

/** Documented: sent to the "Via" address while the domain stays logical; `user=phone` is added on lines. */
function lineDestination(core: Core, line: Line, number: string): Destination | undefined {
  const flow = core.transport.flowTo(line.transport, line.address, line.port);
  if (flow === undefined) return undefined;
  const called = number.startsWith("+") ? number : `+${number}`;
  return {
    flow,
    uri: `sip:${called}@${line.domain};user=phone`,
    from: `<sip:${lineUser(line)}@${line.domain}>`,
    to: `<sip:${called}@${line.domain};user=phone>`,
    contactUser: lineUser(line),
    credentials: { user: line.authUser, password: line.password },
    extension: undefined,
  };
}

/** "Authorization ID should include address information": an account may be written number@domain. */
export const lineUser = (line: Line): string => line.number.split("@")[0] ?? line.number;
