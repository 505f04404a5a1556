import { describe, expect, it } from 'vitest';
import { letterText, readLetter } from '../../../src/enrol/letter.js';
import { readRegistration } from '../../../src/enrol/registration.js';
import { ADDRESS, HOST_KEY, LAPTOP, nonceOf, saying, SESSION } from './sample-laptop.js';

describe('a registration', () => {
  it('is read', () => {
    expect(readRegistration(saying(), ADDRESS)).toEqual({
      session: SESSION,
      nonce: nonceOf(1),
      laptop: LAPTOP,
    });
  });

  it('may have several host keys', () => {
    const text = saying().replace(/^hostkey .*\n/m, (line) => line.repeat(6));
    expect(readRegistration(text, ADDRESS)).toMatchObject({ laptop: { hostKeys: { length: 6 } } });
    expect(
      readRegistration(
        text.replace(/^hostkey .*\n/m, (line) => line.repeat(2)),
        ADDRESS,
      ),
    ).toHaveProperty('wrong');
  });

  it.each([
    ['Laptop of Zoé', 'laptop-of-zoe'],
    ['PC_12.école.lan', 'pc-12-ecole-lan'],
    ['$(touch /tmp/owned)', 'touch-tmp-owned'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a: b, {c}', 'a-b-c'],
  ])('of %s is of a machine %s', (name, fits) => {
    expect(readRegistration(saying({ name }), ADDRESS)).toMatchObject({ laptop: { name: fits } });
  });

  it.each(['', '-', 'localhost', 'kmon-parent', '名前'])('of "%s" is asked for another name', (name) => {
    expect(readRegistration(saying({ name }), ADDRESS)).toMatchObject({ otherName: true });
  });

  it.each([
    [
      'another address than it comes from',
      { address: '192.0.2.13' },
      'somebody is between, or a network that hides it',
    ],
    ['no address', { address: '' }, 'calls itself nothing'],
    ['a hostile address', { address: '192.0.2.12; reboot' }, 'somebody is between'],
    ['port 0', { port: '0' }, 'has no port'],
    ['port 65536', { port: '65536' }, 'has no port'],
    ['a port that is none', { port: '22 -o ProxyCommand=x' }, 'has no port'],
    ['no host key', { hostkey: undefined }, 'no host key'],
    [
      'a host key that is of another type than it says',
      { hostkey: HOST_KEY.replace('ed25519', 'rsa') },
      'no host key',
    ],
    ['a host key that is none', { hostkey: 'ssh-ed25519 AAAA' }, 'no host key'],
    ['a second line in its sshd', { authorizedkeysfile: '.ssh/a "b' }, 'does not say how'],
    ['no sshd', { authorizedkeysfile: undefined }, 'does not say how'],
    ['a strange PermitRootLogin', { permitrootlogin: 'yes\u00a0no' }, 'does not say how'],
    ['no nonce', { nonce: undefined }, 'no registration'],
    ['a short nonce', { nonce: 'abc' }, 'no registration'],
    ['no session', { session: undefined }, 'no registration'],
  ])('with %s is refused', (_, changed, why) => {
    const read = readRegistration(saying(changed), ADDRESS);
    expect(read).toMatchObject({ wrong: expect.stringContaining(why) as string });
  });

  it.each(['127.0.0.1', '::1', '0.0.0.0', '224.0.0.1', ''])('from %s is refused', (source) => {
    expect(readRegistration(saying({ address: source }), source)).toHaveProperty('wrong');
  });

  it('in which a word comes twice says neither', () => {
    const twice = saying().replace(/^address .*\n/m, (line) => line + line);
    expect(readRegistration(twice, ADDRESS)).toHaveProperty('wrong');
  });
});

describe('a letter', () => {
  it('is not of another kind', () => {
    const text = letterText('ask', [['step', 'ready']]);
    expect(readLetter('ask', text)?.get('step')).toEqual(['ready']);
    expect(readLetter('register', text)).toBeUndefined();
    expect(readLetter('answer', text)).toBeUndefined();
  });

  it.each([
    ['a line without a word', 'kmon-enrol 1 ask\n\n'],
    ['a line in capitals', 'kmon-enrol 1 ask\nSTEP x\n'],
    ['a control character', 'kmon-enrol 1 ask\nstep \u001b[2J\n'],
    ['a carriage return', 'kmon-enrol 1 ask\nstep x\r\n'],
    ['no end', 'kmon-enrol 1 ask\nstep x'],
    ['another version', 'kmon-enrol 2 ask\nstep x\n'],
    ['too many lines', `kmon-enrol 1 ask\n${'step x\n'.repeat(61)}`],
  ])('with %s is none', (_, text) => {
    expect(readLetter('ask', text)).toBeUndefined();
  });

  it('cannot be made to have another line', () => {
    expect(() => letterText('answer', [['text', 'no\nstate in']])).toThrow(TypeError);
  });
});
