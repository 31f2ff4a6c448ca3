export { memoryStore } from "./memory.ts";
export type { Change, StoredBan, StoredRegistration, StoredUse, StorePort } from "./port.ts";
export { openSqliteStore, type SqliteStore } from "./sqlite.ts";
export { WriteBehind, type WriteBehindOptions } from "./write-behind.ts";
