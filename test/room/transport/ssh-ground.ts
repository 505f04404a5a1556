import { rmSync } from 'node:fs';
import type { Transport } from '../../../src/transport/transport.js';
import { testPool } from '../../support/open-ssh.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import type { Ground } from './contract.js';

export interface SshGround extends Ground {
  readonly transport: Required<Transport>;
}

/** A user of a real sshd on this computer, and kmon's way there. */
export async function sshGround(machine: string): Promise<SshGround> {
  const sshd = await startSshd();
  const user = makeUser();
  const home = temporaryFolder('home');
  const key = makeKey(home, 'client');
  sshd.authorize(user.name, key.publicKey);
  const pool = testPool({
    home,
    logins: { [machine]: { host: sshd.host, port: sshd.port, user: user.name, keyFile: key.file } },
  });
  return {
    transport: pool.transport(machine),
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
}
