/** The events that are served (RFC 3842, 4235, 3856), in the order in which Allow-Events names them. */
export const eventNames = ["message-summary", "dialog", "presence"] as const;
export type EventName = (typeof eventNames)[number];
