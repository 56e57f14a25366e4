#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ttmem top, where things change: what is on its screen, a terminal of tmux. What it looks like is
# tested by cli/top.screens.
#
# shellcheck disable=SC2317 # functions are called by their names
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check
. vm/drivers
. vm/live
PATH=$PWD/../userspace/ttmem:$PWD/runtime_sim:$PATH
work=$(mktemp -d)

terminal()
{
	LC_ALL=C.UTF-8 tmux -S "$work/tmux" -f /dev/null "$@"
}

# shows PATTERN: is there such a line on the screen?
shows()
{
	terminal capture-pane -p | grep -qE "$1"
}

not()
{
	! "$@"
}

# has PATTERN: is there a line now, or soon?
has()
{
	soon shows "$1" && return
	terminal capture-pane -p | sed 's/^/# /'
	return 1
}

press()
{
	terminal send-keys "$@"
}

echo "TAP version 13"
terminal new-session -d -x 90 -y 24 \
	'echo $$ > '"$work"'/shell; LC_ALL=C TERM=xterm ttmem top; echo "ended with $?"; sleep 1000'
check "both chips" has '^ttmem top: 2 chips, 0 clients .* [0-9:]+$'
check "totals are unknown" has '^tt1 *l1 .* 0 B / +- +-$'
top=$(< "/proc/$(< "$work/shell")/task/$(< "$work/shell")/children")
top=${top% }

start_runtime
tell alloc a l1 64*1024*1024
# shellcheck disable=SC2154 # coproc's
check "a client, and what it holds" \
	has "^tt0 +$runtime_PID +64\.0 MiB +64\.0 MiB +0 B +0 B +0 B +[0-9]+s runtime_sim"
check "on two chips" has '^ttmem top: 3 chips, 2 clients'
check "the bar of its chip" has '^tt0 +l1 +\[#{30,36} +\] +64\.0 MiB / +91\.5 MiB +70%$'
check "the remote chip" has '^tt0r1 +l1 +\[ +\] +0 B / +91\.5 MiB +0%$'
check "a step up" has '^ #$'
tell free a
check "what is freed" has '^tt0 +l1 +\[ +\] +0 B / +91\.5 MiB +0%$'
tell expect oom alloc b l1 64*2M
check "an allocation that fails" has '^tt0: an allocation of 2\.0 MiB a bank of l1 failed [0-9]s ago$'
sleep 0.5
check "while nothing changes it is not woken" not_woken "$top"

press Space
check "paused" has '^ttmem top: 3 chips, 2 clients, paused'
tell alloc c dram 12*1024*1024
sleep 0.5
check "it does not look" not shows 'dram .* 12\.0 MiB / '
check "nor is it woken" not_woken "$top"
press Space
check "until it goes on" has '^tt0 +dram .* 12\.0 MiB / +12\.0 GiB +0%$'

kill_runtime
check "a client that was killed" has '^ttmem top: 3 chips, 0 clients'
echo $wormhole > $driver/unbind
check "chips have gone" has '^ttmem top: 1 chip, 0 clients'
echo $wormhole > $driver/bind
check "one has come again" has '^ttmem top: 2 chips, '
rmmod ttmem tenstorrent
check "no driver, no chip" has '^ttmem top: 0 chips, '
load_drivers
check "with new drivers they come again" has '^ttmem top: 2 chips, '
check "and are followed" has '^tt1 *l1 .* 0 B / +- +-$'
press q
check "it ends" has '^ended with 0$'

terminal kill-server
rm -r "$work"
echo "1..$tests"
exit "$failed"
