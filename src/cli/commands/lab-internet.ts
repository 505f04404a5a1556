import { present } from '../../config/optional-key.js';
import { inWords, PROXY_KNOWN, WELL } from '../../lab/internet/behaviour.js';
import type { InternetBehaviour } from '../../lab/internet/behaviour.js';
import { INTERNET_NAMES } from '../../lab/internet/names.js';
import { defineCommand } from '../command.js';
import { parseAuthority, parseBytes, parseOneOf, parseRefusal } from '../internet-values.js';
import { LAB_EXIT_CODES, LAB_OPTIONS } from '../lab-options.js';
import { flag, list, notWith, value } from '../option.js';

const DNS = ['silent', 'closed'] as const;

/** Beside `--mend` there is nothing to say. */
const FAULTS = {
  refuse: notWith(
    '--mend',
    list({
      flag: '--refuse',
      operand: 'what',
      completes: INTERNET_NAMES,
      parse: parseRefusal,
      help: 'refuse NAME or NAME/PATH, which may be an image; behind it =404, 429, 500, 503, closed, silent or unknown, otherwise 403',
    }),
  ),
  dns: notWith(
    '--mend',
    value({
      flag: '--dns',
      operand: 'how',
      completes: DNS,
      parse: parseOneOf(DNS),
      help: 'resolve no name: no answer (silent), or no name server (closed)',
    }),
  ),
  intercept: notWith(
    '--mend',
    value({
      flag: '--intercept',
      operand: 'issuer',
      parse: parseAuthority,
      help: 'sign TLS by another authority, as the filter of a school does',
    }),
  ),
  proxy: notWith(
    '--mend',
    value({
      flag: '--proxy',
      operand: 'known',
      completes: PROXY_KNOWN,
      parse: parseOneOf(PROXY_KNOWN),
      help: 'let out only by a proxy with a password; the machines know nothing of it, its address, or also the password',
    }),
  ),
  portal: notWith(
    '--mend',
    flag({ flag: '--portal', help: 'lead every request to a page where one has to log in' }),
  ),
  slow: notWith(
    '--mend',
    value({
      flag: '--slow',
      operand: 'bytes',
      parse: parseBytes,
      help: 'so many bytes a second for all together, such as 200k',
    }),
  ),
  cut: notWith(
    '--mend',
    value({
      flag: '--cut',
      operand: 'bytes',
      parse: parseBytes,
      help: 'break each connection off behind so many bytes, such as 1M',
    }),
  ),
};

export const labInternet = defineCommand({
  name: 'lab internet',
  summary: "make the lab's own Internet misbehave, or mend it",
  description:
    'From now on it behaves as said here, and in nothing else otherwise than it should. Without a flag: tells what is in force.',
  arguments: {},
  options: {
    ...LAB_OPTIONS,
    ...FAULTS,
    mend: flag({ flag: '--mend', help: 'nothing is in the way any more' }),
  },
  examples: [
    {
      line: 'kmon lab internet --refuse quay.io/prometheus/prometheus=404',
      does: 'one image is missing in its registry',
      means: { refuse: [{ name: 'quay.io', path: '/prometheus/prometheus', how: 404 }] },
    },
    {
      line: 'kmon lab internet --slow 200k --cut 1M',
      does: 'a line that is slow, and breaks off',
      means: { slow: 200_000, cut: 1_000_000 },
    },
    { line: 'kmon lab internet --mend', does: 'all is well again', means: { mend: true } },
  ],
  exitCodes: LAB_EXIT_CODES,
  run: async (io, given) => {
    const { refuse, dns, intercept, proxy, portal, slow, cut, mend, ...rest } = given;
    const behaviour: InternetBehaviour = {
      ...WELL,
      refuses: refuse,
      ...present('dns', dns),
      ...present('intercepts', intercept),
      ...present('proxy', proxy),
      ...(portal ? { portal } : {}),
      ...present('bytesPerSecond', slow),
      ...present('cutAfterBytes', cut),
    };
    const says = mend || inWords(behaviour).length > 0;
    const { labInternetCommand } = await import('../actions/lab.js');
    return labInternetCommand(io, { ...rest, behaviour: says ? behaviour : undefined });
  },
});
