import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../src/shell/secret.js';
import { hostKeyAlgorithms } from '../../../src/transport/host-keys/algorithms.js';
import { dial } from '../../../src/transport/ssh.js';
import type { Dialled, SshTarget } from '../../../src/transport/ssh.js';
import type { SshConnection } from '../../../src/transport/ssh-connection.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { makeKey, temporaryFolder } from '../../support/sshd.js';

/** Servers that do what OpenSSH does not do on command: an SSH server in this process plays them. */
describe('a server that behaves oddly', () => {
  let dir: string;
  let hostKey: Buffer;
  beforeAll(() => {
    dir = temporaryFolder('odd');
    hostKey = readFileSync(makeKey(dir, 'host').file);
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  interface Play {
    readonly login?: (auth: AuthContext) => void;
    readonly exec?: (channel: ServerChannel, client: Connection) => void;
  }
  const dialTo = async (play: Play, target: Partial<SshTarget> = {}): Promise<Dialled> => {
    const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (auth) => {
        if (play.login === undefined) auth.accept();
        else play.login(auth);
      });
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, reject) => {
          if (play.exec === undefined) reject();
          else play.exec(acceptExec(), client);
        });
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const dialled = await dial({
      machine: 'pc-1',
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      user: 'student',
      offers: [],
      hostKeyAlgorithms: hostKeyAlgorithms([]),
      judgeHostKey: async () => undefined,
      connectTimeoutMs: 5000,
      ...target,
    });
    if (dialled.kind === 'connected') onTestFinished(() => dialled.connection.close());
    return dialled;
  };
  const connectTo = async (exec: Play['exec'], target: Partial<SshTarget> = {}): Promise<SshConnection> => {
    const dialled = await dialTo(exec === undefined ? {} : { exec }, target);
    if (dialled.kind === 'refused') throw new Error('refused');
    return dialled.connection;
  };
  const cut = (client: Connection): void => {
    (client as unknown as { _sock: { destroy(): void } })._sock.destroy();
  };

  it('that runs no commands is told from one that is gone', async () => {
    const connection = await connectTo(undefined);
    expect(await kmonErrorOf(connection.exec('x'))).toMatchObject({
      code: 'login-refused',
      message: 'the SSH server runs no commands for this user',
      context: { machine: 'pc-1' },
    });
  });

  it('that closes the channel without an exit status has not ended the command', async () => {
    const connection = await connectTo((channel) => {
      channel.write('half');
      channel.close();
    });
    expect(await kmonErrorOf(connection.exec('x'))).toMatchObject({ code: 'connection-lost' });
    expect(connection.fresh).toBe(true);
  });

  it('that goes away after the exit status may have kept some output', async () => {
    const connection = await connectTo((channel, client) => {
      channel.write('half of the output');
      channel.exit(0);
      setImmediate(() => {
        cut(client);
      });
    });
    expect(await kmonErrorOf(connection.exec('x'))).toMatchObject({ code: 'connection-lost' });
    expect(connection.fresh).toBe(false);
  });

  it('that says everything and then goes away has ended the command', async () => {
    const connection = await connectTo((channel, client) => {
      channel.stderr.write('some');
      channel.write('all');
      channel.exit(3);
      channel.end();
      channel.on('close', () => {
        cut(client);
      });
    });
    expect(await connection.exec('x')).toMatchObject({ exitCode: 3, stdout: 'all', stderr: 'some' });
  });

  it('that names a signal has not ended the command by itself', async () => {
    const connection = await connectTo((channel) => {
      channel.exit('TERM', false, '');
      channel.end();
    });
    expect((await kmonErrorOf(connection.exec('x'))).message).toBe('the command was killed there by SIGTERM');
  });

  it('that answers nothing any more is given up by keepalive', async () => {
    const connection = await connectTo(
      (_channel, client) => {
        (client as unknown as { _sock: { pause(): void } })._sock.pause();
      },
      { keepaliveMs: 100 },
    );
    const began = performance.now();
    expect(await kmonErrorOf(connection.exec('x'))).toMatchObject({
      code: 'connection-lost',
      message: 'the machine gave no sign of life for 0.3 s',
    });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(connection.fresh).toBe(false);
  });

  it('that asks for the password again and again gets it once', async () => {
    const answers: string[] = [];
    const dialled = await dialTo(
      {
        login(auth) {
          if (auth.method !== 'keyboard-interactive') {
            auth.reject(['keyboard-interactive']);
            return;
          }
          const again = (): void => {
            auth.prompt(
              [
                { prompt: 'Password: ', echo: false },
                { prompt: 'Name: ', echo: true },
              ],
              (got) => {
                answers.push(...got);
                if (answers.length < 6) again();
                else auth.reject(['keyboard-interactive']);
              },
            );
          };
          again();
        },
      },
      { offers: [{ kind: 'password', label: 'the password', password: new Secret('pw') }] },
    );
    expect(dialled.kind).toBe('refused');
    expect(answers).toEqual(['pw', '', '', '', '', '']);
  });

  it('that has let in nobody is told what was tried, and what it still takes', async () => {
    const dialled = await dialTo({
      login: (auth) => {
        auth.reject(['publickey', 'hostbased']);
      },
    });
    expect(dialled).toEqual({
      kind: 'refused',
      methods: ['publickey', 'hostbased'],
      tried: [],
      partial: false,
      said: '',
    });
  });

  it('that wants a new password gets none, and its words are told', async () => {
    const error = await kmonErrorOf(
      dialTo(
        {
          login: (auth) => {
            if (auth.method !== 'password') auth.reject(['password']);
            else auth.requestChange('Your password has expired. New one: ', () => undefined);
          },
        },
        { offers: [{ kind: 'password', label: 'the password', password: new Secret('pw') }] },
      ),
    );
    expect(error).toMatchObject({
      code: 'login-refused',
      message: '127.0.0.1 wants a new password of student first',
      evidence: 'Your password has expired. New one:',
      context: { machine: 'pc-1' },
    });
  });

  it('that stops in the middle of the login is unreachable', async () => {
    const error = await kmonErrorOf(
      dialTo({
        login: (auth) => {
          cut((auth as unknown as { _client?: Connection })._client ?? (auth as unknown as Connection));
        },
      }),
    );
    expect(error).toMatchObject({ code: 'unreachable', context: { machine: 'pc-1' } });
  });
});
