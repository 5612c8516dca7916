#!/bin/sh
# keepalived: exit 0 when this machine serves Harbor and is not drained. The certificate is not judged here: both
# machines have the same, so that an expired one is no reason to move the address.
set -eu
[ ! -e /etc/keepalived/drained ]
body=$(curl --silent --show-error --fail --insecure --max-time 3 \
  --resolve "$1:$2:127.0.0.1" "https://$1:$2/api/v2.0/health")
case $body in
*unhealthy*) exit 1 ;;
*healthy*) exit 0 ;;
*) exit 1 ;;
esac
