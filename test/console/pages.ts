/** The pages, and what an administrator finds on each when a phone is registered and talking. */

export interface PageClaim {
  readonly place: string;
  readonly title: string;
  /** Text that is there once the page has its answers. */
  readonly says: readonly string[];
}

export const pages: readonly PageClaim[] = [
  { place: "", title: "Overview", says: ["Calls", "Registrations", "Quality (MOS)", "Configuration"] },
  { place: "calls", title: "Calls", says: ["1001 → 600", "talking"] },
  { place: "registrations", title: "Registrations", says: ["1001", "127.0.0.3:"] },
  { place: "trunks", title: "Trunks", says: ["carrier", "127.0.0.9", "The PBX"] },
  { place: "defence", title: "Defence", says: ["Nobody is banned.", "Ban by hand"] },
  { place: "defence/decisions", title: "Defence", says: ["INVITE"] },
  { place: "defence/shadow", title: "Defence", says: ["Every rule acts."] },
  { place: "fraud", title: "Fraud", says: ["1001", "1 of 2"] },
  { place: "alerts", title: "Alerts", says: ["Open", "Send a test"] },
  { place: "explain", title: "Explain", says: ["Number or extension called"] },
  { place: "records", title: "Records", says: ["Export as CSV", "refused"] },
  { place: "audit", title: "Audit log", says: ["ada"] },
  { place: "hardening", title: "Hardening", says: ["Ask now", "Nobody has asked yet."] },
  { place: "config", title: "Configuration", says: ["Check", "What would change", "Reload the file"] },
  { place: "config/history", title: "Configuration", says: ["Generation 1", "in force"] },
  { place: "config/history/1", title: "Configuration", says: ["domains: [pbx.example.com]"] },
  {
    place: "users",
    title: "Users and keys",
    says: ["ada", "an authenticator, 10 recovery codes", "No program has a key."],
  },
];
