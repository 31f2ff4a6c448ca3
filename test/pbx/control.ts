import type { Pbx } from "./pbx.ts";

/** Commands of the test that started us, a JSON object a line: `{"do":"restart"}`, `{"do":"set","knob":"silence","value":"on"}`. */

const fields = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);

function parse(line: string): ReadonlyMap<string, unknown> {
  try {
    return fields(JSON.parse(line));
  } catch {
    return new Map();
  }
}

/** The answer to one line; always one object with `ok`. */
export function runCommand(pbx: Pbx, line: string): object {
  const command = parse(line);
  switch (command.get("do")) {
    case "set": {
      const wrong = pbx.set(String(command.get("knob")), String(command.get("value")));
      return wrong === undefined ? { ok: true } : { ok: false, wrong };
    }
    case "restart":
      pbx.restart();
      return { ok: true };
    case "hang-up":
      pbx.hangUpAll();
      return { ok: true };
    case "mailbox":
      pbx.setMailbox(String(command.get("user")), {
        fresh: Number(command.get("fresh")),
        old: Number(command.get("old")),
      });
      return { ok: true };
    case "traffic":
      return { ok: true, traffic: pbx.traffic() };
    case "state":
      return {
        ok: true,
        counts: pbx.counts(),
        calls: pbx.calls(),
        registrations: pbx.registrations().map(({ user, uri, expiresAt }) => ({ user, uri, expiresAt })),
        lines: pbx.lines(),
        banned: pbx.banned(),
        decoyHits: pbx.decoyHits(),
      };
    default:
      return { ok: false, wrong: "do: set, restart, hang-up, mailbox, traffic or state" };
  }
}
