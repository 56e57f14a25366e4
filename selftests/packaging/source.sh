#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From the source: make install and make uninstall, in a small Debian 12; see inside. Prints TAP.
#
# shellcheck disable=SC2317 # functions are called by their names
set -u

. "$(dirname "$0")/tap"
kernel=$(kernel)
tree=/tmp/ttmem-$new

# run TARGET [VARIABLE...]
run()
{
	make -C "$tree" KDIR="/lib/modules/$kernel/build" "$@"
}

echo "TAP version 13"
tar -C /tmp -xf "/mnt/build/ttmem-$new.tar.gz"
depmod "$kernel" 2> /dev/null
ldconfig
ours > /tmp/before

works "make install" run install
result "modprobe finds the module" "$new" "$(module version)"
result "an administrator's own module has its place" "/lib/modules/$kernel/updates/ttmem.ko" \
	"$(module filename)"
result "it has no signature" "" "$(module signer)"
result "the command runs" "ttmem $new" "$(ttmem --version)"
result "the manual page says which version it is" "ttmem $new" \
	"$(sed -n 's/^\.TH .* "[0-9-]*" "\([^"]*\)".*/\1/p' /usr/local/share/man/man1/ttmem.1)"
echo 'int main(void) { return 0; }' > /tmp/program.c
works "a program finds the library" sh -c "gcc -o /tmp/program /tmp/program.c -Wl,--no-as-needed \
	\$(pkg-config --cflags --libs libttmem) && /tmp/program"
result "systemd finds the unit, which is off" disabled \
	"$(SYSTEMD_OFFLINE=1 systemctl is-enabled ttmem-declare.service)"

openssl req -new -x509 -nodes -days 1 -subj "/CN=Signer of this test" -newkey rsa:2048 \
	-keyout /tmp/key -outform DER -out /tmp/certificate 2> /dev/null
works "make install with a key" run install SIGN_KEY=/tmp/key SIGN_CERT=/tmp/certificate
result "the module is signed" "Signer of this test" "$(module signer)"

works "make uninstall" run uninstall
ours > /tmp/after
result "nothing is left" "" "$(diff /tmp/before /tmp/after)"

depmod=$(stat -c %Y.%y "/lib/modules/$kernel/modules.dep")
works "make install below DESTDIR" run install DESTDIR=/tmp/image prefix=/usr
result "the module is there" "/tmp/image/lib/modules/$kernel/updates/ttmem.ko" \
	"$(find /tmp/image -name '*.ko')"
result "depmod has not run" "$depmod" "$(stat -c %Y.%y "/lib/modules/$kernel/modules.dep")"
ours > /tmp/after
result "the host is as it was" "" "$(diff /tmp/before /tmp/after)"
works "make uninstall below DESTDIR" run uninstall DESTDIR=/tmp/image prefix=/usr
result "nothing is left there" "" "$(find /tmp/image ! -type d)"
end
