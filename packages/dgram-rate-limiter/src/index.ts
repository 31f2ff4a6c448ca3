export { type BudgetAnswer, type BudgetRule, Budgets } from "./budgets.ts";
export { Gate, type GateOptions, type GateStatus, type GateVerdict, gateVerdict, gateVerdictNames } from "./gate.ts";
