/** A token as an API server makes it for an account, with these seconds since the epoch in it. Nobody has signed it. */
export function tokenOf(iat: number, exp: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'RS256' }), part({ iat, exp }), 'c2lnbmVkLWJ5LW5vYm9keQ'].join('.');
}
