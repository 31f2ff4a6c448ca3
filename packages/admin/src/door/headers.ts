/** What every answer says to a browser: run nothing but our own files, tell nobody, be framed by nobody, keep nothing. */

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "cache-control": "no-store",
} as const;

/** A browser that was here by TLS comes by nothing else for a year. Not for the names below: they are not ours to speak for. */
const transportSecurity = { "strict-transport-security": "max-age=31536000" } as const;

export function securityHeaders(secure: boolean): Readonly<Record<string, string>> {
  return secure ? { ...headers, ...transportSecurity } : headers;
}
