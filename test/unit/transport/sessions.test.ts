import { describe, expect, it } from 'vitest';
import { sessions } from '../../../src/transport/sessions.js';

describe('the sessions of a connection', () => {
  const settled = () => new Promise((done) => setImmediate(done));

  /** A server that counts what has ended until it has answered a question that came later. */
  it('are asked for so that a server that is behind never counts more than it allows', async () => {
    let open = 0;
    const count = sessions(10, () => open);
    for (let i = 0; i < 8; i += 1) {
      open += 1;
      (await count.ask())();
    }
    for (let i = 0; i < 8; i += 1) {
      open -= 1;
      count.closed();
    }
    const answers: (() => void)[] = [];
    for (let i = 0; i < 8; i += 1) {
      open += 1;
      void count.ask().then((answer) => answers.push(answer));
      await settled();
    }
    // Eight that it still counts, and two.
    expect(answers).toHaveLength(2);
    answers[0]?.();
    await settled();
    expect(answers).toHaveLength(8);
  });

  it('are asked for at once where no answer is to be waited for', async () => {
    const count = sessions(2, () => 2);
    count.closed();
    count.closed();
    const answer = await count.ask();
    let second = false;
    void count.ask().then(() => (second = true));
    await settled();
    expect(second).toBe(false);
    // Ended behind the question: its answer says nothing of it.
    count.closed();
    answer();
    await settled();
    expect(second).toBe(true);
  });
});
