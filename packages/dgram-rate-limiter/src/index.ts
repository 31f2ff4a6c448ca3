export { type SourceLevel, sourceLevel } from "./bounded-table.ts";
export { type BudgetAnswer, type BudgetRule, Budgets } from "./budgets.ts";
export { Gate, type GateOptions, type GateStatus } from "./gate.ts";
export { type GateVerdict, gateVerdict, gateVerdictNames } from "./gate-verdict.ts";
export { type Ban, type Evidence, Penalties, type Standing } from "./penalties.ts";
export type { PenaltyRule } from "./penalty-table.ts";
