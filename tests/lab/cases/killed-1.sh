# A rig killed at any instant of a night, each in a tenth of it (half 1): the resumed run says the same of the meter.
# time-limit: 180
# boots: 0 2 4 6 8
. "$LAB_ROOT/tests/lab/killed.sh"
