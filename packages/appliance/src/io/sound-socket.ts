/** Where the sound of a telephone comes and goes: one UDP socket. */
import { createSocket } from "node:dgram";

export interface SoundSocket {
  readonly local: { readonly address: string; readonly port: number };
  send(bytes: Uint8Array, to: { readonly address: string; readonly port: number }): void;
  close(): void;
}

/** @param address of this machine @throws Error when no port is free there */
export function openSoundSocket(
  address: string,
  heard: (bytes: Uint8Array, from: string) => void,
): Promise<SoundSocket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    let isOpen = true;
    socket.on("error", reject);
    socket.on("message", (bytes, { address: from }) => heard(bytes, from));
    socket.bind(0, address, () =>
      resolve({
        local: socket.address(),
        send: (bytes, to) => isOpen && socket.send(bytes, to.port, to.address, () => undefined),
        close: () => {
          if (isOpen) socket.close();
          isOpen = false;
        },
      }),
    );
  });
}
