import { describe, expect, it } from 'vitest';
import { turnedAway } from '../../../../src/transport/dial-error.js';
import { loginTalk } from '../../../../src/transport/login/talk.js';
import { LOGIN_WORDS, loginWords } from '../../../../src/transport/login/words.js';

/** As the programs print them in the C locale. */
const SAID: Readonly<Record<string, string>> = {
  starting:
    'System is booting up. Unprivileged users are not permitted to log in yet. Please come back later. For technical details, see pam_nologin(8).',
  'going-down':
    'System is going down. Unprivileged users are not permitted to log in anymore. For technical details, see pam_nologin(8).',
  'password-expired': 'You are required to change your password immediately (administrator enforced).',
  'account-expired': 'Your account has expired; please contact your system administrator.',
  locked: 'The account is locked due to 3 failed logins.\n(10 minutes left to unlock)',
  'no-shell': 'This account is currently not available.',
  'sftp-only': 'This service allows sftp connections only.',
};

describe('the words of a machine that turns somebody away', () => {
  it.each(LOGIN_WORDS.map((w) => [w.id, w] as const))('are known: %s', (id, words) => {
    const said = SAID[id] ?? '';
    expect(LOGIN_WORDS.find(({ when }) => when.test(said))).toBe(words);
    const known = loginWords(said, { machine: 'pc-1', user: 'ada' });
    expect(`${known?.message ?? ''} ${known?.hint ?? ''}`).toMatch(/ada|nobody/);
  });

  it.each(['', 'Authorized users only.', 'Warning: your password will expire in 3 days.'])(
    'are not read into %j',
    (said) => {
      expect(loginWords(said, { machine: 'pc-1', user: 'ada' })).toBeUndefined();
    },
  );

  it('stand in the failure, known or not', () => {
    const ada = { machine: 'pc-1', host: '192.168.1.11', user: 'ada' };
    expect(turnedAway(ada, SAID['starting'] ?? '')).toMatchObject({
      code: 'login-refused',
      message: '192.168.1.11 lets nobody in while it is starting',
      evidence: SAID['starting'],
    });
    expect(turnedAway(ada, 'Revenez lundi.')).toMatchObject({
      message: '192.168.1.11 hangs up instead of letting ada in',
      evidence: 'Revenez lundi.',
    });
    expect(turnedAway(ada, '').evidence).toBeUndefined();
  });
});

describe('what a machine says in a login', () => {
  it('is not the banner that everybody gets', () => {
    const talk = loginTalk();
    talk.banner('Authorized users only.\n');
    expect(talk.said).toBe('');
    talk.judged();
    talk.banner('The room is closed.\r\n\r\n');
    talk.hangsUp('The room is closed.');
    talk.hangsUp('Goodbye');
    expect(talk.said).toBe('The room is closed.\nGoodbye');
  });

  it('is what stands before a question, and not the question', () => {
    const talk = loginTalk();
    talk.asks('', ['The account is locked.\nPassword: ']);
    talk.asks('Maintenance on Monday\n', ['New password: ']);
    expect(talk.said).toBe('The account is locked.\nMaintenance on Monday');
  });

  it('ends somewhere', () => {
    const talk = loginTalk();
    talk.hangsUp('x'.repeat(10_000));
    expect(talk.said).toHaveLength(500);
  });
});
