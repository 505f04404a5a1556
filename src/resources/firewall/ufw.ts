import { changes, inOrder, reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import { Fields } from '../fields.js';
import { incoming, plainRange, RANGE_PATTERN, TAG } from './system.js';
import type { FirewallSystem, RulePlace, TaggedRule } from './system.js';

const COMMENT = ` comment '${TAG}'`;
const OURS = new RegExp(
  `^(allow from ${RANGE_PATTERN} to any port \\d+ proto (tcp|udp)|route allow (from ${RANGE_PATTERN}|to ${RANGE_PATTERN}))$`,
);

/**
 * ufw, by its own command, so that its files and the running rules agree and a reload or restart keeps them. Rules are put before all
 * others: the first that fits decides.
 */
export const ufw: FirewallSystem = {
  read: reads`if command -v ufw >/dev/null && grep -qsi '^ENABLED=yes' /etc/ufw/ufw.conf; then
  echo active
  ufw show added | sed -n 's/^ufw /rule /p'
fi`,
  parse: (result) => {
    const fields = new Fields(result, ['active', 'rule']);
    const rules = fields.all('rule');
    const denies = (text: string): boolean => /^(insert \d+ )?(route )?(deny|reject|limit)\b/.test(text);
    const first = rules.findIndex(denies);
    return {
      closed: fields.has('active') ? ['ufw'] : [],
      rules: rules.flatMap((text, i): readonly TaggedRule[] =>
        text.endsWith(COMMENT)
          ? [{ at: 'ufw', text: text.slice(0, -COMMENT.length), late: first >= 0 && first < i }]
          : [],
      ),
      // ufw takes two rules that differ in their comment for one: adding kmon's would rename the owner's, and deleting it take it away.
      covered: rules
        .filter((text) => !text.endsWith(COMMENT) && !denies(text))
        .map((text) => text.replace(/ comment '.*'$/, '')),
    };
  },
  wanted: (opening, closed) =>
    closed.length === 0
      ? []
      : [
          ...incoming(opening).map(
            ({ from, protocol, port }) => `allow from ${from} to any port ${port} proto ${protocol}`,
          ),
          `route allow from ${plainRange(opening.pods)}`,
          `route allow to ${plainRange(opening.pods)}`,
        ].map((text) => ({ at: 'ufw', text })),
  isOurs: ({ text }) => OURS.test(text),
  edit: (remove, add) => inOrder([...remove.map(take), ...add.map(put)]),
};

function put({ text }: RulePlace): Command<'changes'> {
  const [words, route] = wordsOf(text);
  return route
    ? changes`ufw route prepend ${words} comment ${TAG} >/dev/null`
    : changes`ufw prepend ${words} comment ${TAG} >/dev/null`;
}

/** Deleting what is gone already is no failure: ufw says so itself and ends with 0. */
function take({ text }: RulePlace): Command<'changes'> {
  const [words, route] = wordsOf(text);
  return route
    ? changes`ufw route delete ${words} >/dev/null`
    : changes`ufw --force delete ${words} >/dev/null`;
}

function wordsOf(text: string): readonly [readonly string[], boolean] {
  const words = text.split(' ');
  return words[0] === 'route' ? [words.slice(1), true] : [words, false];
}
