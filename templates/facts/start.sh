LC_ALL=C; export LC_ALL
PATH=/opt/kmon/bin:$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin; export PATH
# A program that looks for its settings finds none, and cannot make any either.
HOME=$nowhere; export HOME; unset KUBECONFIG XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME

# Starting a program costs a machine about a millisecond of its processor, reading a small file in the shell itself some microseconds.
# What the shell has to say leaves in one piece: whatever is written by itself wakes the SSH server, and travels as a packet of its own.
nl='
'
told=
say() { told="$told$1=$2$nl"; }
# Somebody else's text; behind it `key=value` again.
section() { told="$told${nl}[$1]$nl$2$nl${nl}[]$nl"; }
has() { command -v "$1" >/dev/null; }
# The first line of a file as $v.
first() { v=; if [ -r "$1" ]; then { IFS= read -r v || :; } <"$1"; fi; }
file() { first "$2"; if [ -n "$v" ]; then say "$1" "$v"; fi; }
if has timeout; then limit='timeout 4'; else limit=; fi
