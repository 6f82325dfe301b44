# Lines have labels and names, show what their holder drives, and go back to their pull when it dies.
hold=$BUILD_DIR/tests/lab/hold
gpio_chip rig rig-pins 8 3=feed 4=mains
gpio_chip bridge usb-bridge 4 0=other

gpio_pull rig 3 down
gpio_pull rig 4 up
expect "free feed" "$(gpio_value rig 3)" 0
expect "free mains" "$(gpio_value rig 4)" 1
"$hold" rig-pins feed=1 mains=0 >held &
holder=$!
wait_for 1 gpio_is rig 3 1
expect "held mains" "$(gpio_value rig 4)" 0

# A line has one holder.
expect_status 1 "$hold" rig-pins feed=0 2>busy
grep -q busy busy || fail "the second holder heard: $(cat busy)"
expect "feed after a second holder" "$(gpio_value rig 3)" 1

kill -KILL $holder
wait_for 1 ended $holder
wait_for 1 gpio_is rig 3 0
expect "mains after the holder's death" "$(gpio_value rig 4)" 1

# A chip can be pulled out, and others keep their names.
device=$(gpio_device bridge)
gpio_remove bridge
wait_for 1 absent "$device"
[ -c "$(gpio_device rig)" ] || fail "the other chip went too"
expect_status 1 "$hold" usb-bridge other=1 2>/dev/null
