import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, SshLogin } from '../../src/config/config.js';
import { Secret } from '../../src/shell/secret.js';
import type { NewHostKey } from '../../src/transport/host-keys/host-keys.js';
import { openPool } from '../../src/transport/pool.js';
import type { Pool } from '../../src/transport/pool.js';

export interface TestPoolOptions {
  /** The only home folder the pool knows of: `.ssh/config` and default keys are looked for there. */
  readonly home: string;
  readonly logins: Readonly<Record<string, SshLogin>>;
  readonly hostKeys?: Config['hostKeys'];
  readonly knownHostsFiles?: readonly string[];
  readonly agentSocket?: string;
  readonly localUser?: string;
  readonly connectTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Answers by what the question contains; a question without one has nobody to answer it. */
  readonly answers?: Readonly<Record<string, string>>;
}

export interface TestPool extends Pool {
  readonly questions: readonly string[];
  readonly newKeys: readonly NewHostKey[];
  pins(): string;
}

/** A pool that sees nothing of the real home folder, agent or configuration. */
export function testPool(options: TestPoolOptions): TestPool {
  const questions: string[] = [];
  const newKeys: NewHostKey[] = [];
  const stateDir = join(options.home, '.kmon');
  const pool = openPool({
    config: {
      logins: options.logins,
      stateDir,
      knownHostsFiles: options.knownHostsFiles ?? [],
      hostKeys: options.hostKeys ?? 'pin',
    },
    prompts: {
      async secret(question) {
        questions.push(question);
        const answer = Object.entries(options.answers ?? {}).find(([part]) => question.includes(part));
        return answer === undefined ? undefined : new Secret(answer[1]);
      },
    },
    onNewHostKey: (key) => newKeys.push(key),
    around: {
      home: options.home,
      localUser: options.localUser ?? 'nobody',
      sshConfigFiles: [join(options.home, '.ssh/config')],
      ...(options.agentSocket === undefined ? {} : { agentSocket: options.agentSocket }),
    },
    ...(options.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: options.connectTimeoutMs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { ...pool, questions, newKeys, pins: () => readFileSync(join(stateDir, 'known_hosts'), 'utf8') };
}
