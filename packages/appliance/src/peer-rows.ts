/** For `./ringfence status`: the PBX and the carriers, and whether they answer. */
import type { Status } from "./status.ts";

type Row = readonly [string, string];

const reachability: Readonly<Record<string, string>> = { true: "answers", false: "does not answer" };

export function peerRows({ pbx, trunks }: Pick<Status, "pbx" | "trunks">): readonly Row[] {
  const said = (up: boolean | null): string => reachability[String(up)] ?? "not known yet";
  const nodes = pbx.nodes.length > 1 ? pbx.nodes : [];
  return [
    ["PBX", `${pbx.address}, ${said(pbx.reachable)}`],
    ...trunks.map((trunk): Row => ["trunk", trunkLine(trunk)]),
    ...nodes.map(({ address, up }): Row => ["PBX node", `${address}, ${said(up)}`]),
  ];
}

function trunkLine({ name, calls, hosts, registration }: Status["trunks"][number]): string {
  const places = hosts.map(({ place, state }) => `${place} ${state === "unknown" ? "not known yet" : state}`);
  const why = registration?.reason === undefined ? "" : ` (${registration.reason})`;
  const registered = registration === undefined ? "" : `registration ${registration.state}${why}, `;
  return `${name}, ${registered}${calls} calls: ${places.length === 0 ? "no host found in DNS" : places.join(", ")}`;
}
