/** A call from the PBX to a carrier: what the PBX says, and carriers at several places. */
import type { EdgeWorld, Party } from "./edge-world.ts";
import { inviteLines, offer } from "./sip-script.ts";

/** Three hosts, tried in order; `rest` is more of the trunk, indented by four. */
export function threeHosts(rest = ""): string {
  return `
  - name: carrier
    hosts:
      - { uri: "sip:198.51.100.1", priority: 1 }
      - { uri: "sip:198.51.100.2", priority: 2 }
      - { uri: "sip:198.51.100.3", priority: 3 }
${rest}
`;
}

export function dial(world: EdgeWorld, number = "+4930123456", extra: readonly string[] = []): Party {
  const pbx = world.pbx("trunks");
  const to = `sip:${number}@10.0.0.3`;
  const from = "<sip:+49301001@10.0.0.5>";
  const callId = `dialled-${number}-${world.sent.length}`;
  pbx.inbox.length = 0;
  pbx.send([...inviteLines(pbx, { to, from, callId, extra }), "Content-Type: application/sdp"], offer);
  pbx.response(100);
  return pbx;
}
