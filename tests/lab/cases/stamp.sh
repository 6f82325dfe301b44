# Edges are stamped within 0.01 ms of their write, and 64 lines that toggle every millisecond lose none.
gpio_chip lab bench 64
stamp=$BUILD_DIR/tests/lab/stamp
wrong=0
"$stamp" cuts "$(gpio_device lab)" "$(gpio_lines lab)" "$LAB_SEED" || wrong=1
"$stamp" burst "$(gpio_device lab)" "$(gpio_lines lab)" 64 || wrong=1
exit $wrong
