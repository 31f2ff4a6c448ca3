import type { StoredBan, StoredRegistration, StorePort } from "./port.ts";

/** Forgets with the process: for tests, and for who wants no file. */
export function memoryStore(): StorePort {
  const registrations = new Map<string, StoredRegistration>();
  const uses = new Map<string, unknown>();
  const calls = new Map<string, unknown>();
  const bans = new Map<string, StoredBan>();
  const marks = new Map<string, unknown>();
  const alerts = new Map<string, unknown>();
  const secrets = new Map<string, Uint8Array>();
  return {
    registrations: () => [...registrations.values()],
    uses: () => [...uses].map(([payer, record]) => ({ payer, record })),
    calls: () => [...calls].map(([call, record]) => ({ call, record })),
    bans: () => [...bans.values()],
    marks: () => [...marks].map(([secret, mark]) => ({ secret, mark })),
    alerts: () => [...alerts].map(([alert, record]) => ({ alert, record })),
    write(changes) {
      for (const change of changes) {
        if ("payer" in change) put(uses, change.payer, change.record);
        else if ("call" in change) put(calls, change.call, change.record);
        else if ("banned" in change) put(bans, change.banned, change.ban);
        else if ("alert" in change) put(alerts, change.alert, change.record);
        else if ("secret" in change) put(marks, change.secret, change.mark);
        else put(registrations, change.token, change.registration);
      }
    },
    secret(name, make) {
      const secret = secrets.get(name) ?? make();
      secrets.set(name, secret);
      return secret;
    },
    close() {},
  };
}

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
