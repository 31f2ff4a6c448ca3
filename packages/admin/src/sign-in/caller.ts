/** Whoever sent a request, as far as the socket and its first lines say. */

export interface Caller {
  /** Of the socket. */
  readonly address: string;
  /** The address, or the /64 of IPv6: what one machine has. */
  readonly place: string;
  /** The socket comes from the machine itself. */
  readonly loopback: boolean;
  /** What the browser took us for: a name or an address, without port. */
  readonly host: string;
  /** Scheme, host and port. */
  readonly origin: string;
}
