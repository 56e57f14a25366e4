#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# RPM packages are installed, upgraded and erased, in a small Debian 12; see inside. Prints TAP.
set -u

. "$(dirname "$0")/tap"
pretend
kernel=$(kernel)

# packages DIRECTORY
packages()
{
	find "$1/RPMS" -name '*.rpm' | sort
}

versions()
{
	rpm -qa --qf '%{NAME} %{VERSION}\n' | sort
}

# all VERSION
all()
{
	printf "%s $1\n" libttmem libttmem-devel ttmem ttmem-dkms
}

# What a package has, without documentation and links of debuggers.
contents()
{
	rpm -ql "$1" | grep -v '^/usr/share/\(doc\|licenses\)\|/.build-id\|^/usr/src/.*/' | sort
}

echo "TAP version 13"
depmod "$kernel" 2> /dev/null
ours > /tmp/before

# rpm's database knows nothing of what dpkg has installed.
mapfile -t rpms < <(packages /mnt/build/packaging/old/build/rpm)
works "packages of $old are installed" rpm -i --nodeps "${rpms[@]}"
result "all of them" "$(all $old)" "$(versions)"
result "DKMS has built the module" "ttmem/$old, $kernel: installed" "$(registered)"
result "nothing is enabled" disabled "$(SYSTEMD_OFFLINE=1 systemctl is-enabled ttmem-declare.service)"

mapfile -t rpms < <(packages /mnt/build/rpm)
works "they are upgraded to $new" rpm -U --nodeps "${rpms[@]}"
result "all of them are" "$(all "$new")" "$(versions)"
result "the old module is gone" "ttmem/$new, $kernel: installed" "$(registered)"
result "modprobe finds the new one" "$new" "$(module version)"
result "the old sources are gone" "/usr/src/ttmem-$new" "$(echo /usr/src/ttmem-*)"
result "the command is new, too" "ttmem $new" "$(ttmem --version)"

result "files of ttmem" "$(sort <<FILES
/usr/bin/ttmem
/usr/lib/systemd/system/ttmem-bridge.service
/usr/lib/systemd/system/ttmem-cdi.service
/usr/lib/systemd/system/ttmem-declare.service
/usr/lib/systemd/system/ttmem-metrics.service
/usr/lib/systemd/system/ttmem-metrics.timer
/usr/share/bash-completion/completions/ttmem
/usr/share/fish/vendor_completions.d/ttmem.fish
/usr/share/man/man1/ttmem.1
/usr/share/zsh/site-functions/_ttmem
FILES
)" "$(contents ttmem)"
result "files of ttmem-dkms" "$(sort <<FILES
/usr/lib/modules-load.d/ttmem.conf
/usr/lib/udev/rules.d/60-ttmem.rules
/usr/share/man/man4/ttmem.4
/usr/src/ttmem-$new
FILES
)" "$(contents ttmem-dkms)"
result "files of libttmem" "$(sort <<FILES
/usr/lib64/libttmem.so.$new
/usr/lib64/libttmem.so.1
FILES
)" "$(contents libttmem)"
result "files of libttmem-devel" "$(sort <<FILES
/usr/include/libttmem.h
/usr/include/linux/ttmem.h
/usr/lib64/libttmem.so
/usr/lib64/pkgconfig/libttmem.pc
/usr/share/man/man3/libttmem.3
FILES
)" "$(contents libttmem-devel)"
result "the sources are the same as Debian's package has" "" \
	"$(dpkg-deb --fsys-tarfile /mnt/build/deb/ttmem-dkms_*.deb | tar -C / --compare ./usr/src 2>&1 |
		grep -v 'time differs')"

works "all is erased" rpm -e ttmem ttmem-dkms libttmem libttmem-devel
result "rpm has nothing left" "" "$(versions)"
result "nor has DKMS" "" "$(registered)"
ours > /tmp/after
result "nothing is left" "" "$(diff /tmp/before /tmp/after)"
end
