/** Users and keys. The command line asks the same of the same (admin-desk.ts). */

import { type AdminPeople, mustBeBlocks } from "./admin-desk.ts";
import type { HandlersOf } from "./admin-parts.ts";

type Names = "users" | "userAdd" | "userRemove" | "userReset" | "keys" | "keyAdd" | "keyRemove";

export function peopleHandlers({ people, keys }: AdminPeople): HandlersOf<Names> {
  return {
    users: () => ({ items: [...people.list()] }),
    userAdd: ({ body }) => people.invite(body.name, body.role),
    userRemove({ params }) {
      people.remove(params.name);
      return undefined;
    },
    userReset: ({ params }) => people.reset(params.name, "api"),
    keys: () => ({ items: [...keys.list()] }),
    keyAdd({ body }, { name }) {
      mustBeBlocks(body.addresses);
      return keys.add(Date.now(), name, body);
    },
    keyRemove({ params }) {
      keys.remove(params.id);
      return undefined;
    },
  };
}
