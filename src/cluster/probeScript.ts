import { PROBE_TOOLS } from './probeTools.ts';

/**
 * Asks questions from inside a container, with whatever tools it has. One static text for busybox ash, dash and bash:
 *
 *     sh -c SCRIPT svc-debug SECONDS + QUESTION... + QUESTION...
 *
 * After SECONDS whatever still runs is killed. Each `+` opens a lane; lanes run side by side, a lane's questions one
 * after another. Questions come as words (probeQuestions.ts encodes them) and are never made part of the text.
 *
 * Every line out is `ID TIME TEXT`, in one write, so that parallel writers do not mix. ID is `INDEX.TRY`, or `-` for the
 * whole; TIME is hundredths of a second since the machine started.
 * A try begins with `%TOOL`; `%rc=N` tells its exit code. No file is written: the root file system may be read-only.
 */
const SOURCE = `
${PROBE_TOOLS}
# INDEX ADDRESS PORT TRIES BATCH GAP SCHEME HOST PATH
connect() {
  i=$1 a=$2 ba=$2 p=$3 n=$4 m=$5 g=$6 host=$8 path=$9 how= S= tls=
  # nc bounds a connection by itself, and not the look-up of a name
  case $a in *:*) ba="[$a]" bound= ;; *[!0-9.]*) bound='limit 7' ;; *) bound= ;; esac
  case $7 in
  http) for how in talk:$speak curl:$curl wget:$wget; do [ "\${how#*:}" ] && break; how=; done ;;
  https) S=s tls=--no-check-certificate
    for how in curl:$curl hello:$speak wget:$gnu; do [ "\${how#*:}" ] && break; how=; done ;;
  esac
  [ "$how" ] || for how in nc:$nc bash:$bash telnet:$curl; do [ "\${how#*:}" ] && break; how=; done
  how=\${how%:*}
  [ "$how" ] || { echo "$i.1 0 %none"; return; }
  k=1 l=2
  [ $n = 1 ] && l=3
  l=\${patience:-$l}
  while :; do
    try $i.$k $l
    c=$?
    [ $c$how = 3wget ] && [ "$nc" ] && how=nc && try $i.s 3 && how=wget
    [ $c$7 = 4http ] && [ "$speak" ] && talk $i.h 3 "$hello"
    k=$((k + 1))
    [ $k -gt $n ] && return
    case $c in 1) [ $k -gt 5 ] && return ;; 2) return ;; 3) n=$((n + 1)); break ;; *) break ;; esac
  done
  all=
  while [ $k -le $n ]; do
    [ $g = 0 ] || sleep $g
    j=0 batch=
    while [ $j -lt $m ] && [ $k -le $n ]; do
      try $i.$k 3 &
      batch="$batch $!" k=$((k + 1)) j=$((j + 1))
    done
    if [ $g = 0 ]; then
      for q in $batch; do
        wait $q
        case $? in 0 | 4) c=0 ;; esac
      done
      [ $c = 3 ] && return
    else
      all="$all$batch"
    fi
  done
  for q in $all; do wait $q; done
}
lane() {
  for q; do
    [ "$q" = + ] && return
    set -- $q
    i=$1 what=$2
    shift 2
    case $what in
    R) [ -r /etc/resolv.conf ] && { echo %file; cat /etc/resolv.conf; } | pass $i.1 ;;
    L) lookup $1 | pass $i.1 ;;
    N) has nslookup && { echo %nslookup; ask nslookup "$@"; } | pass $i.1 ;;
    X) proxied "$@" | pass $i.1 ;;
    C) connect $i "$@" ;;
    P)
      patience=$1
      shift
      connect $i "$@"
      patience=
      ;;
    esac
  done
}

get='GET %s HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: svc-debug\\r\\nAccept: */*\\r\\nConnection: close\\r\\n\\r\\n'
hello='\\026\\003\\001\\000\\063\\001\\000\\000\\057\\003\\003svc-debug.asks.if.you.speak.TLS.\\000\\000\\010\\300\\057\\300\\053\\000\\234\\000\\057\\001\\000'
nc= curl= wget= gnu= bash= h= patience=
has curl && curl=1
has bash && has dd && bash=1
if has nc; then
  nc=z h=$(nc --help 2>&1)
  case $h in *BusyBox*) nc=; case $h in *-z*) nc=z; case $h in *'-e PROG'*) nc=e ;; esac ;; esac ;; esac
fi
speak=$bash
[ "$nc" = e ] && speak=1
if has wget; then
  wget=1
  [ "$speak$curl" ] || h=$(wget --help 2>&1)
  case $h in *GNU*) gnu=1 ;; esac
fi
found=
for q in nc curl wget nslookup getent ping bash; do has $q && found="$found $q"; done
echo "- 0 %tools$found"
echo "- 0 %version \${h%%"$nl"*}"
seconds=$1 lanes=
shift
for q; do
  shift
  [ "$q" = + ] || continue
  lane "$@" &
  lanes="$lanes $!"
done
alarm $seconds 'kill -9 -$$ || kill -9 $lanes $$' >/dev/null &
dog=$!
for q in $lanes; do wait $q; done
kill $dog
wait $dog
echo "- 0 %end"
exit 0
`;

/** Comments and indentation cost room in the URL of the exec request, which proxies may limit to 8 KiB. */
export const PROBE_SCRIPT = SOURCE.replace(/^(\s*#.*)?\n/gm, '').replace(/^ +/gm, '');
