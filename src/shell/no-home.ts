/**
 * A home for kubectl and helm that cannot exist: nothing can be made in /proc, and reading there says "no such file". So they use no
 * preferences of the owner, and leave no cache behind, which makes a look at the cluster a look and nothing more.
 * (A path below /dev/null would say "not a directory", which both report as an error.)
 */
export const NO_HOME = '/proc/no-home';
