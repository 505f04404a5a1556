import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { teacherTokenFile } from '../../../src/addons/dashboard/names.js';
import { dashboardLogin, dashboardLoginText } from '../../../src/cli/dashboard-login.js';
import { untilText } from '../../../src/cli/teams-text.js';
import { tokenOf } from '../../support/team-token.js';

const NOW = Date.UTC(2026, 0, 1);
const SECONDS = NOW / 1000;
const HOUR = 3600;

function having(token?: string): { readonly stateDir: string } {
  const stateDir = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    rmSync(stateDir, { recursive: true });
  });
  if (token !== undefined) writeFileSync(teacherTokenFile({ stateDir }), `${token}\n`, { mode: 0o600 });
  return { stateDir };
}

const MAKES_ONE = {
  code: 'precondition',
  hint: 'run `kmon addon add dashboard`, which makes one for this computer',
};

describe("the teacher's token, as kmon open tells of it", () => {
  it('is told with until when it is good, and shown only where somebody wants to see it', async () => {
    const token = tokenOf(SECONDS, SECONDS + 8 * HOUR);
    const config = having(token);
    const until = untilText('2026-01-01T08:00:00.000Z');
    const told = dashboardLoginText(await dashboardLogin(config, false, NOW));
    expect(told).toBe(
      `to sign in: the token in ${teacherTokenFile(config)}, good until ${until} (--show-password shows it)`,
    );
    const shown = await dashboardLogin(config, true, NOW);
    expect(shown).toMatchObject({ token, until: '2026-01-01T08:00:00.000Z' });
    expect(dashboardLoginText(shown)).toBe(`to sign in, good until ${until}: ${token}`);
  });

  it.each([
    ['a moment ago', 0],
    ['yesterday', -24 * HOUR],
  ])('is not handed out when it has been over since %s', async (_, since) => {
    const config = having(tokenOf(SECONDS + since - 8 * HOUR, SECONDS + since));
    const over = untilText(new Date(NOW + since * 1000).toISOString());
    await expect(dashboardLogin(config, true, NOW)).rejects.toMatchObject({
      ...MAKES_ONE,
      message: `the teacher's token is over: it was good until ${over}`,
    });
    const told = dashboardLoginText(await dashboardLogin(config, false, NOW));
    expect(told).toContain('is over, `kmon addon add dashboard` makes a new one');
  });

  it('is not handed out where the file holds something else', async () => {
    const config = having('a password');
    await expect(dashboardLogin(config, true, NOW)).rejects.toMatchObject({
      ...MAKES_ONE,
      message: `what is in ${teacherTokenFile(config)} is no token`,
    });
    expect(dashboardLoginText(await dashboardLogin(config, false, NOW))).toContain(
      'kmon addon add dashboard',
    );
  });

  it('is made anew where it is not on this computer', async () => {
    const config = having();
    await expect(dashboardLogin(config, true, NOW)).rejects.toMatchObject({
      ...MAKES_ONE,
      message: "the teacher's token is not on this computer",
    });
    expect(dashboardLoginText(await dashboardLogin(config, false, NOW))).toBe(
      'to sign in: a token; `kmon addon add dashboard` makes one for this computer',
    );
  });
});
