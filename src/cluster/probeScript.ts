/**
 * Asks questions from inside a container, with whatever tools it has. One static text for busybox ash, dash and bash:
 *
 *     sh -c SCRIPT svc-debug SECONDS + QUESTION... + QUESTION...
 *
 * After SECONDS whatever still runs is killed. Each `+` opens a lane; lanes run side by side, a lane's questions one
 * after another. Questions come as words (probeRun.ts encodes them) and are never made part of the text.
 *
 * Every line out is `ID UPTIME TEXT`, in one write: parallel writers do not mix. ID is `INDEX.TRY`, or `-` for the whole.
 * A try begins with `%TOOL`; `%rc=N` tells its exit code. No file is written: the root file system may be read-only.
 *
 * - Time limits are our own: inside `$(...)` busybox `timeout` keeps the pipe open until its limit, and its syntax
 *   changed in 1.30 (`timeout -t`). They end the tool's very process, so tools are started without a shell between.
 * - busybox nc speaks by `-e`: fed through a pipe, 1.37 shuts the connection down when the request is out, and some
 *   servers then say nothing. Exit codes of busybox count only where dd or nc passes on an errno.
 * - busybox wget waits for ever in a child of its own when a TLS server hangs: TLS is asked with a ClientHello.
 */
const SOURCE = `
set -f
exec 2>/dev/null </dev/null
IFS=' '
nl='
'
export LC_ALL=C PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
has() { command -v "$1" >/dev/null; }

# copies lines, stamped; exit status: 0 answered, 1 refused at once, 2 refused or no such name, 3 undecided, 4 closed without a word
pass() {
  _n=0 _c=3 _o=
  read -r _b _ </proc/uptime
  while IFS= read -r _l || [ -n "$_l" ]; do
    _n=$((_n + 1))
    [ $_n -gt 60 ] && continue
    case $2$_l in '{ '* | '} '* | '> '*) continue ;; esac
    read -r _t _ </proc/uptime
    printf '%s %s %.900s\\n' "$1" "$_t" "$_l"
    [ $_c = 3 ] || continue
    case $_l in
    HTTP/* | '< HTTP/'* | '  HTTP/'*) _c=0 ;;
    *'error getting response'* | %rc=5[256] | %rc=35) _c=4 ;;
    *' open' | open) _o=1 ;;
    %rc=0) _c=0; [ "$_o$2" = 1talk ] && _c=4 ;;
    %rc=143) ;;
    %rc=*) [ "$_o$2" = 1talk ] && _c=4 ;;
    ?*) if [ -n "$_o" ]; then _c=0; else
      case $_l in
      *efused*) _c=2; [ $((\${_t%.*}\${_t#*.} - \${_b%.*}\${_b#*.})) -lt 50 ] && _c=1 ;;
      *'bad address'* | *'not known'* | *'not resolve'*) _c=2 ;;
      esac
    fi ;;
    esac
  done
  return $_c
}

# SECONDS COMMAND...
limit() {
  _s=$1
  shift
  "$@" 2>&1 &
  _p=$!
  (trap 'kill $_z; exit' TERM; sleep $_s & _z=$!; wait $_z; kill $_p) >/dev/null 2>&1 3>&- &
  _w=$!
  wait $_p
  _r=$?
  kill $_w
  return $_r
}
rc() { printf '\\n%%rc=%s\\n' $?; }

# ID SECONDS FORMAT WORD...
talk() {
  id=$1 s=$2
  shift 2
  {
    echo %talk
    if [ $nc = e ]; then
      limit $s nc -vv -w $s $a $p -e sh -c 'printf "$@" 2>/dev/null || exit 1; exec dd bs=1024 count=2 >&2 2>/dev/null' x "$@"
    else
      limit $s bash -c 'exec 3<>"/dev/tcp/$0/$1" || exit; echo open; shift; printf "$@" 2>/dev/null >&3 || exit 1; exec dd bs=1024 count=2 <&3 2>/dev/null' $a $p "$@"
    fi
    rc
  } | pass $id talk
}
wget_() { exec wget -S -T $s -O - --header "Host: $host" $tls "http$S://$ba:$p$path" 2>&3; }
fetch() {
  {
    echo %$1
    body=$({
      if [ $1 = curl ]; then
        curl -q -g -sSvk -m $s --path-as-is --connect-to "::$ba:$p" -A svc-debug "http$S://$host:$p$path" 2>&3
      else
        limit $s wget_
      fi
      rc >&3
    } | head -c 512)
    printf '%s\\n' "$body"
  } 3>&1 | pass $id
}
# ID SECONDS
try() {
  id=$1 s=$2
  case $how in
  talk) talk $id $s "$get" "$path" "$host" ;;
  hello) talk $id $s "$hello" ;;
  curl | wget) fetch $how ;;
  nc) { echo %nc; limit $((s + 1)) nc -z -vv -w $s $a $p; rc; } | pass $id ;;
  bash) { echo %nc; limit $s bash -c 'exec 3<>"/dev/tcp/$0/$1" && echo open' $a $p; rc; } | pass $id ;;
  telnet) { echo %curl; curl -q -g -sSv -m $s "telnet://$ba:$p" 2>&1; rc; } | pass $id ;;
  esac
}
# INDEX ADDRESS PORT TRIES BATCH GAP SCHEME HOST PATH
connect() {
  i=$1 a=$2 ba=$2 p=$3 n=$4 m=$5 g=$6 host=$8 path=$9 how= S= tls=
  case $a in *:*) ba="[$a]" ;; esac
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
      sleep $g
    fi
  done
  for q in $all; do wait $q; done
}
# INDEX NAME
lookup() {
  {
    echo %lookup
    if has getent; then limit 6 getent ahosts $2
    elif [ "$nc" = e ]; then limit 6 nc -u -v -w 3 $2 9 -e true
    elif has ping; then limit 6 ping -c 1 -W 1 $2
    elif has bash; then limit 6 bash -c 'exec 3<>"/dev/udp/$0/9" && echo open' $2
    else echo %none
    fi
    rc
  } | pass $1.1
}
lane() {
  for q; do
    [ "$q" = + ] && return
    set -- $q
    i=$1 what=$2
    shift 2
    case $what in
    R) [ -r /etc/resolv.conf ] && { echo %file; cat /etc/resolv.conf; } | pass $i.1 ;;
    L) lookup $i $1 ;;
    N) has nslookup && { echo %nslookup; limit 6 nslookup "$@"; rc; } | pass $i.1 ;;
    C) connect $i "$@" ;;
    esac
  done
}

get='GET %s HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: svc-debug\\r\\nAccept: */*\\r\\nConnection: close\\r\\n\\r\\n'
hello='\\026\\003\\001\\000\\063\\001\\000\\000\\057\\003\\003svc-debug.asks.if.you.speak.TLS.\\000\\000\\010\\300\\057\\300\\053\\000\\234\\000\\057\\001\\000'
nc= curl= wget= gnu= bash= h=
has curl && curl=1
has bash && has dd && bash=1
if has nc; then
  nc=z h=$(nc --help 2>&1)
  case $h in *BusyBox*) nc=; case $h in *-z*) nc=z; case $h in *'-e PROG'*) nc=e ;; esac ;; esac ;; esac
fi
if has wget; then
  wget=1
  [ $nc$curl ] || h=$(wget --help 2>&1)
  case $(wget --help 2>&1) in *GNU*) gnu=1 ;; esac
fi
speak=$bash
[ "$nc" = e ] && speak=1
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
(trap 'kill $_z; exit' TERM; sleep $seconds & _z=$!; wait $_z; kill -9 -- -$$ || kill -9 $lanes $$) >/dev/null &
dog=$!
for q in $lanes; do wait $q; done
kill $dog
echo "- 0 %end"
exit 0
`;

/** Comments and indentation cost room in the URL of the exec request, which proxies may limit to 8 KiB. */
export const PROBE_SCRIPT = SOURCE.replace(/^(\s*#.*)?\n/gm, '').replace(/^ +/gm, '');
