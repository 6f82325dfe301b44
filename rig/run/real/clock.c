/* Reading the host's clocks, and what the kernel knows of their quality. */

#include "rig/run/real/clock.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ns(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t clock_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t clock_utc_us(void)
{
	return clock_ns(CLOCK_REALTIME) / NS_PER_US;
}

void clock_state_read(struct record *record, int64_t *first_raw_offset_ns)
{
	struct timex timex = {.modes = 0};
	bool locked = adjtimex(&timex) >= 0 && !(timex.status & STA_UNSYNC);
	int64_t monotonic_ns = clock_ns(CLOCK_MONOTONIC);
	int64_t raw_offset_ns = monotonic_ns - clock_ns(CLOCK_MONOTONIC_RAW);

	if (*first_raw_offset_ns == INSTANT_NEVER)
		*first_raw_offset_ns = raw_offset_ns;
	memset(record, 0, sizeof *record);
	record->kind = RECORD_CLOCK;
	record->data.clock.state = locked ? CLOCK_LOCKED : CLOCK_FREE;
	/* timex.freq is in 2^-16 parts per million. */
	record->data.clock.frequency_ppb = (int64_t)timex.freq * 1000 / 65536;
	record->data.clock.suspended_ns = clock_ns(CLOCK_BOOTTIME) - monotonic_ns;
	record->data.clock.raw_offset_ns = raw_offset_ns - *first_raw_offset_ns;
}

void clock_boot_id(char id[WORD_TEXT_SIZE])
{
	int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t size = descriptor < 0 ? -1 : read(descriptor, id, WORD_TEXT_SIZE - 1);

	if (descriptor >= 0)
		close(descriptor);
	if (size <= 0) {
		text_copy(id, WORD_TEXT_SIZE, "unknown");
		return;
	}
	id[size] = '\0';
	id[strcspn(id, "\n")] = '\0';
}
