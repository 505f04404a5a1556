if [ -n "$asked" ]; then
  wait "$asked"
  # 2: no such name; 124: no answer in time. Anything else is no answer of the resolver's.
  case $? in 0) resolves=yes ;; 2 | 124) resolves=no ;; esac
fi
if [ -n "$resolves" ]; then say resolves "$resolves"; fi
