export { memoryStore } from "./memory.ts";
export type { Change, StoredRegistration, StorePort } from "./port.ts";
export { openSqliteStore, type SqliteStore } from "./sqlite.ts";
export { WriteBehind, type WriteBehindOptions } from "./write-behind.ts";
