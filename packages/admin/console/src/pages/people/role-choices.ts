/** Roles as one chooses among them. */

export const roleChoices = [
  ["viewer", "Viewer: sees"],
  ["operator", "Operator: sees and acts"],
  ["admin", "Admin: everything"],
] as const;
