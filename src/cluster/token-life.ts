import { ForeignJson } from '../tools/foreign-json.js';

/** From when and until when a token is good, in milliseconds since the epoch. */
export interface TokenLife {
  readonly from: number;
  readonly until: number;
}

/** As a token of an account says it itself (a JWT, RFC 7519: `iat`, `exp`); `undefined`: it is none, or says nothing. Nobody is asked. */
export function lifeOf(token: string): TokenLife | undefined {
  const [, payload = ''] = token.split('.');
  const times = parsed(Buffer.from(payload, 'base64url').toString());
  const [from, until] = [times.at('iat').number, times.at('exp').number];
  return from === undefined || until === undefined ? undefined : { from: from * 1000, until: until * 1000 };
}

/** Whether half of its time is yet to come: then there is no need of a new one. */
export function isYoung({ from, until }: TokenLife, now: number): boolean {
  return until - now > (until - from) / 2;
}

function parsed(text: string): ForeignJson {
  try {
    return new ForeignJson(JSON.parse(text) as unknown);
  } catch {
    return new ForeignJson(undefined);
  }
}
