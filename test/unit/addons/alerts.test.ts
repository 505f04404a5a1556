import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { alertSecretsDigest } from '../../../src/addons/alerts.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('what stands for the secrets of alerts where others may read it', () => {
  const email = {
    to: 't@school.example',
    server: 'mail.school.example:587',
    from: 't@school.example',
    tls: true,
  } as const;
  const digest = (password: string): Promise<string> => {
    vi.stubEnv('MAIL_PASSWORD', password);
    return alertSecretsDigest({
      email: { ...email, login: { user: 't', password: { variable: 'MAIL_PASSWORD' } } },
    });
  };

  it('is another for other secrets, and the same for the same', async () => {
    const one = await digest('correct horse');
    expect(await digest('correct horse')).toBe(one);
    expect(await digest('battery staple')).not.toBe(one);
  });

  it('is none that is made at once, by which a password could be guessed', async () => {
    const quick = createHash('sha256').update('email correct horse\n').digest('hex');
    expect(await digest('correct horse')).not.toBe(quick);
  });
});
