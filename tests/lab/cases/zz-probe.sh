# probe
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 20s
slot_run night
pause 120
snap() { grep -E "^(ctxt|intr|softirq)" /proc/stat | cut -c1-120; cat /proc/interrupts | head -20; for p in $(pgrep hilrig) $(pgrep plant); do echo "$p $(cat /proc/$p/comm) $(grep ctxt /proc/$p/status | tr '\n' ' ') $(cut -d' ' -f14,15 /proc/$p/stat)"; done; }
snap; echo ======; t=$(cut -d' ' -f1 /proc/uptime)
pause 100
snap
