import { readFileSync } from 'node:fs';
import { dial } from '../../../src/transport/ssh.js';
import { localTransport } from '../../../src/transport/local.js';
import { makeKey, startSshd } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import { transportContract } from './contract.js';

transportContract('ssh', 'pc-12', async () => {
  const sshd = await startSshd();
  const user = makeUser();
  const key = makeKey(sshd.dir, 'client');
  sshd.authorize(user.name, key.publicKey);
  const dialled = await dial({
    machine: 'pc-12',
    host: sshd.host,
    port: sshd.port,
    user: user.name,
    offers: [{ kind: 'key', label: 'key', key: readFileSync(key.file) }],
    hostKeyTypes: [],
    judgeHostKey: async () => undefined,
    connectTimeoutMs: 10_000,
  });
  const clean = async (): Promise<void> => {
    await sshd.stop();
    user.remove();
  };
  if (dialled.kind === 'refused') {
    const log = sshd.log();
    await clean();
    throw new Error(`sshd let nobody in: ${log}`);
  }
  return {
    transport: dialled.connection,
    drop: () => {
      sshd.dropSessions();
    },
    async end() {
      await dialled.connection.close();
      await clean();
    },
  };
});

transportContract('local', 'here', async () => {
  const transport = localTransport('here');
  return { transport, drop: () => transport.close(), end: () => transport.close() };
});
