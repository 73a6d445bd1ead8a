#!/bin/sh
# Ends and removes whatever the node with this directory has made, also after a kill -9 of who started it. Called
# by an orderly stop, by the watchdog, and by the next start; does nothing where the directory is gone.
#
#   cleanup.sh /var/lib/weaveflux-node/<id>
dir=$1
id=${dir##*/}
PATH=$PATH:/usr/sbin:/sbin
[ -d "$dir" ] || exit 0
exec 9>"${dir%/*}/cleanup.lock"
flock 9
[ -d "$dir" ] || exit 0

cgroups() {
  for root in /sys/fs/cgroup "/sys/fs/cgroup/"*; do
    [ ! -d "$root/weaveflux-$id" ] || find "$root/weaveflux-$id" -depth -type d
  done
}

# What names the directory in its command line (the node's programs and shims), and what runs in its pods. The
# brackets keep grep from finding itself.
processes() {
  grep -lsa "$dir[/]" /proc/[0-9]*/cmdline | cut -d/ -f3
  cgroups | while read -r group; do cat "$group/cgroup.procs" 2>/dev/null; done
}

try=0
while [ $try -lt 50 ]; do
  found=$(processes | sort -u)
  [ -n "$found" ] || break
  kill -s KILL $found 2>/dev/null
  try=$((try + 1))
  sleep 0.1
done

cat "$dir"/state/io.containerd.runtime.v2.task/*/*/address 2>/dev/null | sed 's|unix://|\n|g' | xargs -r rm -f

awk -v at="$dir" '$2 == at || index($2, at "/") == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount; do
  umount "$mount" 2>/dev/null || umount -l "$mount" 2>/dev/null
done

try=0
while [ $try -lt 20 ] && [ -n "$(cgroups)" ]; do
  cgroups | while read -r group; do rmdir "$group" 2>/dev/null; done
  try=$((try + 1))
  [ -z "$(cgroups)" ] || sleep 0.1
done

ip link delete "wf-$id" 2>/dev/null

# The rules of kube-proxy, kubelet and CNI plugins; everything else is put back as it was.
for family in iptables ip6tables; do
  rules=$("$family-save" 2>/dev/null)
  printf '%s\n' "$rules" | grep -Eq '(KUBE|CNI)-' || continue
  printf '%s\n' "$rules" | grep -Ev '(KUBE|CNI)-' | "$family-restore"
done

find /var/log/containers -lname "$dir/*" -delete 2>/dev/null
for sandbox in "$dir/root/io.containerd.grpc.v1.cri/sandboxes/"*; do
  rm -f /var/lib/cni/results/*-"${sandbox##*/}"-*
done
rm -rf --one-file-system "$dir"
