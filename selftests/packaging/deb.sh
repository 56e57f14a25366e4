#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian packages are installed, upgraded and purged, in a small Debian 12; see inside. Prints TAP.
set -u

. "$(dirname "$0")/tap"
pretend
kernel=$(kernel)
multiarch=$(gcc -print-multiarch)

# systemd as maintainer scripts see it: what they tell it is written down.
mkdir -p /run/systemd/system
cat > /usr/local/bin/systemctl <<'SYSTEMCTL'
#!/bin/sh
for unit; do :; done
case " $* " in
*" is-enabled "*) SYSTEMD_OFFLINE=1 exec /bin/systemctl is-enabled "$unit" ;;
*" is-active "*) exit 3 ;;
esac
echo "$*" | grep -v daemon-reload >> /run/told
:
SYSTEMCTL
chmod +x /usr/local/bin/systemctl
touch /run/told

# packages DIRECTORY: those that users install
packages()
{
	find "$1" -name '*.deb' ! -name '*-dbgsym_*'
}

versions()
{
	dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' '*ttmem*' 2> /dev/null
}

# all VERSION: what versions() says of all of it
all()
{
	printf "%s $1 installed\n" libttmem-dev libttmem1:"$(dpkg --print-architecture)" ttmem ttmem-dkms |
		sed 's/:[^ ]*//'
}

# Of each unit that can be.
enabled()
{
	SYSTEMD_OFFLINE=1 /bin/systemctl is-enabled \
		ttmem-{bridge.service,cdi.service,declare.service,metrics.timer} | xargs
}

# What a package has, without what its documentation is.
contents()
{
	dpkg -L "$1" | grep -v '^/usr/share/doc\|^/usr/src/.*/\|/$' | while read -r path; do
		[ -d "$path" ] || echo "$path"
	done | sort
}

echo "TAP version 13"
depmod "$kernel" 2> /dev/null
files -true > /tmp/before

mapfile -t debs < <(packages /mnt/build/packaging/old/build/deb)
works "packages of $old are installed" dpkg -i "${debs[@]}"
result "all of them" "$(all $old)" "$(versions)"
result "DKMS has built the module" "ttmem/$old, $kernel: installed" "$(registered)"
result "modprobe finds it" "$old" "$(module version)"
result "nothing is enabled" "disabled disabled disabled disabled" "$(enabled)"
result "nothing was started" "" "$(cat /run/told)"
result "the command runs" "ttmem $old" "$(ttmem --version)"

SYSTEMD_OFFLINE=1 /bin/systemctl enable ttmem-{bridge,declare}.service 2> /dev/null
mapfile -t debs < <(packages /mnt/build/deb)
works "they are upgraded to $new" dpkg -i "${debs[@]}"
result "all of them are" "$(all "$new")" "$(versions)"
result "the old module is gone" "ttmem/$new, $kernel: installed" "$(registered)"
result "modprobe finds the new one" "$new" "$(module version)"
result "it was built for this kernel" "$kernel" "$(module vermagic | cut -d ' ' -f 1)"
result "the old sources are gone" "/usr/src/ttmem-$new" "$(echo /usr/src/ttmem-*)"
result "the command is new, too" "ttmem $new" "$(ttmem --version)"
result "what was enabled still is" "enabled disabled enabled disabled" "$(enabled)"
result "the bridge is restarted, but pins stay through it" \
	"--quiet --system restart ttmem-bridge.service" "$(grep -E 'stop|restart' /run/told)"
: > /run/told

result "files of ttmem" "$(sort <<FILES
/lib/systemd/system/ttmem-bridge.service
/lib/systemd/system/ttmem-cdi.service
/lib/systemd/system/ttmem-declare.service
/lib/systemd/system/ttmem-metrics.service
/lib/systemd/system/ttmem-metrics.timer
/usr/bin/ttmem
/usr/share/bash-completion/completions/ttmem
/usr/share/fish/vendor_completions.d/ttmem.fish
/usr/share/man/man1/ttmem.1.gz
/usr/share/zsh/vendor-completions/_ttmem
FILES
)" "$(contents ttmem)"
result "files of ttmem-dkms" "$(sort <<FILES
/lib/udev/rules.d/60-ttmem.rules
/usr/lib/modules-load.d/ttmem.conf
/usr/share/lintian/overrides/ttmem-dkms
/usr/share/man/man4/ttmem.4.gz
FILES
)" "$(contents ttmem-dkms)"
result "files of libttmem1" "$(sort <<FILES
/usr/lib/$multiarch/libttmem.so.1
/usr/lib/$multiarch/libttmem.so.$new
FILES
)" "$(contents libttmem1)"
result "files of libttmem-dev" "$(sort <<FILES
/usr/include/libttmem.h
/usr/include/linux/ttmem.h
/usr/lib/$multiarch/libttmem.so
/usr/lib/$multiarch/pkgconfig/libttmem.pc
/usr/share/man/man3/libttmem.3.gz
FILES
)" "$(contents libttmem-dev)"
result "files in /etc are conffiles, and no others" \
	"$(dpkg -L ttmem ttmem-dkms libttmem1 libttmem-dev | grep '^/etc/.*\.' | sort)" \
	"$(dpkg-query -W -f '${Conffiles}\n' ttmem ttmem-dkms libttmem1 libttmem-dev |
		sed -n 's,^ \(/[^ ]*\) .*,\1,p' | sort)"
works "systemd understands the unit where it is" \
	systemd-analyze verify --man=no /lib/systemd/system/ttmem-declare.service
result "and says nothing of it" "" "$(cat "$log")"
result "systemd reads that the module is to be loaded" "ttmem" \
	"$(systemd-analyze cat-config modules-load.d 2> /dev/null |
		sed -n '/ttmem.conf$/,/^# \//p' | grep -v '^#\|^$')"

# Nobody needs both; but whoever tries is told, and loses nothing.
tar -C /tmp -xf "/mnt/build/ttmem-$new.tar.gz"
files -true > /tmp/installed
make -C "/tmp/ttmem-$new/userspace/packaging" install-dkms > "$log" 2>&1
result "make install-dkms leaves DKMS to the package" "2 That is of a package: remove it first." \
	"$? $(grep package: "$log")"
works "make uninstall has nothing to take away" \
	make -C "/tmp/ttmem-$new" uninstall KDIR="/lib/modules/$kernel/build"
result "and takes nothing" "" "$(files -true | diff /tmp/installed -)"
result "DKMS still has the module" "ttmem/$new, $kernel: installed" "$(registered)"

cp /usr/share/doc/libttmem-dev/examples/runtime.c /tmp
# shellcheck disable=SC2046 # words are what pkg-config prints
works "the example is compiled as pkg-config says" \
	gcc -pthread -o /tmp/runtime /tmp/runtime.c $(pkg-config --cflags --libs libttmem)
result "with the library of its package" "/lib/$multiarch/libttmem.so.1" \
	"$(ldd /tmp/runtime | sed -n 's/.*libttmem.so.1 => \([^ ]*\) .*/\1/p')"

works "all is removed" dpkg -r ttmem ttmem-dkms libttmem1 libttmem-dev
result "DKMS has nothing left" "" "$(registered)"
result "what ran is stopped" "$(sort <<UNITS
stop ttmem-bridge.service ttmem-cdi.service ttmem-metrics.service ttmem-metrics.timer
stop ttmem-declare.service
UNITS
)" "$(sort /run/told)"
works "and purged" dpkg -P ttmem ttmem-dkms libttmem1 libttmem-dev
result "dpkg knows nothing of it" "" "$(versions)"
files -true > /tmp/after
result "nothing is left" "" "$(diff /tmp/before /tmp/after)"
end
