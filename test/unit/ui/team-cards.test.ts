import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/shell/secret.js';
import { teamCards } from '../../../src/ui/team-cards.js';
import type { TeamCard } from '../../../src/ui/team-cards.js';

const red: TeamCard = { team: 'red', server: 'https://192.0.2.10:6443', children: ['pc-11', 'pc-13'] };
const grafana = { called: 'Grafana', address: 'http://192.0.2.10:30300/' };

describe('the cards of the teams', () => {
  it('have what a team needs to begin, in French and in English, a card each', () => {
    const page = teamCards('atelier-1', [red, { ...red, team: 'blue', until: '2026-11-30 18:40' }], grafana);
    expect(page.match(/<section>/g)).toHaveLength(2);
    for (const text of [
      'https://192.0.2.10:6443',
      'pc-11, pc-13',
      'http://192.0.2.10:30300/',
      'kubectl --kubeconfig red.kubeconfig get pods',
      'Demandez à l’enseignant le fichier',
      'Ask the teacher for the file',
      '2026-11-30 18:40',
    ])
      expect(page).toContain(text);
    expect(page.match(/<svg /g)).toHaveLength(2);
  });

  it('need nothing from a network, and hold no secret', () => {
    const page = teamCards('atelier-1', [red], grafana);
    expect(page).not.toMatch(/<(?:script|link|img|iframe)|(?:src|href)=|@import|url\(/);
  });

  it('hold the key that they are given, as a file to save', () => {
    const page = teamCards('atelier-1', [{ ...red, kubeconfig: new Secret('token: "x"\n') }], undefined);
    const [, name, data = ''] =
      /download="([^"]+)" href="data:application\/yaml;base64,([^"]+)"/.exec(page) ?? [];
    expect(name).toBe('red.kubeconfig');
    expect(Buffer.from(data, 'base64').toString()).toBe('token: "x"\n');
    expect(page).not.toContain('<svg ');
  });

  it('take any name of a room as text', () => {
    const page = teamCards('<b>"R&D"</b>', [red], { called: '<i>', address: 'http://x/?a=1&b="2"' });
    expect(page).not.toMatch(/<b>|<i>|&b=/);
    expect(page).toContain('&#60;b&#62;&#34;R&#38;D&#34;');
  });
});
