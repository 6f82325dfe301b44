# hilrig. `make help` lists the targets; the README says what to do first.
#
# Sources, tests and fuzzers are found by name: every .c below rig/ and drivers/ is part of the program, every
# tests/unit/*.c and tests/drivers/*.c is a test program of its own. One build directory holds one set of flags.

BUILD    ?= build
CC       ?= gcc
OPTIMISE ?= -O2 -g
WARN      = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef -Wvla -Wstrict-prototypes \
            -Wmissing-prototypes -Wwrite-strings -Wswitch-enum
CPPFLAGS += -I. -D_GNU_SOURCE
CFLAGS   += -std=c11 $(OPTIMISE) $(WARN) $(if $(CI),-Werror) $(EXTRA)
LDFLAGS  += $(EXTRA)
LIBS     ?= -lyaml -lcrypto -ljansson

PROGRAM_SOURCES := $(shell find rig drivers -name '*.c' ! -name main.c 2>/dev/null | sort)
UNIT_SOURCES    := $(sort $(wildcard tests/unit/*.c tests/drivers/*.c))

OBJECTS    := $(PROGRAM_SOURCES:%.c=$(BUILD)/%.o)
UNIT_TESTS := $(UNIT_SOURCES:%.c=$(BUILD)/%)

all: $(UNIT_TESTS)

$(BUILD)/libhilrig.a: $(OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libhilrig.a
	$(CC) $(LDFLAGS) -o $@ $< $(BUILD)/libhilrig.a $(LIBS) -lcmocka

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

test: $(UNIT_TESTS)
	@for t in $(UNIT_TESTS); do $$t || exit 1; done

.PHONY: all test
.SECONDARY:
-include $(OBJECTS:.o=.d) $(UNIT_SOURCES:%.c=$(BUILD)/%.d)
