/** Users and groups by name: another machine gives them other numbers. passwd(5), group(5). */
import { readFileSync } from "node:fs";

export interface Owners {
  /** Empty: nobody has that number. */
  user(uid: number): string;
  group(gid: number): string;
  /** Undefined: nobody here is called that. */
  uid(user: string): number | undefined;
  gid(group: string): number | undefined;
}

export function readOwners(passwd = "/etc/passwd", group = "/etc/group"): Owners {
  const [users, groups] = [numbersIn(passwd), numbersIn(group)];
  const nameOf = (numbers: ReadonlyMap<string, number>, wanted: number): string =>
    [...numbers].find(([, number]) => number === wanted)?.[0] ?? "";
  return {
    user: (uid) => nameOf(users, uid),
    group: (gid) => nameOf(groups, gid),
    uid: (name) => users.get(name),
    gid: (name) => groups.get(name),
  };
}

/** `name:x:number:...` */
function numbersIn(path: string): ReadonlyMap<string, number> {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // Without the file nobody has a name.
  }
  return new Map(
    text.split("\n").flatMap((line): readonly (readonly [string, number])[] => {
      const [name = "", , number = ""] = line.split(":");
      return name === "" || number === "" || !Number.isSafeInteger(Number(number)) ? [] : [[name, Number(number)]];
    }),
  );
}
