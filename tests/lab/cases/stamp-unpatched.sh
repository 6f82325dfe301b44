# The stamp test fails on a kernel without the patch: cuts are stamped late and edges are lost.
# kernel: unpatched
gpio_chip lab bench 64
stamp=$BUILD_DIR/tests/lab/stamp
expect_status 1 "$stamp" cuts "$(gpio_device lab)" "$(gpio_lines lab)" "$LAB_SEED"
expect_status 1 "$stamp" burst "$(gpio_device lab)" "$(gpio_lines lab)" 64
