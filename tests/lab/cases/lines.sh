# The shipped GPIO driver finds chips and lines, loses no edge of 64 lines, and its lines outlive who requested them.
lines=$BUILD_DIR/tests/lab/lines
gpio_chip rig rig-pins 64 3=feed 4=twin 5=twin
gpio_chip one twins 4
gpio_chip two twins 4
gpio_chip bridge usb-bridge 4
"$lines" rig-pins "$(gpio_lines rig)" "$(basename "$(gpio_device rig)")" "$LAB_SEED" || fail "see above"

# A chip that is pulled out says so to who listens to it.
gpio_pull bridge 2 down
"$lines" watch usb-bridge 2 >watched &
watcher=$!
wait_for 1 has_text watched watching
gpio_pull bridge 2 up
wait_for 1 has_text watched "level 1"
gpio_remove bridge
wait_for 1 ended $watcher
wait $watcher || fail "the watcher ended with $?"
grep -q "cannot read GPIO edges" watched || fail "the watcher said: $(cat watched)"
