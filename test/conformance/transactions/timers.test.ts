/** Every timer of RFC 3261 table 4 and RFC 6026, to the millisecond, over a datagram and over a connection. */
import {
  Deadlines,
  type FlowRef,
  HeaderList,
  parseMessage,
  responseTo,
  TransactionTable,
  type TxOutput,
  type TxTimer,
} from "@ringfence/sip";
import { describe, expect, test } from "vitest";
import { responseBytes, sipRequest } from "../../support/sip-builder.ts";

const source = { address: "192.0.2.9", port: 5060 };
const udp: FlowRef = { id: "udp", reliable: false, packetSource: source };
const tls: FlowRef = { id: "tls", reliable: true, packetSource: source };
const via = { transport: "UDP", host: "198.51.100.1", port: 5070 };

function bench(flow: FlowRef) {
  const deadlines = new Deadlines<TxTimer>();
  const table = new TransactionTable({ deadlines, random: (n) => new Uint8Array(n), maxServer: 10, maxClient: 10 });
  const short = (output: TxOutput): string => (output.kind === "transmit" ? "sends" : output.kind);
  /** What the timers do from now on, and when. */
  const timers = (until = 4_000_000): readonly string[] => {
    const done: string[] = [];
    for (let at = deadlines.next(); at !== undefined && at <= until; at = deadlines.next()) {
      const event = deadlines.popDue(at);
      if (event !== undefined) done.push(...table.onTimer(at, event).map((output) => `${at} ${short(output)}`));
    }
    return done;
  };
  /** Our request has gone out at 0; what came back at each time is fed in. */
  const ask = (method: string) => {
    const headers = HeaderList.of(
      ["From", "<sip:a@example.com>;tag=1"],
      ["To", "<sip:b@example.com>"],
      ["Call-ID", "call"],
      ["CSeq", `7 ${method}`],
    );
    const request = { method, uri: "sip:b@example.com", headers, body: new Uint8Array(0) };
    const started = table.sendRequest(0, request, { flow, via });
    const sent = started?.out.find((output) => output.kind === "transmit");
    if (started === undefined || sent?.kind !== "transmit") throw new Error("not sent");
    const asked = parseMessage(sent.bytes, "datagram");
    if (asked.kind !== "request") throw new Error("not a request");
    const hears = (at: number, status: number): readonly string[] => {
      const response = parseMessage(responseBytes(asked, status), "datagram");
      if (response.kind !== "response") throw new Error("not a response");
      return table.onResponse(at, response, flow).map(short);
    };
    return { id: started.id, hears };
  };
  /** Their request has come at 0 and was answered at once. */
  const answered = (method: string, status: number) => {
    const [output] = table.onRequest(0, sipRequest({ method }), flow);
    if (output?.kind !== "request") throw new Error("not new");
    table.respond(0, output.id, responseTo(sipRequest({ method }), status, { toTag: "us" }));
    return output.id;
  };
  const copy = (method: string, at: number): readonly string[] =>
    table.onRequest(at, sipRequest({ method }), flow).map(short);
  return { table, timers, ask, answered, copy };
}

const sendsAt = (...times: readonly number[]) => times.map((at) => `${at} sends`);
const doubling = [500, 1_500, 3_500, 7_500, 15_500, 31_500];
/** Doubling up to T2, four seconds. */
const capped = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
const over = (at: number) => [`${at} timeout`, `${at} ended`];

describe("requests of ours", () => {
  test("timers A and B: an INVITE is repeated at T1 doubling, and given up after 64*T1", () => {
    const datagram = bench(udp);
    datagram.ask("INVITE");
    expect(datagram.timers()).toEqual([...sendsAt(...doubling), ...over(32_000)]);
    const connection = bench(tls);
    connection.ask("INVITE");
    expect(connection.timers()).toEqual(over(32_000));
  });
  test("timer C: an INVITE with a provisional answer only is given up after an hour", () => {
    const { ask, timers } = bench(udp);
    ask("INVITE").hears(100, 180);
    expect(timers(3_599_000)).toEqual([]);
    expect(timers().at(-1)).toMatch(/ ended$/);
  });
  test("timer D: copies of a refusal get the ACK for 32 s over a datagram, and there are none over a connection", () => {
    const { ask, timers } = bench(udp);
    const { hears } = ask("INVITE");
    expect(hears(0, 486)).toEqual(["sends", "response"]);
    expect(hears(31_000, 486)).toEqual(["sends"]);
    expect(timers()).toEqual(["32000 ended"]);
    expect(bench(tls).ask("INVITE").hears(0, 486)).toContain("ended");
  });
  test("timers E and F: another request is repeated at T1 doubling up to T2, and given up after 64*T1", () => {
    const datagram = bench(udp);
    datagram.ask("BYE");
    expect(datagram.timers()).toEqual([...sendsAt(...capped), ...over(32_000)]);
    const connection = bench(tls);
    connection.ask("BYE");
    expect(connection.timers()).toEqual(over(32_000));
  });
  test("timer K: copies of the answer are absorbed for T4 over a datagram", () => {
    const { ask, timers } = bench(udp);
    const { hears } = ask("BYE");
    expect(hears(0, 200)).toEqual(["response"]);
    expect(hears(4_999, 200)).toEqual([]);
    expect(timers()).toEqual(["5000 ended"]);
    expect(bench(tls).ask("BYE").hears(0, 200)).toEqual(["response", "ended"]);
  });
  test.each([udp, tls])("timer M (RFC 6026): copies of a 2xx reach the user for 64*T1 ($id)", (flow) => {
    const { ask, timers } = bench(flow);
    const { hears } = ask("INVITE");
    hears(0, 200);
    expect(hears(31_999, 200)).toEqual(["response"]);
    expect(timers()).toEqual(["32000 ended"]);
  });
  test("an INVITE that is not answered 64*T1 after its CANCEL is given up (RFC 3261 section 9.1)", () => {
    const { ask, table, timers } = bench(tls);
    const { id, hears } = ask("INVITE");
    hears(0, 180);
    table.cancel(0, id);
    expect(timers().filter((line) => line.includes("timeout"))).toContain("32000 timeout");
    expect(table.counts.client).toBe(0);
  });
});

describe("requests of theirs", () => {
  test("timers G and H: a refusal is repeated at T1 doubling up to T2, until 64*T1 without an ACK", () => {
    const datagram = bench(udp);
    datagram.answered("INVITE", 486);
    expect(datagram.timers()).toEqual([...sendsAt(...capped), "32000 ack-timeout", "32000 ended"]);
    const connection = bench(tls);
    connection.answered("INVITE", 486);
    expect(connection.timers()).toEqual(["32000 ack-timeout", "32000 ended"]);
  });
  test("timer I: copies of the ACK are absorbed for T4 over a datagram", () => {
    const { answered, copy, timers } = bench(udp);
    answered("INVITE", 486);
    expect(copy("ACK", 10)).toEqual([]);
    expect(copy("ACK", 5_000)).toEqual([]);
    expect(timers()).toEqual(["5010 ended"]);
    const connection = bench(tls);
    connection.answered("INVITE", 486);
    expect(connection.copy("ACK", 10)).toEqual(["ended"]);
  });
  test("timer J: copies of another request get the answer for 64*T1 over a datagram", () => {
    const { answered, copy, timers } = bench(udp);
    answered("BYE", 200);
    expect(copy("BYE", 31_999)).toEqual(["sends"]);
    expect(timers()).toEqual(["32000 ended"]);
    const connection = bench(tls);
    connection.answered("BYE", 200);
    expect(connection.table.counts.server).toBe(0);
  });
  test.each([udp, tls])("timer L (RFC 6026): copies of an accepted INVITE are absorbed for 64*T1 ($id)", (flow) => {
    const { answered, copy, timers } = bench(flow);
    answered("INVITE", 200);
    expect(copy("INVITE", 31_999)).toEqual([]);
    expect(timers()).toEqual(["32000 ended"]);
  });
});
