import { rmSync } from 'node:fs';
import { localTransport } from '../../../src/transport/local.js';
import { testPool } from '../../support/open-ssh.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import { transportContract } from './contract.js';

transportContract('ssh', 'pc-12', async () => {
  const sshd = await startSshd();
  const user = makeUser();
  const home = temporaryFolder('home');
  const key = makeKey(home, 'client');
  sshd.authorize(user.name, key.publicKey);
  const pool = testPool({
    home,
    logins: { 'pc-12': { host: sshd.host, port: sshd.port, user: user.name, keyFile: key.file } },
  });
  return {
    transport: pool.transport('pc-12'),
    drop: () => {
      sshd.dropSessions();
    },
    close: () => pool.close(),
    async end() {
      await pool.close();
      await sshd.stop();
      user.remove();
      rmSync(home, { recursive: true });
    },
  };
});

transportContract('local', 'here', async () => {
  const transport = localTransport('here');
  const close = (): Promise<void> => transport.close();
  return { transport, drop: close, close, end: close };
});
