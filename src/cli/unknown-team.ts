import { nearestKey } from '../config/mistakes/suggest.js';
import { KmonError } from '../errors/kmon-error.js';

/** A team that is none of those that are known. `where`: they are known from, such as "in kmon.yaml". */
export function unknownTeam(team: string, known: readonly string[], where: string): KmonError {
  const near = nearestKey(team, known);
  const choice = known.length === 0 ? 'there is none' : `choose among: ${known.join(', ')}`;
  return new KmonError('usage', `there is no team ${team} ${where}`, {
    hint: near === undefined ? choice : `did you mean ${near}? ${choice}`,
  });
}
