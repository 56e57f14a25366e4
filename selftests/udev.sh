#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ttmem and its udev rules with the real udevd: nodes, links and events.
#
# shellcheck disable=SC2317 # functions are called by their names
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check

shipped=../userspace/udev/60-ttmem.rules
rules=/run/udev/rules.d
links=/dev/ttmem/by-id

# Waits for what comes in its own time, for at most 20 seconds.
soon()
{
	local i

	for ((i = 0; i < 200; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

# stat_is FORMAT EXPECTED FILE
stat_is()
{
	[ "$(stat -Lc "$1" "$3")" = "$2" ]
}

# grep that says nothing: has PATTERN FILE
has()
{
	grep -qsE "$1" "$2"
}

# times NUMBER PATTERN FILE: are there so many lines?
times()
{
	[ "$(grep -cE "$2" "$3")" = "$1" ]
}

not()
{
	! "$@"
}

asic_id()
{
	cat "/sys/class/tenstorrent/tenstorrent!$1/tt_asic_id"
}

# The links are one for each chip on PCI, of tt-kmd's own id, and no other.
links_are_right()
{
	[ "$(cd "$links" && echo *)" = "$(printf '%s\n' "$(asic_id 0)" "$(asic_id 1)" | sort | xargs)" ] &&
		[ "$(readlink -f "$links/$(asic_id 0)")" = /dev/ttmem/tt0 ] &&
		[ "$(readlink -f "$links/$(asic_id 1)")" = /dev/ttmem/tt1 ]
}

# Lets udevd read its rules again and look at all chips anew.
look_again()
{
	udevadm control --reload
	udevadm trigger --action=change --subsystem-match=tenstorrent
	udevadm settle
}

# opens UID GROUP: may such a user report?
opens()
{
	setpriv --reuid="$1" --regid="$2" --clear-groups bash -c ': <> /dev/ttmem/tt0' 2> /dev/null
}

info()
{
	udevadm info /sys/class/tenstorrent/tt0
}

# Starts a runtime; what it is to do next goes to &"${runtime[1]}".
start_runtime()
{
	coproc runtime { exec runtime_sim/runtime_sim --interactive "$@" -; }
}

# In the language of runtime_sim.
tell()
{
	local answer

	echo "$*" >&"${runtime[1]}"
	read -r answer <&"${runtime[0]}"
	[ "$answer" = ok ] || echo "# $*: $answer"
}

end_runtime()
{
	# shellcheck disable=SC2154 # coproc's
	kill "$runtime_PID"
	wait "$runtime_PID" 2> /dev/null
}

# ---- rules that the tests add -----------------------------------------------------------------

mkdir -p $rules
# Names what a rule was run for.
cat > /run/record <<'END'
#!/bin/sh
echo "$@" >> /run/recorded
END
chmod +x /run/record

# The shipped rules with their example switched on, except that they start no unit. Here is no systemd.
mkdir -p /run/systemd/system
sed -E 's|^#(.*RUN\+=)|\1|; s|(RUN\+=")/usr/bin/systemctl|\1/run/record systemctl|' $shipped \
	> $rules/60-ttmem.rules
cat > $rules/90-test.rules <<'END'
SUBSYSTEM=="tenstorrent", ATTR{mem/l1_total}=="95944704", RUN+="/run/record l1_total %k $env{ACTION} $env{TTMEM_EVENT}"
END

echo "TAP version 13"
check "the kernel gives a node to root alone" stat_is %a 600 /dev/ttmem/tt0
# No link from a former life of this machine.
rm -rf "$links"
/lib/systemd/systemd-udevd 2> /run/udevd.log &
udevd=$!
soon udevadm control --ping 2> /dev/null
udevadm trigger --action=add --subsystem-match=tenstorrent
udevadm settle

# ---- nodes and links --------------------------------------------------------------------------

check "everybody may report to tt0" stat_is %a 666 /dev/ttmem/tt0
check "everybody may report to tt1" stat_is %a 666 /dev/ttmem/tt1
check "nobody is one of them" opens nobody nogroup
check "tt-kmd's own node is as it was" stat_is %a 600 /dev/tenstorrent/0
check "a link by tt-kmd's id for each chip" links_are_right
check "udevadm info: the node" has '^N: ttmem/tt0$' <(info)
check "udevadm info: the link" has "^S: ttmem/by-id/$(asic_id 0)\$" <(info)
check "udevadm info: the class" has '^E: SUBSYSTEM=tenstorrent$' <(info)
check "udevadm info: the parent is tt-kmd's" has 'KERNELS=="tenstorrent/0"' \
	<(udevadm info --attribute-walk /sys/class/tenstorrent/tt0)

# ---- events -----------------------------------------------------------------------------------

stdbuf -oL udevadm monitor --property --subsystem-match=tenstorrent > /run/monitored &
monitor=$!
soon has '^KERNEL - ' /run/monitored

check "the total is unknown at add" not has l1_total /run/recorded
echo 64000 > /sys/class/tenstorrent/tt0/mem/l1_high
start_runtime --machine wormhole_N300.yaml
tell alloc a l1 64*2048
check "a rule for the total runs once it is known" \
	soon has '^l1_total tt0 change capacity$' /run/recorded
check "a remote chip has its own" soon has '^l1_total tt0r1 change capacity$' /run/recorded
check "the example runs when the mark is reached" \
	soon has '^systemctl --no-block start ttmem-high@tt0.service$' /run/recorded
check "udevadm monitor shows the event" soon has '^TTMEM_EVENT=high$' /run/monitored
tell free a
check "and its end" soon has '^TTMEM_EVENT=normal$' /run/monitored
check "as udevd passes them on, too" has '^UDEV .* change .*/tt0 ' /run/monitored
udevadm settle
check "the example ran once" times 1 ttmem-high /run/recorded
check "container runtimes were told of each chip with a node" times 2 ttmem-cdi /run/recorded
check "a chip that changes keeps its mode" stat_is %a 666 /dev/ttmem/tt0
# From a ledger page, once the runtime has nothing else to do. The monitor shows each event twice,
# the kernel's and udevd's.
end_runtime
TTMEM_LEDGER_PAGE=1 start_runtime --machine wormhole_N300.yaml
tell expect l1 used=0
udevadm settle
tell alloc a l1 64*2048
check "a ledger page reaches the mark, too" soon times 2 ttmem-high /run/recorded
tell free a
check "and falls below it" soon times 4 '^TTMEM_EVENT=normal$' /run/monitored
check "neither a client's word nor a remote chip makes a link" links_are_right
check "the client did claim an id" [ -s /sys/class/tenstorrent/tt0/mem/chip_uid ]
end_runtime

# ---- chips come and go ------------------------------------------------------------------------

link=$links/$(asic_id 0)
echo 1e52:00:00.0 > /sys/bus/pci/drivers/tenstorrent/unbind
check "the link goes with its chip" soon not test -L "$link"
check "container runtimes are told that it goes" soon times 3 \
	'^systemctl --no-block try-reload-or-restart ttmem-cdi.service$' /run/recorded
check "the other one stays" test -c "$links/$(asic_id 1)"
echo 1e52:00:00.0 > /sys/bus/pci/drivers/tenstorrent/bind
check "and comes back with it" soon test -c "$link"
udevadm settle
check "and that it comes" times 4 ttmem-cdi /run/recorded
check "everybody may report to the new one" stat_is %a 666 /dev/ttmem/tt0

# ---- hardened, beside tt-kmd's rule -----------------------------------------------------------

echo 'SUBSYSTEM=="tenstorrent", MODE="0666"' > $rules/50-tenstorrent.rules
groupadd --system ttmem
mkdir -p /etc/udev/rules.d
sed -E 's/^MODE=/#&/; s/^#(GROUP="ttmem")/\1/' $shipped > /etc/udev/rules.d/60-ttmem.rules
look_again
check "hardened: the group may report" stat_is '%a %G' '660 ttmem' /dev/ttmem/tt0
check "hardened: a member does" opens nobody ttmem
check "hardened: nobody else does" not opens nobody nogroup
check "tt-kmd's rule holds for its own node" stat_is %a 666 /dev/tenstorrent/0
check "hardened: the links are there" links_are_right
echo 1e52:00:00.0 > /sys/bus/pci/drivers/tenstorrent/unbind
echo 1e52:00:00.0 > /sys/bus/pci/drivers/tenstorrent/bind
udevadm settle
check "hardened: a new chip, too" stat_is '%a %G' '660 ttmem' /dev/ttmem/tt0

kill $monitor
udevadm control --exit
wait $udevd $monitor
# The next test finds /dev as this one did.
rm -rf "$links"
echo "1..$tests"
exit "$failed"
