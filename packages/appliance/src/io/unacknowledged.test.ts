import { expect, test } from "vitest";
import { queuedIn } from "./unacknowledged.ts";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0100007F:8AE2 0100007F:1F91 01 00000009:00000000 00:00000000 00000000     0        0 2 1
   2: 0100007F:8AE2 0100007F:1F90 01 0000000A:00000007 00:00000000 00000000     0        0 3 1
   3: 0100007F:1F90 0100007F:8AE2 01 00000003:00000000 00:00000000 00000000     0        0 4 1
`;

test("the send queue of the connection with both ports is read, and no other", () => {
  expect(queuedIn(table, 0x8ae2, 0x1f90)).toBe(10);
  expect(queuedIn(table, 0x1f90, 0x8ae2)).toBe(3);
  expect(queuedIn(table, 0x8ae2, 0x1111)).toBeUndefined();
  expect(queuedIn("", 1, 2)).toBeUndefined();
});
