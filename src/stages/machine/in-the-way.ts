import { KmonError } from '../../errors/kmon-error.js';
import type { FindingOf } from '../../findings/subject.js';

/** The first of the findings that stop the workshop, as a failure that tells of the others too; `undefined`: none does. */
export function inTheWay(found: readonly FindingOf<string>[]): KmonError | undefined {
  const [first, ...others] = found.filter((f) => f.severity === 'stops');
  if (first === undefined) return undefined;
  const more = others.map((f) => `${f.evidence}: ${f.remedy}`);
  return new KmonError('precondition', first.evidence, {
    hint: first.remedy,
    ...(more.length === 0 ? {} : { evidence: `also: ${more.join('; also: ')}` }),
  });
}
