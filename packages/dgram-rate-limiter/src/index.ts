export { type BudgetAnswer, type BudgetRule, Budgets } from "./budgets.ts";
export { Gate, type GateOptions, type GateStatus, type GateVerdict, gateVerdict, gateVerdictNames } from "./gate.ts";
export { type Ban, type Evidence, Penalties, type Standing } from "./penalties.ts";
export type { PenaltyRule } from "./penalty-table.ts";
