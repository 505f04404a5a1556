import { localTransport } from '../../../src/transport/local.js';
import { transportContract } from './contract.js';
import { sshGround } from './ssh-ground.js';

transportContract('ssh', 'pc-12', () => sshGround('pc-12'));

transportContract('local', 'here', async () => {
  const transport = localTransport('here');
  const close = (): Promise<void> => transport.close();
  return { transport, drop: close, close, end: close };
});
