/* A write, its read-backs, or a read. */

#include "drivers/modbus/exchange.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fail(struct exchange *exchange, struct exchange_unit *unit, const char *format, ...) PRINTF_LIKE(3, 4);
static void fail(struct exchange *exchange, struct exchange_unit *unit, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	error_set(&exchange->error, driver_settings_fault(unit->settings), "%s", text);
	exchange->state = EXCHANGE_FAILED;
}

static void assert_not_denied(const struct profile *profile, const struct modbus_transaction *transaction)
{
	int i;

	if (modbus_is_read(transaction->function))
		return;
	for (i = 0; i < transaction->count; i++)
		assert(!profile_denies(profile, transaction->address + i));
	for (i = 0; transaction->function == MODBUS_WRITE_COIL && i < profile->deny_value_count; i++)
		assert(transaction->values[0] < profile->deny_values[i].first || transaction->values[0] > profile->deny_values[i].last);
}

static void ask(struct exchange *exchange, struct exchange_unit *unit, struct modbus_transaction *transaction)
{
	const struct profile *profile = unit->settings->profile;
	bool reads = modbus_is_read(transaction->function);
	struct bus_request request = {
		.priority = exchange->priority,
		.response_ns = profile->response_ns,
		.gap_ns = profile->gap_ns,
		.deadline_ns = exchange->deadline_ns,
		.tries_max = EXCHANGE_TRIES,
		.idempotent = true, /* absolute values only: what toggles is denied */
		.tag = exchange->tag,
	};

	transaction->unit = unit->settings->unit;
	assert_not_denied(profile, transaction);
	request.transaction = *transaction;
	if (reads) {
		unit->read_function = transaction->function;
		unit->read_count = transaction->count;
	}
	exchange->state = reads ? EXCHANGE_READING : EXCHANGE_WRITING;
	if (!bus_submit(unit->bus, &request, &exchange->ticket, &exchange->error))
		exchange->state = EXCHANGE_FAILED;
}

static void begin(struct exchange *exchange)
{
	exchange->asked_ns = exchange->ended_ns = 0;
	exchange->tries = 0;
}

void exchange_write(struct exchange *exchange, struct exchange_unit *unit, const struct profile_access *set, const uint16_t *words,
		    int count)
{
	struct modbus_transaction transaction;

	begin(exchange);
	exchange->reads_due = 1;
	access_write(set, words, count, &transaction);
	ask(exchange, unit, &transaction);
}

void exchange_read(struct exchange *exchange, struct exchange_unit *unit, const struct access_span *span)
{
	struct modbus_transaction transaction = {.function = span->function, .address = span->address, .count = span->count};

	begin(exchange);
	exchange->offset = 0;
	exchange->reads_due = 0;
	ask(exchange, unit, &transaction);
}

static bool looks_like_the_last(const struct exchange_unit *unit, const struct modbus_transaction *transaction, bool registers)
{
	return unit->read_function == transaction->function && (!registers || unit->read_count == transaction->count);
}

static void ask_read_back(struct exchange *exchange, struct exchange_unit *unit)
{
	const struct profile *profile = unit->settings->profile;
	const struct profile_access *echo = &exchange->echo;
	bool registers = echo->function == MODBUS_READ_HOLDING || echo->function == MODBUS_READ_INPUT_REGISTERS;
	struct modbus_transaction transaction;

	access_read(echo, &transaction);
	exchange->offset = 0;
	if (looks_like_the_last(unit, &transaction, registers)) {
		if (registers && access_known(profile, echo->function, echo->address + echo->count)) {
			transaction.count++;
		} else if (registers && access_known(profile, echo->function, echo->address - 1)) {
			transaction.address--;
			transaction.count++;
			exchange->offset = 1;
		} else {
			exchange->reads_due = 2;
		}
	}
	ask(exchange, unit, &transaction);
}

static void fail_on_line(struct exchange *exchange, struct exchange_unit *unit, const struct bus_result *result)
{
	const char *text = modbus_outcome_text(result->outcome);
	bool maybe = result->sent && exchange->state == EXCHANGE_WRITING;

	if (result->outcome == MODBUS_EXCEPTION)
		fail(exchange, unit, "refused: exception %u, %s", result->exception, modbus_exception_text(result->exception));
	else if (result->tries > 1)
		fail(exchange, unit, "%s (%d tries)%s", text, result->tries, maybe ? "; it may have happened" : "");
	else
		fail(exchange, unit, "%s%s", text, maybe ? "; it may have happened" : "");
}

/* The write has its answer or has none; what it did is for the read-back to say. */
static void wrote(struct exchange *exchange, struct exchange_unit *unit, const struct bus_result *result)
{
	int64_t settled_ns = result->ended_ns + unit->settings->profile->settle_ns;
	bool answered = result->outcome == MODBUS_OK, proves = exchange->echo.function != 0;

	if (!answered && (!modbus_outcome_in_doubt(result->outcome) || !proves)) {
		fail_on_line(exchange, unit, result);
		return;
	}
	if (!proves) {
		exchange->state = EXCHANGE_DONE;
		return;
	}
	exchange->wake_ns = settled_ns < exchange->deadline_ns ? settled_ns : exchange->deadline_ns;
	if (exchange->priority == BUS_OFF)
		exchange->priority = BUS_SAFETY;
	ask_read_back(exchange, unit);
}

static bool reads_as_set(const struct exchange *exchange, const uint16_t *words, char read[ACCESS_TEXT_SIZE])
{
	int64_t milli;

	if (!exchange->channel) {
		snprintf(read, ACCESS_TEXT_SIZE, "%u", words[0]);
		return words[0] == exchange->raw;
	}
	milli = access_quantity(exchange->channel, &exchange->echo, words);
	access_text(exchange->channel, milli, read);
	return milli == exchange->milli;
}

static void read_back(struct exchange *exchange, struct exchange_unit *unit, int64_t t_ns)
{
	char read[ACCESS_TEXT_SIZE];
	struct modbus_transaction again;

	if (!reads_as_set(exchange, exchange->values + exchange->offset, read)) {
		if (t_ns >= exchange->wake_ns) {
			fail(exchange, unit, "reads back %s", read);
			return;
		}
		exchange->reads_due = 1;
		exchange->state = EXCHANGE_SETTLING;
		return;
	}
	if (--exchange->reads_due == 0) {
		exchange->state = EXCHANGE_DONE;
		return;
	}
	access_read(&exchange->echo, &again);
	exchange->offset = 0;
	ask(exchange, unit, &again);
}

bool exchange_result(struct exchange *exchange, struct exchange_unit *unit, const struct bus_result *result, int64_t t_ns)
{
	if (exchange->ticket != result->ticket || !exchange_is_under_way(exchange))
		return false;
	exchange->ticket = 0;
	if (result->tries && exchange->asked_ns == 0)
		exchange->asked_ns = result->each[0].asked_ns;
	if (result->tries)
		exchange->ended_ns = result->ended_ns;
	exchange->tries += result->tries;
	if (exchange->state == EXCHANGE_WRITING) {
		wrote(exchange, unit, result);
	} else if (result->outcome != MODBUS_OK) {
		fail_on_line(exchange, unit, result);
	} else {
		memcpy(exchange->values, result->transaction.values, sizeof exchange->values);
		if (exchange->reads_due == 0)
			exchange->state = EXCHANGE_DONE;
		else
			read_back(exchange, unit, t_ns);
	}
	return true;
}

void exchange_wake(struct exchange *exchange, struct exchange_unit *unit)
{
	assert(exchange->state == EXCHANGE_SETTLING);
	ask_read_back(exchange, unit);
}

void exchange_cancel(struct exchange *exchange, struct exchange_unit *unit, enum modbus_outcome outcome)
{
	assert(exchange_is_under_way(exchange));
	if (exchange->ticket)
		bus_cancel(unit->bus, exchange->ticket);
	exchange->ticket = 0;
	fail(exchange, unit, "%s", modbus_outcome_text(outcome));
}

bool exchange_is_under_way(const struct exchange *exchange)
{
	return exchange->state >= EXCHANGE_WRITING && exchange->state <= EXCHANGE_READING;
}
