import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for Grafana, which cannot be had here: it has what Grafana's HTTP API says of health, of dashboards
 * and a data source (to everybody, as kmon has Grafana let people look), and of annotations, no more.
 * https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/
 */
export class StandInGrafana {
  readonly asked: { readonly what: string; readonly login: string | undefined; readonly body: unknown }[] =
    [];
  /** Its clock, in milliseconds since the epoch. */
  clock = () => Date.now();
  health = 200;
  /** The uids of its dashboards. */
  dashboards: readonly string[] = [];
  /** Why its data source does not answer; `undefined`: it does. */
  trouble: string | undefined;
  /** The value of the header that lets somebody in. */
  login = '';
  /** Whatever the answer's body is, instead of its own. */
  says: string | undefined;
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(({ status, body }) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        date: new Date(this.clock()).toUTCString(),
      });
      response.end(this.says ?? JSON.stringify(body));
    });
  });

  /** Gives its port. @param address Where it listens; `0.0.0.0`: for the machines of a lab too. */
  async open(address = '127.0.0.1'): Promise<number> {
    this.server.listen(0, address);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(
    request: IncomingMessage,
  ): Promise<{ readonly status: number; readonly body: object }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const what = `${request.method ?? ''} ${request.url ?? ''}`;
    const login = request.headers.authorization;
    this.asked.push({ what, login, body: text === '' ? undefined : JSON.parse(text) });
    // What is behind the question mark may be kubectl's own.
    const [asked = ''] = what.split('?');
    if (asked === 'GET /api/health')
      return { status: this.health, body: { database: 'ok', version: '13.2.0' } };
    if (asked === 'GET /api/search')
      return { status: 200, body: this.dashboards.map((uid) => ({ uid, type: 'dash-db', title: uid })) };
    if (asked === 'GET /api/datasources/uid/prometheus/health')
      return this.trouble === undefined
        ? { status: 200, body: { status: 'OK', message: 'Successfully queried the Prometheus API.' } }
        : { status: 400, body: { status: 'ERROR', message: this.trouble } };
    if (login !== this.login) return { status: 401, body: { message: 'Invalid username or password' } };
    if (asked !== 'POST /api/annotations') return { status: 404, body: { message: 'Not found' } };
    return { status: 200, body: { message: 'Annotation added', id: this.asked.length } };
  }
}
