/** What the first words of commands of two words are about. */
export const GROUPS: Readonly<Record<string, string>> = {
  addon: 'what a class may have besides: install, prove, show, take away',
  bundle: 'make and keep what a room without Internet is served from',
  config: 'about kmon.yaml itself',
  render: 'write what would be installed into a folder, and touch nothing else',
  guest: 'a Linux machine inside a laptop with Windows or macOS',
  lab: 'rehearse: a room of containers on this computer',
};
