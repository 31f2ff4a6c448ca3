export { type SourceLevel, sourceLevel } from "./bounded-table.ts";
export { type BudgetAnswer, type BudgetRule, Budgets } from "./budgets.ts";
export { Gate } from "./gate.ts";
export type { AddressSet, GateMemory, GateOptions, GateStatus } from "./gate-options.ts";
export { type GateVerdict, gateVerdict, gateVerdictNames } from "./gate-verdict.ts";
export { type NativeGate, nativeGate } from "./native-gate.ts";
export { type Ban, type Evidence, Penalties, type Standing } from "./penalties.ts";
export type { PenaltyRule } from "./penalty-table.ts";
