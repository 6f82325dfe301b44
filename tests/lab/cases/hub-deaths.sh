# A rig that is killed or hangs: lines off within 10 ms, a supply that has its 9600-baud bus for itself within 100 ms.
# time-limit: 120
. "$LAB_ROOT/tests/lab/slot.sh"
hub_start
lab_files=(energised.yaml --bench hub-bench.yaml --load hub-load.yaml)
gpio_pull rig 7 up                         # nobody who holds the line: it is on
line_wired 7 18 &
energised() {
    slot_run "$1"
    slot_says 60 "$1" "A        step 1 supply: done"
    slot_says 60 "$1" "B        step 1 supply: done"
    line_level 7
    expect "line of slot B" "$level" 1
    expect "supply of slot A" "$(truth_ns supply-output value=1 | wc -w)" 1
}

# bounded MS NAME: what the plant saw of the death at $died, and what the supervisor says of it.
bounded() {
    local off_ns opened_ns bound_ms
    slot_ends 70
    off_ns=$(truth_ns supply-output value=0)
    opened_ns=$(truth_ns contact-opened part=feeds:1)
    echo "$2: supply off after $(((off_ns - died) / 1000)) us, relay open after $(((opened_ns - died) / 1000)) us"
    expect_within 0 $(((off_ns - died) / 1000)) $(($1 * 1000 + 100000)) "$2: us until the supply was off"
    # The other bus: what was under way ends or is waited for (an answer of 2 ms and 8 bytes), then one write and one check:
    # 8 + 8 and 8 + 6 bytes at 9600 baud, 2 ms each until the answer, gaps of 5 ms, and 5 ms of the relay itself.
    bound_ms=$(($1 + 2 * (2 + 5) + (8 + 8 + 8 + 8 + 8 + 6) * 10000 / 9600 + 5 + 5 + 20))
    echo "$2: bound of the relay's bus: $bound_ms ms"
    expect_within 0 $(((opened_ns - died) / 1000)) $((bound_ms * 1000)) "$2: us until the relay was open"
    grep -q "0 not" "$2.out" || fail "$2: not everything was proved off: $(tail -n 3 "$2.out")"
    expect_within 0 "$(sed -n 's/.*off after \([0-9]*\) ms.*/\1/p' "$2.out")" 100 "$2: ms until everything was confirmed off"
    expect_status 0 "$HILRIG" verify "$(slot_evidence "$2")"
}

energised killed
died=$(monotonic_ns)
kill -KILL "$(slot_rig)"
line_goes 7 0 10 "line after SIGKILL"
bounded 0 killed

energised hung
died=$(monotonic_ns)
kill -STOP "$(slot_rig)"
line_goes 7 0 1010 "line after SIGSTOP, with hang_ms of 1000"
bounded 1000 hung

# The same without the supervisor: nothing goes off. This is what the tests above would find.
energised alone
rig=$(slot_rig)
kill -STOP "$rig"
kill -KILL "$supervisor"
kill -KILL "$rig"
pause 3
line_level 7
expect "line of slot B without a supervisor" "$level" 1
expect "supply of slot A without a supervisor" \
    "$([ "$(truth_ns supply-output value=1)" -gt "$(truth_ns supply-output value=0)" ] && echo on)" on
expect_status 0 "$HILRIG" off --bench hub-bench.yaml
expect "supply of slot A after off" \
    "$([ "$(truth_ns supply-output value=0)" -gt "$(truth_ns supply-output value=1)" ] && echo off)" off
kill %line_wired 2>/dev/null || kill $!
