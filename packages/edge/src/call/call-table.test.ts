import { parseMessage, type Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { type Call, type Exchange, newExchange } from "./call.ts";
import { CallTable } from "./call-table.ts";

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

/** A table with a call of which nothing but its exchange matters here. */
function withExchange(phase: Exchange["phase"]) {
  const calls = new CallTable();
  const call = { exchange: { ...newExchange("a", true, server, invite()), clientTx: client, phase } } as Call;
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
