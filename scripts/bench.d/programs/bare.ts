// The floor: what ssh2 alone takes to run one command on every machine. `floor` runs `true`, `script` runs kmon's facts script: the
// difference is what the machines themselves have to do for it.
//
// usage: bare.ts floor|script KMON_YAML AT_ONCE
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import { parse } from 'yaml';

/** kmon.yaml as the benchmark writes it. */
interface RoomFile {
  readonly ssh: { readonly user: string; readonly key: string };
  readonly parent: { readonly address: string };
  readonly children: readonly { readonly address: string }[];
}

const [what, config = '', atOnce] = process.argv.slice(2);
const { ssh, parent, children } = parse(readFileSync(config, 'utf8')) as RoomFile;
const privateKey = readFileSync(ssh.key);
const waiting = [parent, ...children].map((machine) => machine.address);
const { command, stdin } = await toRun();
let reached = 0;

async function toRun(): Promise<{ readonly command: string; readonly stdin: string }> {
  if (what === 'floor') return { command: 'true', stdin: '' };
  const { factsCommand } = await import('../../../src/facts/script.js');
  return { command: 'sh', stdin: factsCommand(parent.address).script };
}

function runOn(host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('close', resolve);
    client.on('connect', () => client.setNoDelay(true));
    client.on('ready', () => {
      client.exec(command, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        channel.on('exit', (code: number | null) => {
          if (code === 0) reached += 1;
        });
        channel.on('close', () => client.end());
        channel.resume();
        channel.stderr.resume();
        channel.end(stdin);
      });
    });
    client.connect({ host, username: ssh.user, privateKey });
  });
}

async function lane(): Promise<void> {
  for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) await runOn(host);
}

await Promise.all(Array.from({ length: Number(atOnce) }, lane));
process.stdout.write(`${JSON.stringify({ reached })}\n`);
