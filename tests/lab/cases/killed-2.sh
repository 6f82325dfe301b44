# A rig killed at any instant of a night, each in a tenth of it (half 2): the resumed run says the same of the meter.
# time-limit: 180
# boots: 1 3 5 7 9
. "$LAB_ROOT/tests/lab/killed.sh"
