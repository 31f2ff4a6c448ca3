/** Without rtcp-mux RTP and RTCP have an association each, on their own sockets, with keys of their own: RFC 5764 §4.1.2. */
import { describe, expect, test } from "vitest";
import {
  browserTerms,
  ourIdentity,
  TransportTable,
  theirAddress,
  theirIdentity,
} from "../../../../test/support/browser-end.ts";
import { createDtlsIdentity } from "../dtls/identity.ts";
import type { DtlsTerms, TransportTerms } from "./transport.ts";

const rtcpAddress = { ...theirAddress, port: theirAddress.port + 1 };
const places = { rtp: theirAddress, rtcp: rtcpAddress };

function terms(role: DtlsTerms["role"], more: Partial<TransportTerms> = {}): TransportTerms {
  return { ...browserTerms({ role }), ice: undefined, mux: false, signalled: places, ...more };
}

function keysOf(table: TransportTable): readonly (readonly [string, string])[] {
  return table.keyed.map(({ component, inbound }) => [component, Buffer.from(inbound.key).toString("hex")] as const);
}

describe.skipIf(ourIdentity === undefined)("RFC 5764 §4.1.2, without rtcp-mux", () => {
  test("we are passive: each socket's ClientHello is answered there, and each makes other keys", () => {
    const table = new TransportTable();
    table.agree(terms("passive"));
    table.dtls("active", "rtp");
    table.dtls("active", "rtcp");
    const keys = keysOf(table);
    expect(keys.map(([component]) => component)).toEqual(["rtp", "rtcp"]);
    expect(new Set(keys.map(([, key]) => key)).size).toBe(2);
  });

  test("we are active: a flight leaves each socket, for the peer's own of the same kind", () => {
    const table = new TransportTable();
    table.dtls("passive", "rtp");
    table.dtls("passive", "rtcp");
    table.agree(terms("active"));
    expect(new Set(keysOf(table).map(([component]) => component))).toEqual(new Set(["rtp", "rtcp"]));
  });

  test("with ICE each begins when its own component has a source", () => {
    const table = new TransportTable();
    table.agree({ ...browserTerms({ role: "active" }), mux: false });
    table.dtls("passive", "rtp");
    table.dtls("passive", "rtcp");
    table.check({ useCandidate: true });
    expect(keysOf(table).map(([component]) => component)).toEqual(["rtp"]);
    table.check({ useCandidate: true }, rtcpAddress, "rtcp");
    expect(keysOf(table).map(([component]) => component)).toEqual(["rtp", "rtcp"]);
  });

  test("the call lives by its RTP: RTCP that nobody begins, or that is closed, ends nothing", () => {
    const silent = new TransportTable();
    silent.agree(terms("passive"));
    silent.dtls("active", "rtp");
    silent.advance(30_000);
    expect([silent.failed, silent.transport.deadline]).toEqual([[], undefined]);
    const closed = new TransportTable();
    closed.agree(terms("passive"));
    closed.dtls("active", "rtp");
    closed.dtls("active", "rtcp");
    closed.hangUp("rtcp");
    expect(closed.failed).toEqual([]);
    closed.hangUp("rtp");
    expect(closed.failed).toEqual(["dtls-closed"]);
  });

  test("threat L3: another certificate at the RTCP socket gets no keys, and the peer's own then does", () => {
    const table = new TransportTable(theirIdentity);
    table.agree(terms("passive"));
    table.dtls("active", "rtcp", createDtlsIdentity());
    expect(table.keyed).toEqual([]);
    table.dtls("active", "rtcp");
    expect(keysOf(table).map(([component]) => component)).toEqual(["rtcp"]);
  });

  test("with rtcp-mux there is one, and RTCP's socket is not answered", () => {
    const table = new TransportTable();
    table.agree(terms("passive", { mux: true }));
    table.dtls("active", "rtcp");
    expect(table.outputs).toEqual([]);
    table.dtls("active", "rtp");
    expect(table.keyed).toHaveLength(1);
  });

  test("both say goodbye when the call ends", () => {
    const table = new TransportTable();
    table.agree(terms("passive"));
    table.dtls("active", "rtp");
    table.dtls("active", "rtcp");
    const before = table.outputs.length;
    table.close();
    const sent = table.outputs.slice(before).map((output) => output.kind === "command" && output.command);
    expect(sent).toMatchObject([
      { kind: "send", component: "rtcp", to: rtcpAddress },
      { kind: "send", component: "rtp", to: theirAddress },
    ]);
  });
});
