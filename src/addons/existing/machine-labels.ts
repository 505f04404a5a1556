/** A machine by the name of its node. */
export interface NamedMachine {
  readonly name: string;
  readonly role: 'parent' | 'child';
  readonly team?: string;
}

/** A rule by which Prometheus gives a target a label; without `from` and `regex`: to every one. */
export interface Relabeling {
  /** A label that the target was found with. */
  readonly from?: string;
  readonly regex?: string;
  readonly to: string;
  readonly value?: string;
}

/**
 * Gives a machine's series the labels that they have in kmon's own monitoring. Teams are told machine by machine: to read the labels of nodes is
 * more than many a Prometheus is allowed to, and one that is not finds nothing then.
 *
 * @param nodeName the label in which a target has the name of its node when it is found
 */
export function machineLabels(
  machines: readonly NamedMachine[],
  job: string,
  nodeName: string,
): readonly Relabeling[] {
  const teams = [...new Set(machines.flatMap(({ team }) => team ?? []))].toSorted();
  const names = (of: readonly NamedMachine[]): string =>
    of.map(({ name }) => name.replaceAll('.', '\\.')).join('|');
  const whole = '$1';
  const any = '(.+)';
  return [
    { to: 'job', value: job },
    { from: nodeName, regex: any, to: 'node', value: whole },
    { from: nodeName, regex: any, to: 'instance', value: whole },
    { to: 'role', value: 'child' },
    ...named(
      machines.filter(({ role }) => role === 'parent'),
      'role',
      'parent',
    ),
    ...teams.flatMap((team) =>
      named(
        machines.filter((machine) => machine.team === team),
        'team',
        team,
      ),
    ),
  ];

  function named(of: readonly NamedMachine[], to: string, value: string): readonly Relabeling[] {
    return of.length === 0 ? [] : [{ from: nodeName, regex: `(?:${names(of)})`, to, value }];
  }
}
