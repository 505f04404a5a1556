import { foreignAuthority, REFUSED_STATUS } from './behaviour.js';
import type { InternetBehaviour } from './behaviour.js';

/** Where the machine has what it is told, and its certificates. */
export const OWN_FOLDER = '/etc/lab-internet';

/** How nginx answers: the part of its configuration that is for all of its servers, and the first thing that each of them does. */
export interface Answers {
  readonly http: string;
  readonly server: string;
}

/** @param address where the page is that a portal leads to. */
export function answersOf(b: InternetBehaviour, address: string): Answers {
  const who = foreignAuthority(b) === undefined ? 'server' : 'foreign';
  const refused = b.refuses.flatMap(({ name, path, how }) =>
    // A registry has its images below /v2.
    typeof how === 'number' ? [`  "~^${literal(name)}(?:/v2)?${literal(path)}(?:/|$)" ${how};\n`] : [],
  );
  return {
    http: `ssl_certificate ${OWN_FOLDER}/${who}.crt;
ssl_certificate_key ${OWN_FOLDER}/${who}.key;
map $host$uri $refusal {
  default '';
${refused.join('')}}
`,
    server: [
      ...REFUSED_STATUS.map((status) => `if ($refusal = ${status}) { return ${status}; }\n`),
      ...(b.portal === true ? [`if ($uri != /login) { return 302 http://${address}/login; }\n`] : []),
    ].join(''),
  };
}

/** In a regular expression of nginx, between quotes. */
function literal(text: string): string {
  return text.replaceAll(/[^\w/-]/g, (char) => `\\${char}`);
}
