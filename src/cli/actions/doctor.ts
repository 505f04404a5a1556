import { EXIT_CODES } from '../../errors/exit-codes.js';
import { surroundings } from '../../transport/login/resolved-login.js';
import { doctorText } from '../../ui/doctor-text.js';
import { themeFor } from '../../ui/theme.js';
import { seeComputer } from '../doctor/see-computer.js';
import { seeLogins } from '../doctor/see-logins.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';
import type { ShowOptions } from '../with-view.js';

/** `kmon doctor` */
export function doctor(io: Io, o: ShowOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const seen = [...(await seeComputer(io)), ...(await seeLogins(surroundings(io.env)))];
    view.result(doctorText(seen, themeFor(io.stdout, io.env)), { seen });
    return seen.some(({ state }) => state === 'lacks') ? EXIT_CODES.precondition : 0;
  });
}
