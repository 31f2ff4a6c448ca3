import type { StoredRegistration, StorePort } from "./port.ts";

/** Forgets with the process: for tests, and for who wants no file. */
export function memoryStore(): StorePort {
  const registrations = new Map<string, StoredRegistration>();
  const secrets = new Map<string, Uint8Array>();
  return {
    registrations: () => [...registrations.values()],
    write(changes) {
      for (const { token, registration } of changes) {
        if (registration === undefined) registrations.delete(token);
        else registrations.set(token, registration);
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
