/*
 * Any bytes at any instants, with ports that come and go: every report keeps its contract, and giving bytes one by one
 * reports the same as giving them at once.
 */

#include "drivers/observer/console.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define REPORTS_MAX 4096

struct trace {
	struct console console;
	size_t count;
	struct { enum console_report_kind kind; int64_t t_ns, count, from, to; char code[8], guid[GUID_SIZE]; size_t line_size; }
		reports[REPORTS_MAX];
};

static struct trace whole, cut;

static const struct bench_console settings = {
	.alert_count = 3,
	.alerts = {
		{"AD1", "POA.*AD1( dev={guid})?"}, {"8F35", "8F3[57]|a(b|c)*d$"},
		{"8F36", "8F36( {guid})? {interrupted} {restored}( x{count})?( #{reference})?"},
	},
	.hub = {"ready", "^restart", "", "[^[:print:]]{3}", ""},
};

static void give(struct trace *trace, const struct console_event *event)
{
	struct console_report report;

	console_give(&trace->console, event);
	while (console_take(&trace->console, &report)) {
		assert(report.t_ns <= event->t_ns && report.t_ns >= 0);
		assert(report.kind != CONSOLE_ALERT || (report.code[0] && report.count >= 1));
		assert(strlen(report.guid) == 0 || strlen(report.guid) == GUID_SIZE - 1);
		assert(report.interruption_utc_us >= -1 && report.interruption_utc_us <= UTC_US_MAX);
		assert(report.line_size <= CONSOLE_LINE_SIZE && (report.line_size == 0 || report.line[report.line_size - 1] != '\n'));
		if (trace->count == REPORTS_MAX)
			continue;
		trace->reports[trace->count].kind = report.kind;
		trace->reports[trace->count].t_ns = report.t_ns;
		trace->reports[trace->count].count = report.count;
		trace->reports[trace->count].from = report.interruption_utc_us;
		trace->reports[trace->count].to = report.restoration_utc_us;
		memcpy(trace->reports[trace->count].code, report.code, sizeof report.code);
		memcpy(trace->reports[trace->count].guid, report.guid, sizeof report.guid);
		trace->reports[trace->count++].line_size = report.line_size;
	}
	assert(console_deadline(&trace->console) > event->t_ns || event->kind == CONSOLE_OPENED || event->kind == CONSOLE_BYTES);
}

/* Each event: kind, instant in tenths of a second since the one before, length; then its bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct bench_console configured = settings;
	struct console_event event = {0}, one;
	size_t i;

	if (size < 1)
		return 0;
	memset(&whole, 0, sizeof whole);
	memset(&cut, 0, sizeof cut);
	configured.heartbeat_ns = (bytes[0] & 3) * NS_PER_S;
	if (!console_init(&whole.console, &configured, NULL) || !console_init(&cut.console, &configured, NULL))
		assert(0 && "the patterns compile");
	for (bytes++, size--; size >= 3; bytes += event.size, size -= event.size) {
		event.kind = (enum console_event_kind)(bytes[0] % 4);
		event.t_ns += bytes[1] * NS_PER_S / 10;
		event.size = event.kind == CONSOLE_BYTES ? bytes[2] * 32U : 0;
		bytes += 3;
		size -= 3;
		if (event.size > size)
			event.size = size;
		event.bytes = bytes;
		give(&whole, &event);
		if (event.size == 0)
			give(&cut, &event);
		for (i = 0, one = event, one.size = 1; i < event.size; i++) {
			one.bytes = bytes + i;
			give(&cut, &one);
		}
	}
	assert(whole.count == cut.count && memcmp(whole.reports, cut.reports, sizeof whole.reports) == 0);
	return 0;
}
