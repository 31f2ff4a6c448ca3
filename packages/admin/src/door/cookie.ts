/** The one cookie there is: the id of a session, for this site and nobody's scripts. */

/** `__Host-` holds a browser to Secure, to the whole site and to no other host (RFC 6265bis §4.1.3). */
function nameOf(secure: boolean): string {
  return secure ? "__Host-ringfence" : "ringfence";
}

export function readCookie(header: string | undefined, secure: boolean): string | undefined {
  const begin = `${nameOf(secure)}=`;
  for (const part of (header ?? "").split(";")) {
    const text = part.trim();
    if (text.startsWith(begin)) return text.slice(begin.length);
  }
  return undefined;
}

/** Without an id: forget it. The session itself ends sooner; the browser forgets it when it is closed. */
export function writeCookie(id: string | undefined, secure: boolean): string {
  const end = id === undefined ? "; Max-Age=0" : "";
  return `${nameOf(secure)}=${id ?? ""}; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}${end}`;
}
