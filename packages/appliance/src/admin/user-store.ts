/** The file of users and keys: readable by its owner only, written beside itself and then put in place. */
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import type { UserStore } from "@ringfence/admin";

export function userStore(path: string): UserStore {
  return {
    read() {
      try {
        const text = readFileSync(path, "utf8");
        chmodSync(path, 0o600);
        return text;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    write(text) {
      const made = `${path}.new`;
      const descriptor = openSync(made, "w", 0o600);
      try {
        writeSync(descriptor, text);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(made, path);
    },
  };
}
