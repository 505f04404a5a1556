import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A real ssh agent with its socket in `dir`. */
export interface SshAgent {
  readonly socket: string;
  readonly add: (...keyFiles: readonly string[]) => void;
  readonly stop: () => void;
}

export async function startAgent(dir: string): Promise<SshAgent> {
  const socket = join(dir, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  for (let i = 0; !existsSync(socket); i += 1) {
    if (i > 200) throw new Error('ssh-agent did not start');
    await new Promise((done) => setTimeout(done, 20));
  }
  return {
    socket,
    add: (...keyFiles) => {
      execFileSync('ssh-add', ['-q', ...keyFiles], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    },
    stop: () => agent.kill(),
  };
}
