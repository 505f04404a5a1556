import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A server that takes mail from everybody and keeps it: a stand-in for the one of a school. No TLS, no login. */
export interface MailServer {
  readonly port: number;
  /** What came so far, each with its head. */
  mails(): readonly string[];
  stop(): void;
}

/** @param address of this computer: where it listens */
export async function startMailServer(address = '127.0.0.1'): Promise<MailServer> {
  const kept: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    speak(socket, (mail) => void kept.push(mail));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    mails: () => kept,
    stop: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

/** As much of RFC 5321 as somebody needs who sends one mail. */
function speak(socket: Socket, keep: (mail: string) => void): void {
  let text = '';
  let isData = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  say('220 mail.test ESMTP');
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('data', (data: string) => {
    text += data;
    for (;;) {
      const end = isData ? '\r\n.\r\n' : '\r\n';
      const at = text.indexOf(end);
      if (at < 0) return;
      const said = text.slice(0, at);
      text = text.slice(at + end.length);
      if (isData) {
        keep(said);
        isData = false;
        say('250 kept');
      } else if (/^EHLO/i.test(said)) {
        say('250-mail.test');
        say('250 8BITMIME');
      } else if (/^DATA/i.test(said)) {
        isData = true;
        say('354 go on');
      } else if (/^QUIT/i.test(said)) {
        say('221 bye');
        socket.end();
      } else say('250 fine');
    }
  });
}
