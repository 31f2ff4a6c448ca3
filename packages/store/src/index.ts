export { memoryStore } from "./memory.ts";
export type { Change, StoredBan, StoredRegistration, StoredUse, StorePort } from "./port.ts";
export { sameNumber } from "./records/names.ts";
export type { NewRecord, RecordFields, RecordKind, StoredRecord } from "./records/record.ts";
export { openRecordFile, type RecordFile, type RecordSpan } from "./records/record-file.ts";
export type { RecordPage, RecordPlace, RecordQuery } from "./records/search.ts";
export type { ChainFault, ChainReport } from "./records/verify.ts";
export { openSqliteStore, type SqliteStore } from "./sqlite.ts";
export { WriteBehind, type WriteBehindOptions } from "./write-behind.ts";
