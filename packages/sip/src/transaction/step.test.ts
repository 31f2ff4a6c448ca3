import { expect, test } from "vitest";
import { beginInviteClient, type InviteClientState, stepInviteClient } from "./invite-client.ts";
import { beginInviteServer, type InviteServerState, stepInviteServer } from "./invite-server.ts";
import { beginNonInviteClient, type NonInviteClientState, stepNonInviteClient } from "./non-invite-client.ts";
import { beginNonInviteServer, type NonInviteServerState, stepNonInviteServer } from "./non-invite-server.ts";
import type { Step } from "./step.ts";
import { defaultTimerValues, type TimerName, type TimerTable, timerTable } from "./timers.ts";

type Row = readonly [state: string, input: string, next: string, out: string];
type Run = (state: string, input: string, timers: TimerTable) => Step<string>;

const udp = timerTable(defaultTimerValues, "unreliable");
const tcp = timerTable(defaultTimerValues, "reliable");
const timerNames: readonly TimerName[] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "X"];

function show(step: Step<string>): readonly [next: string, out: string] {
  const actions = step.out.map((action) => {
    if (action.kind === "arm") return `arm ${action.timer} ${action.after}`;
    return action.kind === "send" || action.kind === "tell" ? `${action.kind} ${action.what}` : action.kind;
  });
  return [step.next, actions.join(", ")];
}

const shared = (text: string) => {
  const [word = "", detail = ""] = text.split(" ");
  const timer = timerNames.find((name) => name === detail.charAt(0));
  if (word === "timer" && timer !== undefined)
    return { kind: "timer", timer, waited: Number(detail.slice(1)) } as const;
  if (word === "response") return { kind: "response", status: Number(detail) } as const;
  return { kind: "transport-error" } as const;
};
const asClient = (text: string) => (text === "cancelled" ? ({ kind: "cancelled" } as const) : shared(text));
const asServer = (text: string) => {
  if (text === "request" || text === "ack") return { kind: text } as const;
  return asNonInviteServer(text);
};
const asNonInviteServer = (text: string) => {
  if (text === "request") return { kind: "request" } as const;
  const input = shared(text);
  if (input.kind !== "response") return input;
  const repeat = text.endsWith("unconfirmed") ? "on-request" : "timed";
  return { kind: "respond", status: Number.parseInt(text.slice(9), 10), repeat } as const;
};
const asNonInviteClient = shared;

const runs: Record<string, Run> = {
  "INVITE client": (state, input, timers) => stepInviteClient(state as InviteClientState, asClient(input), timers),
  "non-INVITE client": (state, input, timers) =>
    stepNonInviteClient(state as NonInviteClientState, asNonInviteClient(input), timers),
  "INVITE server": (state, input, timers) => stepInviteServer(state as InviteServerState, asServer(input), timers),
  "non-INVITE server": (state, input, timers) =>
    stepNonInviteServer(state as NonInviteServerState, asNonInviteServer(input), timers),
};

/** Every pair of state and input that acts, over UDP. All other pairs must do nothing: see the loop below. */
const tables: Record<string, readonly Row[]> = {
  "INVITE client": [
    ["calling", "timer A500", "calling", "send request, arm A 1000"],
    ["calling", "timer A16000", "calling", "send request, arm A 32000"],
    ["calling", "timer B32000", "terminated", "tell timeout, end"],
    ["calling", "response 100", "proceeding", "clear, arm C 3600000, tell response"],
    ["calling", "response 200", "accepted", "tell response, clear, arm M 32000"],
    ["calling", "response 486", "completed", "send ack, tell response, clear, arm D 32000"],
    ["calling", "broken", "terminated", "tell transport-error, end"],
    ["proceeding", "response 100", "proceeding", "tell response"],
    ["proceeding", "response 200", "accepted", "tell response, clear, arm M 32000"],
    ["proceeding", "response 486", "completed", "send ack, tell response, clear, arm D 32000"],
    ["proceeding", "cancelled", "proceeding", "arm X 32000"],
    ["proceeding", "timer X32000", "terminated", "tell timeout, end"],
    ["proceeding", "timer C3600000", "terminated", "tell timeout, end"],
    ["proceeding", "broken", "terminated", "tell transport-error, end"],
    ["completed", "response 486", "completed", "send ack"],
    ["completed", "timer D32000", "terminated", "end"],
    ["completed", "broken", "terminated", "end"],
    ["accepted", "response 200", "accepted", "tell response"],
    ["accepted", "timer M32000", "terminated", "end"],
    ["accepted", "broken", "terminated", "end"],
  ],
  "non-INVITE client": [
    ["trying", "timer E500", "trying", "send request, arm E 1000"],
    ["trying", "timer E16000", "trying", "send request, arm E 4000"],
    ["trying", "timer F32000", "terminated", "tell timeout, end"],
    ["trying", "response 100", "proceeding", "tell response"],
    ["trying", "response 200", "completed", "tell response, clear, arm K 5000"],
    ["trying", "response 486", "completed", "tell response, clear, arm K 5000"],
    ["trying", "broken", "terminated", "tell transport-error, end"],
    ["proceeding", "timer E500", "proceeding", "send request, arm E 4000"],
    ["proceeding", "timer E16000", "proceeding", "send request, arm E 4000"],
    ["proceeding", "timer F32000", "terminated", "tell timeout, end"],
    ["proceeding", "response 100", "proceeding", "tell response"],
    ["proceeding", "response 200", "completed", "tell response, clear, arm K 5000"],
    ["proceeding", "response 486", "completed", "tell response, clear, arm K 5000"],
    ["proceeding", "broken", "terminated", "tell transport-error, end"],
    ["completed", "timer K5000", "terminated", "end"],
    ["completed", "broken", "terminated", "end"],
  ],
  "INVITE server": [
    ["proceeding", "request", "proceeding", "send response"],
    ["proceeding", "response 100", "proceeding", "send response"],
    ["proceeding", "response 200", "accepted", "send response, clear, arm L 32000"],
    ["proceeding", "response 486", "completed", "send response, clear, arm G 500, arm H 32000"],
    ["proceeding", "response 401 unconfirmed", "completed", "send response, clear, arm H 32000"],
    ["proceeding", "timer C3600000", "terminated", "end"],
    ["proceeding", "broken", "terminated", "tell transport-error, end"],
    ["completed", "request", "completed", "send response"],
    ["completed", "timer G500", "completed", "send response, arm G 1000"],
    ["completed", "timer G4000", "completed", "send response, arm G 4000"],
    ["completed", "timer H32000", "terminated", "tell ack-timeout, end"],
    ["completed", "ack", "confirmed", "clear, arm I 5000"],
    ["completed", "broken", "terminated", "end"],
    ["confirmed", "timer I5000", "terminated", "end"],
    ["confirmed", "broken", "terminated", "end"],
    ["accepted", "response 200", "accepted", "send response"],
    ["accepted", "ack", "accepted", "tell ack"],
    ["accepted", "timer L32000", "terminated", "end"],
    ["accepted", "broken", "terminated", "end"],
  ],
  "non-INVITE server": [
    ["trying", "response 100", "proceeding", "send response"],
    ["trying", "response 200", "completed", "send response, clear, arm J 32000"],
    ["trying", "response 486", "completed", "send response, clear, arm J 32000"],
    ["trying", "timer F32000", "terminated", "end"],
    ["trying", "broken", "terminated", "tell transport-error, end"],
    ["proceeding", "request", "proceeding", "send response"],
    ["proceeding", "response 100", "proceeding", "send response"],
    ["proceeding", "response 200", "completed", "send response, clear, arm J 32000"],
    ["proceeding", "response 486", "completed", "send response, clear, arm J 32000"],
    ["proceeding", "timer F32000", "terminated", "end"],
    ["proceeding", "broken", "terminated", "tell transport-error, end"],
    ["completed", "request", "completed", "send response"],
    ["completed", "timer J32000", "terminated", "end"],
    ["completed", "broken", "terminated", "end"],
  ],
};

const inputs: Record<string, readonly string[]> = {
  client: ["response 100", "response 200", "response 486", "broken"],
  server: ["request", "response 100", "response 200", "response 486", "broken"],
};

for (const [machine, rows] of Object.entries(tables)) {
  const run = runs[machine];
  if (run === undefined) throw new Error(machine);

  for (const [state, input, next, out] of rows) {
    test(`${machine}: ${input} in ${state} leads to ${next}: ${out}`, () => {
      expect(show(run(state, input, udp))).toEqual([next, out]);
    });
  }

  test(`${machine}: every pair of state and input that is not in the table does nothing`, () => {
    const listed = new Set(rows.map(([state, input]) => `${state} ${input.replace(/[0-9]+$/, "")}`));
    const states = new Set(rows.map(([state]) => state));
    const others = machine.endsWith("client") ? (inputs.client ?? []) : (inputs.server ?? []);
    const candidates = [...others, ...timerNames.map((name) => `timer ${name}500`)];
    if (machine === "INVITE client") candidates.push("cancelled");
    if (machine === "INVITE server") candidates.push("ack");
    const isListed = (state: string, input: string) =>
      input.startsWith("timer")
        ? listed.has(`${state} ${input.replace(/[0-9]+$/, "")}`)
        : rows.some((row) => row[0] === state && row[1] === input);
    for (const state of states) {
      for (const input of candidates) {
        if (!isListed(state, input)) expect([input, ...show(run(state, input, udp))]).toEqual([input, state, ""]);
      }
    }
  });
}

test("over a reliable transport nothing is retransmitted and nothing lingers", () => {
  expect(show(beginInviteClient(tcp))).toEqual(["calling", "send request, arm B 32000"]);
  expect(show(beginNonInviteClient(tcp))).toEqual(["trying", "send request, arm F 32000"]);
  const rows: readonly (readonly [string, ...Row])[] = [
    ["INVITE client", "proceeding", "response 486", "terminated", "send ack, tell response, end"],
    ["non-INVITE client", "trying", "response 200", "terminated", "tell response, end"],
    ["INVITE server", "proceeding", "response 486", "completed", "send response, clear, arm H 32000"],
    ["INVITE server", "completed", "ack", "terminated", "end"],
    ["non-INVITE server", "trying", "response 200", "terminated", "send response, end"],
  ];
  for (const [machine, state, input, next, out] of rows) {
    expect(show(runs[machine]?.(state, input, tcp) ?? { next: "", out: [] })).toEqual([next, out]);
  }
});

test("a 2xx keeps its transaction for 64*T1 over a reliable transport too (RFC 6026)", () => {
  expect(show(stepInviteClient("calling", { kind: "response", status: 200 }, tcp))[1]).toContain("arm M 32000");
  expect(show(stepInviteServer("proceeding", { kind: "respond", status: 200, repeat: "timed" }, tcp))[1]).toContain(
    "arm L 32000",
  );
});

test("a transaction begins with its request sent and its timers armed", () => {
  expect(show(beginInviteClient(udp))).toEqual(["calling", "send request, arm A 500, arm B 32000"]);
  expect(show(beginNonInviteClient(udp))).toEqual(["trying", "send request, arm E 500, arm F 32000"]);
  expect(show(beginInviteServer(udp))).toEqual(["proceeding", "arm C 3600000"]);
  expect(show(beginNonInviteServer(udp))).toEqual(["trying", "arm F 32000"]);
});

test("the timers of table 4 hang on T1, T2 and T4", () => {
  const slow = timerTable({ ...defaultTimerValues, T1: 1000, T4: 7000 }, "unreliable");
  expect(slow).toMatchObject({ A: 1000, B: 64_000, D: 64_000, E: 1000, F: 64_000, G: 1000, H: 64_000, I: 7000 });
  expect(slow).toMatchObject({ J: 64_000, K: 7000, L: 64_000, M: 64_000, X: 64_000, cap: 4000 });
});
