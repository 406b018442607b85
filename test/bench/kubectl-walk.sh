#!/usr/bin/env bash
# The commands of the Kubernetes page "Debug Services", in its order, for one Service: what an engineer types by hand,
# without the time to read, to think and to type.
#
#   kubectl-walk.sh SERVICE NAMESPACE
#
#   PODS=each (default)  a `kubectl run --rm` pod for every question from inside, as the page has it
#   PODS=one             one pod for all of them, and `kubectl exec`: the practised engineer
#   IMAGE=busybox:1.36   TIMEOUT=5 (seconds for one wget)   TIMES=1 (seconds of every step, on standard error)
#
# It judges nothing: it prints what the commands print, and `### done` after the last answer. The pod is removed after that.
set -uo pipefail
service=${1:?usage: kubectl-walk.sh SERVICE NAMESPACE}
namespace=${2:?usage: kubectl-walk.sh SERVICE NAMESPACE}
image=${IMAGE:-busybox:1.36} timeout=${TIMEOUT:-5} pods=${PODS:-each} times=${TIMES:-}
step='' begun=$EPOCHREALTIME last=$EPOCHREALTIME

k() { kubectl --namespace "$namespace" "$@"; }

took() { awk -v a="$1" -v b="$EPOCHREALTIME" -v what="$2" 'BEGIN { printf "%6.2f s  %s\n", b - a, what }' >&2; }

title() {
  [[ -z $times || -z $step ]] || took "$last" "$step"
  last=$EPOCHREALTIME step=$1
  printf '\n### %s\n' "$1"
}

# inside SCRIPT: runs it in a pod of the cluster
inside() {
  if [[ $pods == one ]]; then
    k exec walk -- sh -c "$1"
  else
    # `read` holds the script back until kubectl is attached: what a pod prints before, `kubectl run -i` may lose
    echo go | k run "walk-$RANDOM" --image="$image" --restart=Never --rm -i --quiet -- sh -c "read go; $1"
  fi 2>&1
}

remove() { [[ $pods != one ]] || k delete pod walk --now --ignore-not-found >/dev/null 2>&1; }
trap remove EXIT

title 'Does the Service exist?'
k get service "$service"

title 'Any NetworkPolicy ingress rules affecting the target pods?'
k get networkpolicy

if [[ $pods == one ]]; then
  title 'a pod to ask from'
  k run walk --image="$image" --restart=Never -- sleep 600 && k wait --for=condition=Ready pod/walk --timeout=60s
fi

title 'Does the Service work by DNS name?'
inside "nslookup $service; nslookup $service.$namespace; nslookup $service.$namespace.svc.cluster.local
  nslookup kubernetes.default.svc.cluster.local; cat /etc/resolv.conf"

title 'Does the Service work by IP?'
address=$(k get service "$service" -o 'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}')
inside "for i in 1 2 3; do wget -qO- -T $timeout $address; echo; done"

title 'Is the Service defined correctly?'
k get service "$service" -o json

title 'Does the Service have any EndpointSlices?'
selector=$(k get service "$service" -o go-template='{{range $k, $v := .spec.selector}}{{$k}}={{$v}},{{end}}')
k get pods -l "${selector%,}"
k get endpointslices -l "kubernetes.io/service-name=$service"

title 'Are the Pods working?'
port=$(k get endpointslices -l "kubernetes.io/service-name=$service" -o 'jsonpath={.items[0].ports[0].port}')
addresses=$(k get pods -l "${selector%,}" -o go-template='{{range .items}}{{.status.podIP}} {{end}}')
inside "for ip in $addresses; do wget -qO- -T $timeout \$ip:${port:-80}; echo; done"

title 'Is the kube-proxy working?'
proxies='--namespace kube-system'
kubectl $proxies get pods -l k8s-app=kube-proxy -o wide
for pod in $(kubectl $proxies get pods -l k8s-app=kube-proxy -o name); do
  kubectl $proxies logs --tail=5 "$pod"
  kubectl $proxies exec "$pod" -- sh -c "iptables-save | grep $namespace/$service"
done

title 'done'
[[ -z $times ]] || took "$begun" 'in all'
