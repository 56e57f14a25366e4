#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From the source with DKMS: make install-dkms, another version over it, a new kernel, kernels that are
# too old, make uninstall, in a small Debian 12; see inside. Prints TAP.
set -u

. "$(dirname "$0")/tap"
pretend
kernel=$(kernel)

# unpack VERSION: in /tmp, where it can be built
unpack()
{
	case $1 in
	"$old") tar -C /tmp -xf "/mnt/build/packaging/old/build/ttmem-$old.tar.gz" ;;
	*) tar -C /tmp -xf "/mnt/build/ttmem-$new.tar.gz" ;;
	esac
}

# another KERNEL: one of that name, with the headers that there are
another()
{
	mkdir -p "/lib/modules/$1"
	ln -sfn "$(readlink -f "/lib/modules/$kernel/build")" "/lib/modules/$1/build"
	cp "/lib/modules/$kernel"/modules.{order,builtin} "/lib/modules/$1" 2> /dev/null
	cp "/boot/config-$kernel" "/boot/config-$1" 2> /dev/null
}

# built KERNEL...: those of them that DKMS builds for
built()
{
	local one

	# shellcheck disable=SC2034,SC1090 # dkms.conf expects them, as DKMS has them
	(kernel_source_dir='' dkms_tree=''
	. "/usr/src/ttmem-$new/dkms.conf"
	for one; do
		[[ ! $one =~ $BUILD_EXCLUSIVE_KERNEL ]] || echo "$one"
	done)
}

echo "TAP version 13"
depmod "$kernel" 2> /dev/null
unpack "$old"
unpack "$new"
ours > /tmp/before

works "make install-dkms of $old" make -C "/tmp/ttmem-$old" install-dkms
result "DKMS has built the module" "ttmem/$old, $kernel: installed" "$(registered)"
result "modprobe finds it" "$old" "$(module version)"
result "it is where DKMS puts modules" "/lib/modules/$kernel/updates/dkms/ttmem.ko" \
	"$(module filename)"
result "it brings tt-kmd along" "pre: tenstorrent" "$(module softdep)"

works "make install-dkms of $new" make -C "/tmp/ttmem-$new" install-dkms
result "it takes the place of the other" "ttmem/$new, $kernel: installed" "$(registered)"
result "modprobe finds the new one" "$new" "$(module version)"
result "sources of the old one are gone" "/usr/src/ttmem-$new" "$(echo /usr/src/ttmem-*)"
works "once more" make -C "/tmp/ttmem-$new" install-dkms
result "changes nothing" "ttmem/$new, $kernel: installed" "$(registered)"

another 6.1.0-99-amd64
works "a new kernel comes with its headers" /etc/kernel/header_postinst.d/dkms 6.1.0-99-amd64
result "DKMS builds for it, too" "$new" "$(module version 6.1.0-99-amd64)"
works "it goes" /etc/kernel/prerm.d/dkms 6.1.0-99-amd64
result "its module with it" "ttmem/$new, $kernel: installed" "$(registered)"

result "kernels from 5.10 on, and no older ones" \
	"5.10.0-28-amd64 5.14.0-362.8.1.el9_3.x86_64 6.1.0 6.18.44 7.2.0-rc1 10.0.1" \
	"$(built 4.18.0-513.el8.x86_64 4.19.0 5.4.0-150-generic 5.9.16 5.10.0-28-amd64 \
		5.14.0-362.8.1.el9_3.x86_64 6.1.0 6.18.44 7.2.0-rc1 10.0.1 | xargs)"
another 5.9.16-amd64
dkms build "ttmem/$new" -k 5.9.16-amd64 > "$log" 2>&1
result "DKMS skips one that is too old" 77 $?
rm -rf /lib/modules/{5.9.16,6.1.0-99}-amd64 /boot/config-{5.9.16,6.1.0-99}-amd64

works "make uninstall" make -C "/tmp/ttmem-$new" uninstall KDIR="/lib/modules/$kernel/build"
ours > /tmp/after
result "nothing is left" "" "$(diff /tmp/before /tmp/after)"
end
