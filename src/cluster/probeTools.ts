/**
 * The first half of the probe script: how each tool is run, bounded and told of. What it does not say: $a, $ba and $p are
 * address, address as in a URL, and port; $nc, $curl, $wget, $gnu and $bash what there is (probeScript.ts sets them).
 *
 * - A try has $s seconds to connect and one more to hear something: a tool whose time is up without a word was starved.
 * - Time limits are our own: inside `$(...)` busybox `timeout` keeps the pipe open until its limit, and its syntax
 *   changed in 1.30 (`timeout -t`). They end the tool's very process, so tools are started without a shell between.
 * - Every process is waited for: an orphan goes to the container's process 1, and most of those leave zombies.
 * - busybox nc speaks by `-e`: fed through a pipe, 1.37 shuts the connection down when the request is out, and some
 *   servers then say nothing. Its descriptor 3 is the connection, so what it hears goes to stderr.
 * - bash writes line by line: a server that answers the first line and closes then resets the others. Hence dd.
 * - busybox wget follows redirects, and waits for ever in a child of its own when a TLS server hangs: it is the last
 *   choice for HTTP; without curl TLS is asked with a ClientHello, to which any TLS server answers.
 * - busybox nslookup loses an answer when its two queries get one transaction id (openwrt/openwrt#10957).
 */
export const PROBE_TOOLS = `
set -f
exec 2>/dev/null </dev/null
IFS=' '
nl='
'
export LC_ALL=C
proxy=
for q in http_proxy HTTP_PROXY all_proxy ALL_PROXY; do
  eval "w=\\$$q"
  [ "$w" ] && [ -z "$proxy" ] && proxy=$q via=$w
done
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
has() { command -v "$1" >/dev/null; }
# hundredths of a second since the machine started
now() {
  _t=0
  read -r _t _ </proc/uptime
  _t=\${_t%.*}\${_t#*.}
}

# copies lines, stamped; exit status: 0 answered, 1 refused at once, 2 refused or no such name, 3 undecided, 4 closed without a word
pass() {
  _n=0 _c=3 _o=
  now
  _b=$_t
  while IFS= read -r _l || [ -n "$_l" ]; do
    _n=$((_n + 1))
    [ $_n -gt 60 ] && continue
    case $2$_l in '{ '* | '} '* | '> '*) continue ;; esac
    now
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
      *efused*) _c=2; [ $((_t - _b)) -lt 90 ] && _c=1 ;;
      *'bad address'* | *'not known'* | *'not resolve'*) _c=2 ;;
      esac
    fi ;;
    esac
  done
  return $_c
}

# SECONDS COMMAND: unless it is told to stop before; reaps its sleep either way
alarm() {
  _q= _z=
  trap '_q=1; kill -9 $_z' TERM
  sleep $1 &
  _z=$!
  # by 9: between fork and exec the trap would still take a 15
  [ "$_q" ] && kill -9 $_z
  wait $_z
  wait $_z
  [ "$_q" ] || eval "$2"
}
# SECONDS COMMAND...
limit() {
  _s=$1
  shift
  "$@" 2>&1 &
  _p=$!
  alarm $_s "kill $_p" >/dev/null 2>&1 3>&- &
  _w=$!
  wait $_p
  _r=$?
  kill $_w
  wait $_w
  return $_r
}
rc() { printf '\\n%%rc=%s\\n' $?; }

# ID SECONDS FORMAT WORD...
talk() {
  id=$1 s=$2
  shift 2
  if [ "$nc" = e ]; then
    { echo %nc; limit $((s + 1)) nc -vv -w $s $a $p -e sh -c 'printf "$@" 2>/dev/null || exit 1; exec dd bs=1024 count=2 >&2 2>/dev/null' x "$@"; rc; }
  else
    { echo %bash; limit $((s + 1)) bash -c 'exec 3<>"/dev/tcp/$0/$1" || exit; echo open; shift; printf "$@" 2>/dev/null | dd obs=4096 2>/dev/null >&3 || exit 1; exec dd bs=1024 count=2 <&3 2>/dev/null' $a $p "$@"; rc; }
  fi | pass $id talk
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
  nc) { echo %open; $bound nc -z -vv -w $s $a $p 2>&1; rc; } | pass $id ;;
  bash) { echo %bash; limit $((s + 1)) bash -c 'exec 3<>"/dev/tcp/$0/$1" && echo open' $a $p; rc; } | pass $id ;;
  telnet) { echo %curl; curl -q -g -sSv -m $s "telnet://$ba:$p" 2>&1; rc; } | pass $id ;;
  esac
}
# COMMAND...: again when it quickly came to nothing
ask() {
  n=0
  while :; do
    n=$((n + 1))
    now
    _b=$_t
    o=$(limit 6 "$@"; rc)
    now
    [ $n = 4 ] || [ $((_t - _b)) -gt 100 ] && break
    case $o in *Name:* | *'r can'* | *'t resolve'* | *timed* | *efused* | *STREAM* | *open* | *PING* | *%rc=1[23]*) break ;; esac
  done
  printf '%s\\n%%tries=%s\\n' "$o" $n
}
# NAME PORT: as a program here does that heeds its proxy; without what would print a password
proxied() {
  echo %proxied
  [ "$proxy" ] || return
  echo "%variable $proxy"
  echo "%direct $no_proxy,$NO_PROXY"
  export http_proxy="$via"
  if [ "$curl" ]; then limit 6 curl -q -sS -m 5 -o /dev/null -w 'HTTP/1.1 %{http_code}\\n' "http://$1:$2/"
  elif [ "$wget" ]; then limit 6 wget -S -T 5 -O /dev/null "http://$1:$2/"
  else return
  fi
  rc
}
lookup() {
  echo %lookup
  if has getent; then ask getent ahosts $1
  elif [ "$nc" = e ]; then ask nc -u -v -w 3 $1 9 -e true
  elif has ping; then ask ping -c 1 -W 1 $1
  elif has bash; then ask bash -c 'exec 3<>"/dev/udp/$0/9" && echo open' $1
  else echo %none
  fi
}
`;
