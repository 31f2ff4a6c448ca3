/** Whether a text has no more octets than that. A unit of UTF-16 needs three at most, so most texts need not be counted. */
export function fits(text: string, room: number): boolean {
  return text.length * 3 <= room || Buffer.byteLength(text) <= room;
}
