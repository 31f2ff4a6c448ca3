/** Users and keys as they are, written down at each change. A file that cannot be read is no empty one: nobody may enrol then. */
import { ApiError } from "../door/problems.ts";
import { isEnrolled, type Key, type User, type UserFile, type UserStore, userFile } from "./user-file.ts";

export class UserBook {
  readonly #store: UserStore;
  #file: UserFile;

  /** @throws Error when there is a file and it is not one of ours */
  constructor(store: UserStore) {
    this.#store = store;
    const text = store.read();
    this.#file = text === undefined ? { format: 1, users: [], keys: [] } : userFile.parse(JSON.parse(text));
  }

  get users(): readonly User[] {
    return this.#file.users;
  }

  get keys(): readonly Key[] {
    return this.#file.keys;
  }

  /** Somebody can sign in. */
  get isOpen(): boolean {
    return this.#file.users.some(isEnrolled);
  }

  user(name: string): User | undefined {
    return this.#file.users.find((user) => user.name === name);
  }

  key(id: string): Key | undefined {
    return this.#file.keys.find((key) => key.id === id);
  }

  /** Adds or replaces. */
  putUser(user: User): void {
    const others = this.#file.users.filter(({ name }) => name !== user.name);
    this.#keep({ ...this.#file, users: [...others, user] });
  }

  /** Undefined: it is not there, or an admin who is the last that can sign in. */
  removeUser(name: string): void {
    const user = this.user(name);
    if (user === undefined) throw noUser(name);
    this.#mustStay(user);
    this.#keep({ ...this.#file, users: this.#file.users.filter((other) => other !== user) });
  }

  /** @throws ApiError where nobody could let others in any more */
  mustNotBeLast(name: string): void {
    const user = this.user(name);
    if (user === undefined) throw noUser(name);
    this.#mustStay(user);
  }

  putKey(key: Key): void {
    const others = this.#file.keys.filter(({ id }) => id !== key.id);
    this.#keep({ ...this.#file, keys: [...others, key] });
  }

  removeKey(id: string): void {
    if (this.key(id) === undefined) throw new ApiError(404, "no-such-key", `there is no key ${id}`, "See GET /keys.");
    this.#keep({ ...this.#file, keys: this.#file.keys.filter((key) => key.id !== id) });
  }

  #mustStay(user: User): void {
    const admins = this.#file.users.filter((other) => other.role === "admin" && isEnrolled(other));
    if (admins.length > 1 || !admins.includes(user)) return;
    const remedy = "Add another admin first; on the machine itself ./ringfence admin reset works for the last one too.";
    throw new ApiError(409, "last-admin", `${user.name} is the last admin who can sign in`, remedy);
  }

  /** On the disk first: what is not written was not done. */
  #keep(next: UserFile): void {
    const checked = userFile.parse(next);
    this.#store.write(`${JSON.stringify(checked, undefined, 2)}\n`);
    this.#file = checked;
  }
}

export function noUser(name: string): ApiError {
  return new ApiError(404, "no-such-user", `there is no user ${name}`, "See GET /users.");
}
