import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a laptop's system and VirtualBox are to the scripts: programs that note every call in `asked`, and keep a small state in files, so that it can be
 * seen that nothing is left. `fail` names a call that fails, by the beginning of its line in `asked`.
 */
export function makeStandIns(root: string, system: 'macos' | 'linux', hostKey: string): void {
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'state'));
  mkdirSync(join(root, 'proc'));
  writeFileSync(join(root, 'proc/meminfo'), 'MemTotal:       16000000 kB\n');
  writeFileSync(join(root, 'proc/cpuinfo'), 'flags\t\t: fpu vmx sse2\n');
  const heard = `call="$(basename "$0") $*"
printf '%s\\n' "$call" >>${root}/asked
if [ -s ${root}/fail ]; then
  case "$call" in "$(cat ${root}/fail)"*)
    if [ -e ${root}/once ]; then rm ${root}/fail; fi
    echo "$(basename "$0"): error: it was told to fail" >&2
    exit 1 ;;
  esac
fi
S=${root}/state
`;
  const stand = (name: string, body: string, at = 'bin'): void => {
    const file = join(root, at, name);
    writeFileSync(file, `#!/bin/sh\n${heard}${body}\n`);
    chmodSync(file, 0o755);
  };
  const vbox = `
case "$1 $2" in
'--version ') cat ${root}/version 2>/dev/null || echo 7.1.4r165100 ;;
'list vms') mkdir -p "$HOME/${system === 'macos' ? 'Library' : '.config'}/VirtualBox"; [ ! -e $S/vm ] || echo "\\"$(cat $S/vm)\\" {0000}"; [ ! -e ${root}/mine ] || echo '"mine" {1111}' ;;
'list runningvms') [ ! -e $S/running ] || echo "\\"$(cat $S/vm)\\" {0000}" ;;
'createvm --name') [ ! -e $S/vm ] || exit 1; printf %s "$3" >$S/vm; printf %s "$7" >${root}/base ;;
'showvminfo '*) [ -e $S/vm ] && printf 'name="%s"\\nCfgFile="%s/%s/%s.vbox"\\n' "$2" "$(cat ${root}/base 2>/dev/null || echo /elsewhere)" "$2" "$2" ;;
'modifyvm '*) [ -e $S/vm ] || exit 1 ;;
'clonemedium disk') [ -s "$3" ] || exit 1; cp "$3" "$4"; echo "$4" >>$S/media ;;
'storagectl '*) [ -e $S/vm ] ;;
'storageattach '*) for last in "$@"; do :; done; [ -e "$last" ] && echo "$last" >>$S/media ;;
'startvm '*) [ -e $S/vm ] && : >$S/running ;;
'controlvm '*) rm -f $S/running ;;
'unregistervm '*) [ -e $S/vm ] && [ ! -e $S/running ] && rm -f $S/vm ;;
'closemedium '*) if [ -e $S/media ]; then grep -vxF "$3" $S/media >$S/m2; mv $S/m2 $S/media; [ -s $S/media ] || rm -f $S/media; fi ;;
*) exit 2 ;;
esac`;
  stand('VBoxManage', vbox);
  stand(
    'ssh-keyscan',
    `[ -e $S/running ] && echo '[127.0.0.1]:2222 ${hostKey}'; echo '# 127.0.0.1:2222' >&2`,
  );
  stand(
    'curl',
    `${root}/bin/real-curl "$@"; r=$?
for last in "$@"; do :; done
case "$last" in */guest/disk.vmdk*) if [ -e ${root}/cut ]; then rm ${root}/cut; while [ "$1" != -o ]; do shift; done; head -c 1000 "$2" >${root}/t; mv ${root}/t "$2"; exit 18; fi
  if [ -e ${root}/other ]; then while [ "$1" != -o ]; do shift; done; tr a-z b-za <"$2" >${root}/t; mv ${root}/t "$2"; fi ;; esac
exit $r`,
  );
  stand(
    'df',
    `printf 'Filesystem 1024-blocks Used Available\\nx 1 1 %s 1%% /\\n' "$(cat ${root}/free 2>/dev/null || echo 90000000)"`,
  );
  // The disk of a test is not to be written for each note.
  stand('sync', ':');
  stand('sleep', 'case $1 in 1) exec /bin/sleep 0.02 ;; *) exec /bin/sleep "$1" ;; esac');
  if (system === 'linux') {
    stand('ss', `[ ! -e ${root}/taken ] || case "$*" in *"$(cat ${root}/taken)") echo taken ;; esac`);
    stand('systemd-inhibit', 'exec sleep 100');
    return;
  }
  stand('uname', `case $1 in -s) echo Darwin ;; -n) echo Zoes-Mac.local ;; *) echo x86_64 ;; esac`);
  stand('sw_vers', 'echo 15.1');
  stand(
    'sysctl',
    `case $2 in hw.memsize) cat ${root}/memory 2>/dev/null || echo 17179869184 ;; hw.ncpu) echo 8 ;;
hw.optional.arm64) cat ${root}/arm 2>/dev/null || echo 0 ;; kern.hv_support) cat ${root}/hv 2>/dev/null || echo 1 ;; esac`,
  );
  stand(
    'netstat',
    `[ ! -e ${root}/taken ] || printf 'tcp4  0  0  *.%s  *.*  LISTEN\\n' "$(cat ${root}/taken)"`,
  );
  stand('caffeinate', 'exec sleep 100');
  stand('id', 'case $1 in -u) echo 501 ;; *) echo staff admin ;; esac');
  // Homebrew brings VBoxManage, and takes it away.
  writeFileSync(join(root, 'state-vbox'), `#!/bin/sh\n${heard}${vbox}\n`);
  stand(
    'brew',
    `case "$1" in install) cp ${root}/state-vbox ${root}/bin/VBoxManage; chmod 755 ${root}/bin/VBoxManage; : >$S/cask ;;
list) [ -e $S/cask ] ;; uninstall) rm -f ${root}/bin/VBoxManage $S/cask ;; esac`,
  );
}
