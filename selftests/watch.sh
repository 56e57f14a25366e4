#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ttmem watch, where things change: figures, clients, chips and drivers.
#
# shellcheck disable=SC2317 # functions are called by their names
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check
. vm/drivers
. vm/live
PATH=$PWD/../userspace/ttmem:$PWD/runtime_sim:$PATH
work=$(mktemp -d)

# times NUMBER PATTERN FILE: are there so many lines?
times()
{
	[ "$(grep -cE "$2" "$3")" = "$1" ]
}

# has PATTERN FILE: is there a line now, or soon?
has()
{
	soon grep -qE "$1" "$2"
}

# start NAME COMMAND...: in the background, its lines in $work/NAME: sets $started.
start()
{
	"${@:2}" > "$work/$1" 2> "$work/$1.errors" &
	started=$!
}

# ends STATUS PID
ends()
{
	soon eval "! kill -0 $2 2> /dev/null"
	wait "$2"
	[ $? = "$1" ]
}

# Each line is an object as the manual says.
is_json()
{
	python3 - "$1" <<-'END'
	import json, sys
	for line in open(sys.argv[1], encoding='ascii'):
	    event = json.loads(line)
	    assert list(event) == ['version', 'time', 'chip', 'event', 'values'], line
	    assert event['version'] == 1 and event['chip'].startswith('tt'), line
	    assert event['event'] in ('state', 'added', 'change', 'removed'), line
	    assert bool(event['values']) == (event['event'] != 'removed'), line
	END
}

# Figures of a chip, put together from the lines, are those of its mem/stat.
is_complete()
{
	python3 - "$1" "$2" <<-'END'
	import json, sys
	known = {}
	for line in open(sys.argv[1], encoding='ascii'):
	    event = json.loads(line)
	    if event['chip'] == sys.argv[2]:
	        known.update(event['values'])
	known = {name: str(value) for name, value in known.items() if value is not None}
	with open(f'/sys/class/tenstorrent/{sys.argv[2]}/mem/stat', encoding='ascii') as file:
	    stat = dict(line.rstrip('\n').split(' ', 1) for line in file)
	stat = {name: value for name, value in stat.items() if not name.endswith('_ns')}
	assert known == stat, (known, stat)
	END
}

echo "TAP version 13"

# ---- figures ----------------------------------------------------------------------------------

start text ttmem watch
text=$started
start json ttmem watch --json
json=$started
start one ttmem watch --bytes --output l1_used,clients tt0
one=$started
start elsewhere unshare --net ttmem watch
elsewhere=$started
check "the first state of each chip" has ' tt1 arch blackhole, l1_used 0 B, l1_total -' "$work/text"
check "of the chip that was named, what was asked for" has ' tt0 l1_used 0, clients 0$' "$work/one"
soon times 2 '"event":"state"' "$work/json"
soon times 2 '^' "$work/elsewhere"

start_runtime
tell alloc a l1 64*2048
check "a declaration" has ' tt0 .*l1_total - -> 91.5 MiB' "$work/text"
check "a client" has ' tt0 .*clients 0 -> 1' "$work/text"
check "an allocation" has ' tt0 .*l1_used 0 B -> 128.0 KiB' "$work/text"
check "in bytes" has ' tt0 .*l1_used 0 -> 131072' "$work/one"
check "in JSON" has '"chip":"tt0","event":"change","values":\{.*"l1_used":131072[,}]' "$work/json"
check "a remote chip has come" has ' tt0r1 added: arch wormhole_b0, ' "$work/text"
check "in another network namespace, too" has ' tt0r1 added: ' "$work/elsewhere"
tell alloc b l1 64*2048 on 1
check "it changes" has ' tt0r1 .*l1_used 0 B -> 128.0 KiB' "$work/text"
check "alone" times 1 'l1_used .* -> ' "$work/one"
tell free a
check "what is freed" has ' tt0 .*l1_used 128.0 KiB -> 0 B' "$work/text"

tell expect oom alloc c l1 64*2M
check "an allocation that fails" has ' tt0 .*l1_alloc_failures 0 -> 1.*last_failure_pool - -> l1' \
	"$work/text"
sleep 0.5
check "while nothing changes nobody is woken" not_woken "$text"
check "nor is who prints JSON" not_woken "$json"
check "no line is without a change" times 0 ' tt[0-9r]+ *$' "$work/text"
check "times are in no line" times 0 'updated_ns' "$work/text"
check "lines of JSON add up to mem/stat" is_complete "$work/json" tt0
check "of the remote chip, too" is_complete "$work/json" tt0r1

kill_runtime
check "a client that was killed" has ' tt0 .*clients 1 -> 0' "$work/text"
check "what it held, too" has ' tt0r1 .*l1_used 128.0 KiB -> 0 B' "$work/text"

# ---- chips and drivers --------------------------------------------------------------------------

echo $wormhole > $driver/unbind
check "a chip has gone" has ' tt0 removed$' "$work/text"
check "its remote one, too" has ' tt0r1 removed$' "$work/text"
check "in JSON" has '"chip":"tt0r1","event":"removed","values":\{\}\}$' "$work/json"
check "who watched it alone ends with it" ends 1 "$one"
check "and says why" grep -qx 'ttmem: no chip is left to watch' "$work/one.errors"
echo $wormhole > $driver/bind
check "it has come again" has ' tt0 added: arch wormhole_b0, l1_used 0 B, l1_total -, ' "$work/text"
check "in another network namespace, too" has ' tt0 added: ' "$work/elsewhere"
start both ttmem watch tt0 tt1
both=$started
soon times 2 '^' "$work/both"
echo $wormhole > $driver/unbind
check "of two chips that were named one is left" has ' tt0 removed$' "$work/both"
echo $wormhole > $driver/bind
check "and is joined by the other one again" has ' tt0 added: ' "$work/both"

rmmod ttmem tenstorrent
check "all have gone with the drivers" has ' tt1 removed$' "$work/text"
check "and with them who has named them" ends 1 "$both"
load_drivers
check "with new drivers they come again" has ' tt1 added: ' "$work/text"
check "each once" times 1 ' tt1 added: ' "$work/text"
runtime_sim --device 1 --board blackhole_P100.yaml:0 <(echo alloc a l1 110*2048) < /dev/null > /dev/null
check "and change" has ' tt1 .*l1_total - -> 180.0 MiB' "$work/text"
check "each line is JSON" is_json "$work/json"

# ---- ends ---------------------------------------------------------------------------------------

kill -TERM "$text"
check "SIGTERM" ends 0 "$text"
kill -INT "$json"
check "SIGINT" ends 0 "$json"
kill "$elsewhere"
check "nothing was wrong" [ ! -s "$work/text.errors" -a ! -s "$work/json.errors" ]
timeout 20 ttmem watch 2> "$work/errors" | head -n 1 > /dev/null
check "a reader that goes away is noticed although nothing changes" [ "${PIPESTATUS[0]}" = 1 ]
check "and said" grep -qx 'ttmem: write error: Broken pipe' "$work/errors"

mkdir "$work/lib"
touch "$work/lib/libudev.so.1"
start deaf env "LD_LIBRARY_PATH=$work/lib" ttmem watch
deaf=$started
check "without libudev chips are watched" has ' tt1 arch blackhole' "$work/deaf"
check "and it is said what is missing" grep -qx 'ttmem: chips that come later are not seen' "$work/deaf.errors"
kill "$deaf"

rm -r "$work"
echo "1..$tests"
exit "$failed"
