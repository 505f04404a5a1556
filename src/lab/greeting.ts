import { connect } from 'node:net';

/**
 * Whether an SSH server greets at the address: a real banner, not just an open port.
 *
 * @param withinMs how long the server may take to greet.
 */
export async function sshGreets(address: string, withinMs: number, port = 22): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let seen = '';
    const end = (greets: boolean): void => {
      socket.destroy();
      resolve(greets);
    };
    socket.setTimeout(withinMs);
    socket.on('timeout', () => {
      end(false);
    });
    socket.on('error', () => {
      end(false);
    });
    socket.on('close', () => {
      end(false);
    });
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      // A server may say other lines first (RFC 4253, 4.2).
      if (/^SSH-2\.0-/m.test(seen)) end(true);
      else if (seen.length > 4096) end(false);
    });
  });
}
