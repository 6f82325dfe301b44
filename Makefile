# hilrig. `make help` lists the targets; README.md says what to do first.
#
# Everything is found by name: every .c below rig/ and drivers/ belongs to the program, every tests/unit/*.c and
# tests/drivers/*.c is a test program of its own, every tests/fuzz/*.c a fuzzer, every tests/bench/*.c a measurement,
# every tests/peers/helpers/*.c a program that scripts of tests/peers use.
# One build directory holds one set of flags. A new program needs a `main.c` of its own and one line under "Programs".

BUILD    ?= build
CC       := $(if $(filter default,$(origin CC)),gcc,$(CC))
OPTIMISE ?= -O2 -g
WARN      = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef -Wvla -Wstrict-prototypes \
            -Wmissing-prototypes -Wwrite-strings -Wswitch-enum
CPPFLAGS += -I. -D_GNU_SOURCE
CFLAGS   += -std=c11 -pthread -ffp-contract=off $(OPTIMISE) $(WARN) $(if $(CI),-Werror) $(EXTRA)
LDFLAGS  += -pthread -Wl,--as-needed $(EXTRA)
PREFIX   ?= /usr/local
say       = $(if $(V),,@echo '  $(1) $@';)# `make V=1` shows whole commands
SECONDS  ?= 60
MAKEFLAGS += --no-print-directory

# Asked of pkg-config when first needed, because the packages may have come in a moment before.
LIBRARY_CPPFLAGS = $(eval LIBRARY_CPPFLAGS := $(shell tests/setup/packages.sh --cflags build))$(LIBRARY_CPPFLAGS)
LIBRARIES        = $(eval LIBRARIES := $(shell tests/setup/packages.sh --libs build) -lm)$(LIBRARIES)
TEST_LIBRARIES   = $(eval TEST_LIBRARIES := $(shell tests/setup/packages.sh --libs test))$(TEST_LIBRARIES)

# ---- Sources ---------------------------------------------------------------------------------------------------

SOURCES  := $(sort $(shell find rig drivers -name '*.c' ! -name main.c 2>/dev/null))
HEADERS  := $(sort $(shell find rig drivers -name '*.h' 2>/dev/null))
MAINS    := $(sort $(shell find rig drivers -name main.c 2>/dev/null))
SUPPORT  := $(sort $(wildcard tests/support/*.c))
UNITS    := $(sort $(wildcard tests/unit/*.c tests/drivers/*.c))
LABS     := $(sort $(wildcard tests/lab/*.c))
PEERS    := $(sort $(wildcard tests/peers/*.c))
HELPERS  := $(sort $(wildcard tests/peers/helpers/*.c))
BENCHES  := $(sort $(wildcard tests/bench/*.c))
FUZZERS  := $(sort $(wildcard tests/fuzz/*.c))
SCRIPTS  := $(sort $(wildcard tests/command/*.sh tests/scenarios/run tests/house/*.sh))

LIBRARY         := $(BUILD)/libhilrig.a
SUPPORT_LIBRARY := $(if $(SUPPORT),$(BUILD)/libsupport.a)
OBJECTS         := $(SOURCES:%.c=$(BUILD)/%.o)
UNIT_TESTS      := $(UNITS:%.c=$(BUILD)/%)
# Scripts start processes and take longest; the pure ones, which take no time, fill up the cores at the end.
LONG_FIRST      := $(SCRIPTS) $(UNIT_TESTS)
LAB_PROGRAMS    := $(LABS:%.c=$(BUILD)/%)
PEER_PROGRAMS   := $(PEERS:%.c=$(BUILD)/%)
PEER_HELPERS    := $(HELPERS:%.c=$(BUILD)/%)
BENCH_PROGRAMS  := $(BENCHES:%.c=$(BUILD)/%)
FUZZ_PROGRAMS   := $(FUZZERS:%.c=$(BUILD)/%)

# ---- Programs: where a main goes when it exists -----------------------------------------------------------------

program   = $(if $(wildcard $(2)),$(BUILD)/$(1))
PROGRAMS := $(call program,hilrig,rig/main.c) $(call program,plant,drivers/sim/wire/main.c)

# make: build/hilrig and the programs beside it, with the Debian packages that they need
all: $(or $(strip $(PROGRAMS)),$(LIBRARY))
	@$(if $(wildcard rig/main.c),,echo "There is no rig/main.c yet: built $(LIBRARY) only.")

$(BUILD)/hilrig: $(BUILD)/rig/main.o
$(BUILD)/plant: $(BUILD)/drivers/sim/wire/main.o
$(PROGRAMS): $(LIBRARY) $(BUILD)/flags
	$(call say,link)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY) $(LIBRARIES)

# ---- How things are built ---------------------------------------------------------------------------------------

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/libsupport.a: $(SUPPORT:%.c=$(BUILD)/%.o)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT_LIBRARY) $(LIBRARY)
	$(call say,link)$(CC) $(LDFLAGS) -o $@ $< $(SUPPORT_LIBRARY) $(LIBRARY) $(LIBRARIES) $(TEST_LIBRARIES)

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(LIBRARY)
	$(call say,link)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(LIBRARY) $(LIBRARIES)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,compile)$(CC) $(CPPFLAGS) $(REVISION_FLAGS) $(LIBRARY_CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Rewritten only when its text changes, so that other flags rebuild everything and the same flags nothing.
# The source revision stands in every journal's boot line: no build hash, so that equal sources give equal bytes.
$(BUILD)/revision.h: always
	@mkdir -p $(@D)
	@echo "#define HILRIG_REVISION \"$$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)\"" > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/rig/command/revision.o: $(BUILD)/revision.h
$(BUILD)/rig/command/revision.o: REVISION_FLAGS = -include $(BUILD)/revision.h

$(BUILD)/flags: always packages
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(LIBRARY_CPPFLAGS) $(CFLAGS) : $(LDFLAGS) $(LIBRARIES)' > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

-include $(patsubst %.c,$(BUILD)/%.d,$(SOURCES) $(MAINS) $(SUPPORT) $(UNITS) $(LABS) $(PEERS) $(HELPERS) $(BENCHES) $(FUZZERS))

# ---- What must be installed: groups of tests/setup/packages.list ------------------------------------------------

needs        = build $(foreach goal,$(or $(MAKECMDGOALS),all),$(needs_$(goal)) $(if $(findstring /tests/,$(goal)),test))
needs_test   = test
needs_lab    = test lab
needs_peers  = test peers
needs_asan   = test
needs_tsan   = test
needs_coverage = test
needs_test-again = test
needs_fuzz   = fuzz
needs_clang  = test fuzz
needs_same-bytes = fuzz
needs_programs-again = fuzz
needs_all-again = test
needs_bench  = test bench lab
needs_mutants = test
needs_tidy   = tidy

packages:
	@tests/setup/packages.sh $(sort $(needs))

# ---- Targets for people -----------------------------------------------------------------------------------------

nothing = @echo "make $@: nothing to do yet: $(1)" >&2; exit 1

# make demo: the main job on the simulated bench
demo: $(PROGRAMS)
ifneq ($(wildcard rig/command/demo.c),)
	$(BUILD)/hilrig demo
else
	$(call nothing,there is no rig/command/demo.c)
endif

# make test: every test that needs neither hardware nor the kernel lab; ends with the number of cases
test: packages $(PROGRAMS) $(UNIT_TESTS) $(LIBRARY)
	@BUILD=$(BUILD) CC="$(CC)" tests/run.sh $(LONG_FIRST)

# make lab: the shipped program on real GPIO and serial drivers inside the kernel lab (CASE=name: only that one)
lab: packages $(PROGRAMS) $(LAB_PROGRAMS)
ifneq ($(wildcard tests/lab/run),)
	BUILD=$(BUILD) tests/lab/run $(CASE)
else
	$(call nothing,there is no tests/lab/run)
endif

# make peers: our bytes against programs that others wrote
peers: packages $(PROGRAMS) $(PEER_PROGRAMS) $(PEER_HELPERS)
ifneq ($(wildcard tests/peers/*.sh tests/peers/*.c),)
	@BUILD=$(BUILD) TEST_SECONDS=300 tests/run.sh $(PEER_PROGRAMS) $(sort $(wildcard tests/peers/*.sh))
else
	$(call nothing,there is no tests/peers/*.sh or *.c)
endif

# The sanitizers' own libraries come with gcc. House checks look at sources and are not repeated.
SANITIZER_TEST = HOUSE=no OPTIMISE='-O1 -g -fno-omit-frame-pointer'

# make asan: all tests under AddressSanitizer and UndefinedBehaviorSanitizer
asan:
	@$(MAKE) test-again BUILD=build/asan $(SANITIZER_TEST) \
	    EXTRA='-fsanitize=address,undefined -fno-sanitize-recover=all'

# make tsan: all tests under ThreadSanitizer, but those of simulated nights, judging and replays, which have one thread
tsan:
	@$(MAKE) test-again BUILD=build/tsan $(SANITIZER_TEST) EXTRA='-fsanitize=thread' \
	    ONE_THREAD='tests/scenarios/run $(addprefix tests/command/,dashboard.sh demo.sh devices.sh image.sh loaders.sh over_the_air.sh report.sh simulate.sh simulated.sh)'

test-again: packages $(PROGRAMS) $(UNIT_TESTS)
	@BUILD=$(BUILD) TEST_SECONDS=900 tests/run.sh $(filter-out tests/house/% $(ONE_THREAD),$(LONG_FIRST))

# make clang: everything built by clang, whose warnings are errors here
clang: packages
	@$(MAKE) all-again BUILD=build/clang CC=clang EXTRA=-Werror

# make same-bytes: one seed gives the same journal and reports, whatever compiler and optimisation made the program
same-bytes: $(PROGRAMS)
	@$(MAKE) programs-again BUILD=build/o0 OPTIMISE=-O0
	@$(MAKE) programs-again BUILD=build/clang CC=clang EXTRA=-Werror
	@PROGRAMS="$(BUILD)/hilrig build/o0/hilrig build/clang/hilrig" BUILD=$(BUILD) tests/run.sh tests/same_bytes.sh

programs-again: packages $(PROGRAMS)

all-again: $(PROGRAMS) $(UNIT_TESTS) $(LAB_PROGRAMS) $(PEER_PROGRAMS) $(PEER_HELPERS) $(BENCH_PROGRAMS) $(FUZZERS:%.c=$(BUILD)/%.o)

# make coverage: which lines the tests reach, worst file first
coverage:
	@$(MAKE) test-again BUILD=build/coverage OPTIMISE='-O0 -g' EXTRA='--coverage'
	@tests/setup/coverage.sh build/coverage $(SOURCES)

# make fuzz: every fuzzer for SECONDS=60 on its corpus in tests/fuzz/corpus (FUZZ=name: only that one)
fuzz: packages
ifneq ($(FUZZERS),)
	@$(MAKE) fuzz-again BUILD=build/fuzz CC=clang OPTIMISE='-O1 -g -fno-omit-frame-pointer' \
	    EXTRA='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
else
	$(call nothing,there is no tests/fuzz/*.c)
endif

FUZZ_CHOSEN = $(if $(FUZZ),$(FUZZ:%=$(BUILD)/tests/fuzz/%),$(FUZZ_PROGRAMS))
fuzz-again: $(FUZZ_CHOSEN)
	@BUILD=$(BUILD) tests/fuzz.sh $(SECONDS) $(FUZZ_CHOSEN)

# make bench: the figures, measured on this machine
bench: packages $(PROGRAMS) $(BENCH_PROGRAMS)
ifneq ($(wildcard tests/bench/*.c tests/bench/*.sh),)
	@set -e; for measure in $(BENCH_PROGRAMS) $(sort $(wildcard tests/bench/*.sh)); do \
	    echo "== $$measure"; BUILD=$(BUILD) HILRIG=$(BUILD)/hilrig $$measure; done
else
	$(call nothing,there is no tests/bench/*.c or *.sh)
endif

# make mutants: are wrong programs found out by the tests?
mutants: packages
ifneq ($(wildcard tests/mutants/run),)
	tests/mutants/run
else
	$(call nothing,there is no tests/mutants/run)
endif

# make tidy: clang-tidy with the checks of .clang-tidy
tidy: packages
	@printf '%s\n' $(SOURCES) $(MAINS) | xargs -P2 -n4 sh -c \
	    'clang-tidy --quiet "$$@" -- $(CPPFLAGS) $(LIBRARY_CPPFLAGS) -std=c11' clang-tidy

# make sizes: the longest files and functions; only prints
sizes:
	@tests/setup/sizes.sh $(SOURCES) $(MAINS) $(HEADERS)

# make man: build/hilrig.1, the manual page, which the program prints of itself
man: $(BUILD)/hilrig.1

$(BUILD)/hilrig.1: $(BUILD)/hilrig
	$(call say,print)$< help --man >$@.new && mv $@.new $@

# make install: hilrig, its manual page, scenarios, profiles and schemas below DESTDIR and PREFIX=/usr/local
install: $(PROGRAMS) man
ifneq ($(wildcard rig/main.c),)
	install -D -m 755 $(BUILD)/hilrig $(DESTDIR)$(PREFIX)/bin/hilrig
	install -D -m 644 $(BUILD)/hilrig.1 $(DESTDIR)$(PREFIX)/share/man/man1/hilrig.1
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/hilrig README.md LICENSE
	set -e; for file in $$(find scenarios drivers/profiles reports firmware-images \
	    -path 'reports/[0-9]*' -prune -o \( -name '*.yaml' -o -name '*.json' -o -name '*.md' -o -name '*.ota' -o -name '*.png' \) -print 2>/dev/null); do \
	    install -D -m 644 $$file $(DESTDIR)$(PREFIX)/share/hilrig/$$file; done
else
	$(call nothing,there is no rig/main.c)
endif

# make clean: removes everything that was built
clean:
	rm -rf build

# make help: this list
help:
	@sed -n 's/^# \(make[ a-z]*\): \(.*\)/\1:\2/p' Makefile | awk -F: '{printf "%-14s %s\n", $$1, substr($$0, length($$1) + 2)}'

.PHONY: all always packages demo test lab peers asan tsan clang same-bytes programs-again all-again test-again coverage fuzz fuzz-again bench mutants tidy sizes man install clean help
.SECONDARY:
