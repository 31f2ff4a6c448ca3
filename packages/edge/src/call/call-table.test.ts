import { HeaderList, noBody, parseMessage, type Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { type Call, type Exchange, type Leg, newExchange } from "./call.ts";
import { CallTable } from "./call-table.ts";
import { leftBy } from "./unwanted.ts";

const server = 7;
const client = 8;

function invite(): Request {
  const lines = [
    "INVITE sip:600@pbx.example.com SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1",
    "From: <sip:1001@pbx.example.com>;tag=1",
    "To: <sip:600@pbx.example.com>",
    "Call-ID: 1",
    "CSeq: 1 INVITE",
  ];
  const message = parseMessage(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), "datagram");
  if (message.kind !== "request") throw new Error("the example cannot be read");
  return message;
}

const sent = { method: "INVITE", uri: "sip:600@10.0.0.5", headers: HeaderList.of(), body: noBody };
const leg = {} as Leg;

/** A table with a call of which nothing but its exchange matters here. */
function withExchange(phase: Exchange["phase"]) {
  const calls = new CallTable();
  const call = {
    exchange: { ...newExchange("a", true, { serverTx: server, request: invite() }), clientTx: client, phase },
  } as Call;
  calls.bindTransaction(server, call);
  calls.bindTransaction(client, call);
  return { calls, call };
}

test("a call that lasts keeps its INVITE no longer than answers to it may come", () => {
  const { calls, call } = withExchange("done");
  calls.releaseTransaction(server);
  expect(call.exchange).toBeDefined();
  calls.releaseTransaction(client);
  expect(call.exchange).toBeUndefined();
});

test("an INVITE whose 200 waits for its ACK is kept, whatever ends meanwhile", () => {
  const { calls, call } = withExchange("answered");
  calls.releaseTransaction(client);
  calls.releaseTransaction(server);
  expect(call.exchange?.phase).toBe("answered");
});

test("threat L15: what a call leaves behind for an INVITE goes with its transaction, and is not kept when that is over", () => {
  for (const endsFirst of [true, false]) {
    const { calls, call } = withExchange("answered");
    const left = leftBy({ a: leg, b: leg }, { ...call.exchange, sent } as Exchange);
    if (left === undefined) throw new Error("it left nothing");
    if (endsFirst) calls.releaseTransaction(client);
    calls.leaveBehind(client, left);
    expect(calls.unwanted(client) === undefined).toBe(endsFirst);
    calls.releaseTransaction(client);
    calls.releaseTransaction(server);
    expect(calls.inFlight).toBe(0);
  }
});
