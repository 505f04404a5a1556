import type { PrivateMachine } from './private-machine.js';

/**
 * Programs that a private machine cannot have, with as much of them as resources use. What they keep is below /run/fake, where a snapshot
 * sees it.
 */
const FAKES: Readonly<Record<string, string>> = {
  // Nothing here takes time.
  sleep: `:`,
  systemctl: `d=/run/fake/systemd; quiet=; property=
for a in "$@"; do shift; case $a in --quiet) quiet=1 ;; --value|--) ;; --property=*) property="$property $a" ;; *) set -- "$@" "$a" ;; esac; done
verb=$1; unit=$2
case $verb in
  daemon-reload|reset-failed) ;;
  show) load=not-found; [ ! -e "/etc/systemd/system/$unit" ] || load=loaded
    file=; [ $load = not-found ] || { file=disabled; [ ! -e "$d/enabled/$unit" ] || file=enabled; }
    active=inactive; [ ! -e "$d/active/$unit" ] || active=active
    echo "LoadState=$load"; echo "UnitFileState=$file"; echo "ActiveState=$active" ;;
  is-active) if [ -e "$d/active/$unit" ]; then [ "$quiet" ] || echo active; else [ "$quiet" ] || echo inactive; exit 3; fi ;;
  enable) mkdir -p $d/enabled; : >"$d/enabled/$unit" ;;
  start) mkdir -p $d/active; : >"$d/active/$unit" ;;
  disable) rm -f "$d/enabled/$unit"; rmdir $d/enabled $d /run/fake 2>/dev/null || : ;;
  stop) rm -f "$d/active/$unit"; rmdir $d/active $d /run/fake 2>/dev/null || : ;;
  *) exit 1 ;;
esac`,
  'systemd-run': `for a in "$@"; do case $a in --unit=*) u=\${a#--unit=} ;; --on-active=*) t=1 ;; esac; done
case $u in *.service) ;; *) u=$u.\${t:+timer} ;; esac
systemctl start "$u"`,
  'systemd-inhibit': `[ ! -e /run/fake/systemd/active/kmon-awake.service ] || echo kmon`,
  networkctl: `set -- lan0 /etc/systemd/network/*.d/zz-kmon.conf /run/systemd/network/*.d/zz-kmon.conf
life='valid_lft 3600 preferred_lft 3600'
for f in "$@"; do [ ! -f "$f" ] || life='valid_lft forever preferred_lft forever'; done
ip address change 10.77.0.2/24 dev lan0 $life`,
  netplan: `life='valid_lft 3600 preferred_lft 3600'
for f in /etc/netplan/99-kmon.yaml /run/netplan/99-kmon.yaml; do [ ! -f "$f" ] || life='valid_lft forever preferred_lft forever'; done
ip address change 10.77.0.2/24 dev lan0 $life`,
  ufw: `f=/etc/ufw/rules
for a in "$@"; do shift; [ "$a" = --force ] || set -- "$@" "$a"; done
route=; if [ "$1" = route ]; then route='route '; shift; fi
case $1 in
  show) sed 's/^/ufw /' $f ;;
  prepend) shift; line="$route$*"; case $line in *' comment kmon') line="\${line% comment kmon} comment 'kmon'" ;; esac
    { printf '%s\\n' "$line"; cat $f; } >/mnt/rules; cat /mnt/rules >$f ;;
  delete) shift; grep -vxF -e "$route$* comment 'kmon'" $f >/mnt/rules; cat /mnt/rules >$f ;;
esac`,
};

export function putFakes(machine: PrivateMachine): void {
  for (const [name, script] of Object.entries(FAKES))
    machine.sh(
      `mkdir -p /mnt/fakes; cat >/mnt/fakes/${name}; chmod 755 /mnt/fakes/${name}`,
      `#!/bin/sh\n${script}\n`,
    );
}
