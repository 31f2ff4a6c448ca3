/** Users and keys at the command line: whoever may open the control socket may do everything, and lets the first one in. */
import type { Admin } from "@ringfence/admin";
import { parseCidr, RingfenceError } from "@ringfence/policy";
import type { ControlDesk } from "../control/protocol.ts";

export type AdminPeople = Pick<Admin, "people" | "keys">;

type Commands =
  | "admin-users"
  | "admin-add"
  | "admin-reset"
  | "admin-remove"
  | "admin-sign-out"
  | "admin-enrol"
  | "admin-keys"
  | "admin-key"
  | "admin-key-remove";

/** @param admin undefined: there is none */
export function adminDesk(
  admin: () => (AdminPeople & { readonly url: string }) | undefined,
): Pick<ControlDesk, Commands> {
  const here = () => {
    const found = admin();
    if (found !== undefined) return found;
    throw new RingfenceError("no-admin", "this Ringfence has no console", "Add `admin: {}` to its file, and reload.");
  };
  return {
    "admin-users": () => ({ users: here().people.list() }),
    "admin-add": ({ name, role }) => ({ invitation: here().people.invite(name, role), url: here().url }),
    "admin-reset": ({ name }) => ({ invitation: here().people.reset(name, "machine"), url: here().url }),
    "admin-remove": ({ name }) => {
      here().people.remove(name);
      return { removed: name };
    },
    "admin-sign-out": ({ name }) => ({ ended: here().people.signOut(name) }),
    "admin-enrol": () => ({ ...here().people.openFirst(), url: here().url }),
    "admin-keys": () => ({ keys: here().keys.list() }),
    "admin-key": ({ by, ...key }) => {
      mustBeBlocks(key.addresses);
      return here().keys.add(Date.now(), by, key);
    },
    "admin-key-remove": ({ id }) => {
      here().keys.remove(id);
      return { removed: id };
    },
  };
}

/** @throws RingfenceError `not-an-address` */
export function mustBeBlocks(addresses: readonly string[]): void {
  const wrong = addresses.find((one) => typeof parseCidr(one) === "string");
  if (wrong === undefined) return;
  throw new RingfenceError("not-an-address", `${wrong} is no address or block`, "Write 192.0.2.1 or 192.0.2.0/24.");
}
