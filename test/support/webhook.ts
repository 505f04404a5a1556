import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Somebody outside of the room who is told of alerts. */
export interface Webhook {
  readonly port: number;
  /** What came so far, as "firing KmonNodeDown child-2". */
  told(): readonly string[];
  stop(): void;
}

/** Node by itself reads no TypeScript. */
const SERVER = `
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
const [, file] = process.argv;
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (data) => (text += data));
  request.on('end', () => {
    for (const { status, labels } of JSON.parse(text).alerts)
      appendFileSync(file, [status, labels.alertname, labels.node].filter(Boolean).join(' ') + '\\n');
    response.end();
  });
});
server.listen(0, () => console.log(server.address().port));
`;

/** A process of its own: a test that waits for kmon answers nobody meanwhile. `file`: where it keeps what came. */
export async function startWebhook(file: string): Promise<Webhook> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', SERVER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => {
      resolve(Number(data.toString()));
    });
    child.once('exit', () => {
      reject(new Error('the webhook did not start'));
    });
  });
  return {
    port,
    told: () => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []),
    stop: () => void child.kill(),
  };
}
