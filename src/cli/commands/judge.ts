import { CATALOGUE } from '../../check/catalogue.js';
import type { FindingCode } from '../../check/catalogue.js';
import type { Finding } from '../../check/finding.js';
import type { Sight } from '../../check/sight.js';
import type { ErrorCode } from '../../errors/exit-codes.js';
import { findings } from '../../machines/findings.js';

const CODES: Readonly<Partial<Record<ErrorCode, FindingCode>>> = {
  'login-refused': 'K-LOGIN',
  'host-key-changed': 'K-HOST-KEY',
  'host-key-unknown': 'K-HOST-KEY',
  'no-sudo': 'K-SUDO',
};

/** What is to be said about what was seen. */
export function judge(sight: Sight): readonly Finding[] {
  const unseen = sight.unseen.map(({ machine, error }): Finding => {
    const code = CODES[error.code] ?? 'K-UNREACHABLE';
    const evidence = error.evidence === undefined ? error.message : `${error.message} (${error.evidence})`;
    const { cause } = CATALOGUE[code];
    return { code, severity: 'stops', machine, evidence, cause, remedy: error.hint ?? '', fixable: false };
  });
  const facts = findings(sight.config, sight.factsOf, sight.bundle).map((f): Finding => {
    const code = f.code as FindingCode;
    return { ...f, code, cause: CATALOGUE[code].cause, fixable: 'fix' in CATALOGUE[code] };
  });
  return [...unseen, ...facts];
}
