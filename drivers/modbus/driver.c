/*
 * One instrument. Each command is a job with one request on the bus at a time: a write that a read proves, or a read. What
 * the driver does by itself (identity, start registers, limits, renewals) are jobs too, but end in a notice.
 */

#include "drivers/modbus/driver.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static const struct profile_channel *channel_of(const struct modbus_driver *driver, const struct driver_job *job)
{
	return &driver->settings.profile->channels[job->command.channel];
}

/* Whose fault it is when this instrument does not do what it is told. */
static enum fault fault_of(const struct modbus_driver *driver)
{
	return profile_channel_find(driver->settings.profile, "volts") >= 0 ? FAULT_SUPPLY : FAULT_RIG;
}

static bool is_off(const struct profile_channel *channel, int64_t milli)
{
	return milli == access_off(channel);
}

/* ---- Jobs ---- */

static struct driver_job *job_take(struct modbus_driver *driver, enum driver_job_kind kind)
{
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++) {
		struct driver_job *job = &driver->jobs[i];

		if (job->state != JOB_FREE)
			continue;
		memset(job, 0, sizeof *job);
		job->kind = kind;
		job->command.channel = job->report.channel = -1;
		job->priority = BUS_COMMAND;
		return job;
	}
	return NULL;
}

/* "volts: set 12.000 V", as the front of an error about this job. */
static void job_prefix(const struct modbus_driver *driver, const struct driver_job *job, struct error *error)
{
	char text[ACCESS_TEXT_SIZE];

	switch (job->kind) {
	case JOB_SET:
	case JOB_LIMIT:
		access_text(channel_of(driver, job), job->command.milli, text);
		error_prefix(error, "%s: %s: set %s", driver->settings.name, channel_of(driver, job)->name, text);
		break;
	case JOB_GET:
		error_prefix(error, "%s: %s: read", driver->settings.name, channel_of(driver, job)->name);
		break;
	case JOB_WATCH:
		error_prefix(error, "%s: read back", driver->settings.name);
		break;
	case JOB_IDENTITY:
		error_prefix(error, "%s: identity", driver->settings.name);
		break;
	case JOB_START:
		error_prefix(error, "%s: register %d", driver->settings.name, job->echo.address);
		break;
	case JOB_RENEWAL:
		error_prefix(error, "%s: %s: renewal of its dead-man", driver->settings.name, channel_of(driver, job)->name);
		break;
	}
}

static void notice(struct modbus_driver *driver, enum driver_report_kind kind, int channel, const struct error *error)
{
	struct driver_report *report = &driver->notices[kind];

	*report = (struct driver_report){.kind = kind, .channel = channel, .ok = kind == REPORT_READY};
	if (error)
		report->error = *error;
	driver->noticed[kind] = ++driver->notice_count;
}

/* ---- Requests ---- */

static void assert_not_denied(const struct modbus_driver *driver, const struct modbus_transaction *transaction)
{
	const struct profile *profile = driver->settings.profile;
	int i;

	if (modbus_is_read(transaction->function))
		return;
	for (i = 0; i < transaction->count; i++)
		assert(!profile_denies(profile, transaction->address + i));
	for (i = 0; transaction->function == MODBUS_WRITE_COIL && i < profile->deny_value_count; i++)
		assert(transaction->values[0] < profile->deny_values[i].first || transaction->values[0] > profile->deny_values[i].last);
}

static bool ask(struct modbus_driver *driver, struct driver_job *job, struct modbus_transaction *transaction,
		enum driver_job_state state)
{
	const struct profile *profile = driver->settings.profile;
	struct bus_request request = {
		.priority = job->priority,
		.response_ns = profile->response_ns,
		.gap_ns = profile->gap_ns,
		.deadline_ns = job->command.deadline_ns,
		.tries_max = DRIVER_TRIES,
		.idempotent = true, /* absolute values only: what toggles is denied */
		.tag = (uint32_t)(driver->settings.index + 1) << 16 | (uint32_t)(job - driver->jobs),
	};

	transaction->unit = driver->settings.unit;
	assert_not_denied(driver, transaction);
	request.transaction = *transaction;
	if (modbus_is_read(transaction->function)) {
		driver->read_function = transaction->function;
		driver->read_count = transaction->count;
	}
	job->state = state;
	return bus_submit(driver->bus, &request, &job->ticket, &job->report.error);
}

static bool ask_write(struct modbus_driver *driver, struct driver_job *job, const struct profile_access *set,
		      const uint16_t *words, int count)
{
	struct modbus_transaction transaction;

	access_write(set, words, count, &transaction);
	return ask(driver, job, &transaction, JOB_WRITING);
}

/*
 * A read of job->echo. A read-back that would look like the last read of this instrument takes a neighbour with it, so that the
 * answers differ in size; where none is known it is done twice. Coils differ in size only by the byte, so for them it is twice.
 */
static bool ask_read(struct modbus_driver *driver, struct driver_job *job, bool proves)
{
	const struct profile *profile = driver->settings.profile;
	const struct profile_access *echo = &job->echo;
	bool registers = echo->function == MODBUS_READ_HOLDING || echo->function == MODBUS_READ_INPUT_REGISTERS;
	struct modbus_transaction transaction;

	access_read(echo, &transaction);
	job->offset = 0;
	if (proves && driver->read_function == echo->function && (!registers || driver->read_count == echo->count)) {
		if (registers && access_known(profile, echo->function, echo->address + echo->count)) {
			transaction.count++;
		} else if (registers && access_known(profile, echo->function, echo->address - 1)) {
			transaction.address--;
			transaction.count++;
			job->offset = 1;
		} else if (job->reads_due == 1 && !job->settled) {
			job->reads_due = 2;
		}
	}
	return ask(driver, job, &transaction, JOB_READING);
}

static bool ask_span(struct modbus_driver *driver, struct driver_job *job)
{
	const struct access_span *span = &driver->spans[job->span];
	struct modbus_transaction transaction = {.function = span->function, .address = span->address, .count = span->count};

	return ask(driver, job, &transaction, JOB_READING);
}

/* ---- What the driver does by itself ---- */

static void end(struct modbus_driver *driver, struct driver_job *job, bool ok, int64_t t_ns);

static void fail(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns, const char *format, ...) PRINTF_LIKE(4, 5);
static void fail(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	error_set(&job->report.error, fault_of(driver), "%s", text);
	job_prefix(driver, job, &job->report.error);
	end(driver, job, false, t_ns);
}

/* A request that the bus did not take. */
static void fail_asking(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	job_prefix(driver, job, &job->report.error);
	end(driver, job, false, t_ns);
}

static void begin_identity(struct modbus_driver *driver, int64_t t_ns)
{
	const struct profile *profile = driver->settings.profile;
	struct driver_job *job = job_take(driver, JOB_IDENTITY);

	driver->retry_ns = INSTANT_NEVER;
	if (!job) {
		driver->retry_ns = t_ns + DRIVER_IDENTITY_PAUSE_NS;
		return;
	}
	driver->state = DRIVER_IDENTIFYING;
	driver->prepared = 0;
	job->command.deadline_ns = t_ns + DRIVER_OWN_DEADLINE_NS;
	job->echo = profile->identity;
	if (profile->identity_count == 0) /* it cannot say what it is: that it answers at all must do */
		job->echo = (struct profile_access){.function = driver->spans[0].function, .address = driver->spans[0].address,
						    .count = 1, .scale = 1};
	if (!ask_read(driver, job, false))
		fail_asking(driver, job, t_ns);
}

static void begin_limit(struct modbus_driver *driver, struct driver_job *job, const struct driver_limit *limit, int64_t t_ns)
{
	const struct profile_channel *channel = &driver->settings.profile->channels[limit->channel];
	uint16_t words[2];
	int count;

	job->kind = JOB_LIMIT;
	job->command.channel = limit->channel;
	job->command.milli = limit->milli;
	job->echo = channel->echo;
	count = access_words(channel, limit->milli, words, NULL);
	assert(count > 0);
	if (!ask_write(driver, job, &channel->set, words, count))
		fail_asking(driver, job, t_ns);
}

static void begin_start(struct modbus_driver *driver, struct driver_job *job, const struct profile_start *start, int64_t t_ns)
{
	const struct profile_access place = {.function = MODBUS_WRITE_REGISTER, .address = start->address, .count = 1, .scale = 1};

	job->words[0] = (uint16_t)start->value;
	job->echo = place;
	job->echo.function = MODBUS_READ_HOLDING;
	if (!ask_write(driver, job, &place, job->words, 1))
		fail_asking(driver, job, t_ns);
}

/* The next start register or limit; after the last the instrument is ready. */
static void prepare(struct modbus_driver *driver, int64_t t_ns)
{
	const struct profile *profile = driver->settings.profile;
	struct driver_job *job;
	int limit = driver->prepared - profile->start_count;

	driver->state = DRIVER_PREPARING;
	if (limit == driver->settings.limit_count) {
		driver->state = DRIVER_READY;
		notice(driver, REPORT_READY, -1, NULL);
		return;
	}
	job = job_take(driver, JOB_START);
	if (!job) {
		driver->state = DRIVER_UNKNOWN;
		driver->retry_ns = t_ns + DRIVER_IDENTITY_PAUSE_NS;
		return;
	}
	job->command.deadline_ns = t_ns + DRIVER_OWN_DEADLINE_NS;
	if (limit < 0)
		begin_start(driver, job, &profile->start[driver->prepared], t_ns);
	else
		begin_limit(driver, job, &driver->settings.limits[limit], t_ns);
}

static void unusable(struct modbus_driver *driver, const struct error *error, int64_t t_ns)
{
	if (!driver->present)
		return;
	notice(driver, REPORT_UNUSABLE, -1, error);
	if (driver->state != DRIVER_WRONG) {
		driver->state = DRIVER_UNKNOWN;
		driver->retry_ns = t_ns + DRIVER_IDENTITY_PAUSE_NS;
	}
}

static int64_t dead_man_units(const struct profile_channel *channel)
{
	return smaller(DRIVER_DEAD_MAN_NS / channel->dead_man_unit_ns, channel->dead_man_max);
}

static void renewed(struct modbus_driver *driver, int channel, int64_t asked_ns)
{
	const struct profile_channel *profile_channel = &driver->settings.profile->channels[channel];
	int64_t hold_ns = dead_man_units(profile_channel) * profile_channel->dead_man_unit_ns;

	driver->channels[channel].falls_ns = asked_ns + hold_ns;
	driver->channels[channel].renew_ns = asked_ns + hold_ns / 3;
}

static void begin_renewal(struct modbus_driver *driver, int channel, int64_t t_ns)
{
	const struct profile_channel *profile_channel = &driver->settings.profile->channels[channel];
	uint16_t units = (uint16_t)dead_man_units(profile_channel);
	struct driver_job *job = job_take(driver, JOB_RENEWAL);

	driver->channels[channel].renew_ns = smaller(t_ns + NS_PER_S, driver->channels[channel].falls_ns);
	if (!job)
		return;
	job->command.channel = job->report.channel = channel;
	job->command.deadline_ns = driver->channels[channel].falls_ns;
	job->priority = BUS_SAFETY;
	driver->channels[channel].renew_ns = INSTANT_NEVER;
	if (!ask_write(driver, job, &profile_channel->dead_man, &units, 1))
		fail_asking(driver, job, t_ns);
}

static void end_renewal(struct modbus_driver *driver, const struct driver_job *job, int64_t t_ns)
{
	struct driver_channel *channel = &driver->channels[job->command.channel];

	if (job->report.ok) {
		renewed(driver, job->command.channel, job->report.asked_ns);
		return;
	}
	if (driver->present)
		notice(driver, REPORT_DEAD_MAN, job->command.channel, &job->report.error);
	if (t_ns < channel->falls_ns)
		channel->renew_ns = smaller(t_ns + NS_PER_S, channel->falls_ns);
	else
		channel->wanted_known = false;
}

static void end(struct modbus_driver *driver, struct driver_job *job, bool ok, int64_t t_ns)
{
	job->report.ok = ok;
	job->ticket = 0;
	job->state = job->kind <= JOB_WATCH ? JOB_ENDED : JOB_FREE;
	switch (job->kind) {
	case JOB_SET:
	case JOB_GET:
	case JOB_WATCH:
		break;
	case JOB_IDENTITY:
	case JOB_START:
	case JOB_LIMIT:
		if (!ok) {
			unusable(driver, &job->report.error, t_ns);
			break;
		}
		driver->proved = true;
		driver->prepared += job->kind != JOB_IDENTITY;
		prepare(driver, t_ns);
		break;
	case JOB_RENEWAL:
		end_renewal(driver, job, t_ns);
		break;
	}
}

/* ---- Commands ---- */

/* A newer command for a channel ends an older one, and what would keep the channel on. */
static void end_older(struct modbus_driver *driver, int channel, int64_t t_ns)
{
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++) {
		struct driver_job *job = &driver->jobs[i];

		if (job->state == JOB_FREE || job->state == JOB_ENDED || job->command.channel != channel ||
		    (job->kind != JOB_SET && job->kind != JOB_RENEWAL))
			continue;
		bus_cancel(driver->bus, job->ticket);
		if (job->kind == JOB_RENEWAL)
			job->state = JOB_FREE;
		else
			fail(driver, job, t_ns, "%s", modbus_outcome_text(MODBUS_CANCELLED));
	}
	driver->channels[channel].renew_ns = INSTANT_NEVER;
	driver->channels[channel].wanted_known = false;
}

static const char *why_not(const struct modbus_driver *driver)
{
	switch (driver->state) {
	case DRIVER_WRONG:
		return "the instrument is another one than the bench file says";
	case DRIVER_PREPARING:
		return "its limits have not been read back yet";
	case DRIVER_UNKNOWN:
	case DRIVER_IDENTIFYING:
		return driver->present ? "the instrument has not said what it is" : "its port is not there";
	case DRIVER_READY:
		break;
	}
	return NULL;
}

static bool may_set(const struct modbus_driver *driver, const struct driver_command *command, struct error *error)
{
	const struct profile_channel *channel = &driver->settings.profile->channels[command->channel];
	int64_t high = driver->settings.high_milli[command->channel];
	char given[ACCESS_TEXT_SIZE], most[ACCESS_TEXT_SIZE];

	if (channel->set.function == 0)
		return error_set(error, FAULT_CONFIGURATION, "can only be read");
	if (channel->kind == PROFILE_LEVEL && high && command->milli > high) {
		access_text(channel, command->milli, given);
		access_text(channel, high, most);
		return error_set(error, FAULT_CONFIGURATION, "%s is above the bench's own limit of %s", given, most);
	}
	if (is_off(channel, command->milli) && driver->proved && driver->state != DRIVER_WRONG)
		return true;
	return driver->state == DRIVER_READY || error_set(error, fault_of(driver), "%s", why_not(driver));
}

static bool begin_set(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	const struct profile_channel *channel = channel_of(driver, job);
	const struct profile_access *set = &channel->set;
	bool off = is_off(channel, job->command.milli);
	uint16_t words[2];
	int count;

	if (!may_set(driver, &job->command, &job->report.error))
		return false;
	count = access_words(channel, job->command.milli, words, &job->report.error);
	if (count == 0)
		return false;
	if (!off && driver->settings.dead_man[job->command.channel]) {
		set = &channel->dead_man;
		words[0] = (uint16_t)dead_man_units(channel);
	}
	end_older(driver, job->command.channel, t_ns);
	job->echo = channel->echo.function ? channel->echo : channel->get;
	if (off)
		job->priority = BUS_OFF;
	return ask_write(driver, job, set, words, count);
}

static bool begin_reading(struct modbus_driver *driver, struct driver_job *job)
{
	const struct profile_access *get;

	if (driver->state != DRIVER_READY)
		return error_set(&job->report.error, fault_of(driver), "%s", why_not(driver));
	job->priority = BUS_READING;
	if (job->kind == JOB_WATCH)
		return ask_span(driver, job);
	get = access_get(channel_of(driver, job));
	if (!get)
		return error_set(&job->report.error, FAULT_CONFIGURATION, "cannot be read");
	job->echo = *get;
	return ask_read(driver, job, false);
}

bool driver_command(struct modbus_driver *driver, const struct driver_command *command, int64_t t_ns, struct error *error)
{
	static const enum driver_job_kind kinds[] = {[COMMAND_SET] = JOB_SET, [COMMAND_GET] = JOB_GET, [COMMAND_WATCH] = JOB_WATCH};
	struct driver_job *job = job_take(driver, kinds[command->kind]);
	struct driver_job empty = {.kind = kinds[command->kind], .command = *command};

	assert(command->kind == COMMAND_WATCH ||
	       (command->channel >= 0 && command->channel < driver->settings.profile->channel_count));
	if (!job) {
		error_set(error, FAULT_RIG, "more than %d commands at a time", DRIVER_JOBS_MAX);
		job_prefix(driver, &empty, error);
		return false;
	}
	job->command = *command;
	job->report = (struct driver_report){.kind = REPORT_ANSWER, .tag = command->tag, .command = command->kind,
					     .channel = command->kind == COMMAND_WATCH ? -1 : command->channel};
	if (job->kind == JOB_SET ? begin_set(driver, job, t_ns) : begin_reading(driver, job))
		return true;
	job_prefix(driver, job, &job->report.error);
	if (error)
		*error = job->report.error;
	job->state = JOB_FREE;
	return false;
}

/* ---- Results ---- */

int driver_result_index(const struct bus_result *result)
{
	return (int)(result->tag >> 16) - 1;
}

static void account(struct driver_report *report, const struct bus_result *result)
{
	if (result->tries && report->asked_ns == 0)
		report->asked_ns = result->each[0].asked_ns;
	if (result->tries)
		report->ended_ns = result->ended_ns;
	report->tries += result->tries;
}

static void fail_on_line(struct modbus_driver *driver, struct driver_job *job, const struct bus_result *result, int64_t t_ns)
{
	const char *text = modbus_outcome_text(result->outcome);
	bool maybe = result->sent && job->state == JOB_WRITING && result->outcome != MODBUS_EXCEPTION;

	if (result->outcome == MODBUS_EXCEPTION)
		fail(driver, job, t_ns, "refused: exception %u, %s", result->exception, modbus_exception_text(result->exception));
	else if (result->tries > 1)
		fail(driver, job, t_ns, "%s (%d tries)%s", text, result->tries, maybe ? "; it may have happened" : "");
	else
		fail(driver, job, t_ns, "%s%s", text, maybe ? "; it may have happened" : "");
}

/* The write has its answer or has none; what it did is for the read-back to say. */
static void wrote(struct modbus_driver *driver, struct driver_job *job, const struct bus_result *result, int64_t t_ns)
{
	bool answered = result->outcome == MODBUS_OK;

	if (!answered && (!modbus_outcome_in_doubt(result->outcome) || job->kind == JOB_RENEWAL)) {
		fail_on_line(driver, job, result, t_ns);
		return;
	}
	if (job->kind == JOB_RENEWAL) {
		end(driver, job, true, t_ns);
		return;
	}
	job->wake_ns = smaller(result->ended_ns + driver->settings.profile->settle_ns, job->command.deadline_ns);
	job->reads_due = 1;
	if (job->priority == BUS_OFF)
		job->priority = BUS_SAFETY;
	if (!ask_read(driver, job, true))
		fail_asking(driver, job, t_ns);
}

static void proved_set(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	struct driver_channel *channel = &driver->channels[job->command.channel];

	job->report.milli = job->command.milli;
	channel->wanted_known = true;
	channel->wanted_milli = job->command.milli;
	channel->wanted_ns = t_ns;
	if (job->kind == JOB_SET && driver->settings.dead_man[job->command.channel] &&
	    !is_off(channel_of(driver, job), job->command.milli))
		renewed(driver, job->command.channel, job->report.asked_ns);
	end(driver, job, true, t_ns);
}

static bool reads_as_set(const struct modbus_driver *driver, struct driver_job *job, const uint16_t *words, char read[ACCESS_TEXT_SIZE])
{
	int64_t milli;

	if (job->kind == JOB_START) {
		snprintf(read, ACCESS_TEXT_SIZE, "%u", words[0]);
		return words[0] == job->words[0];
	}
	milli = access_quantity(channel_of(driver, job), &job->echo, words);
	access_text(channel_of(driver, job), milli, read);
	return milli == job->command.milli;
}

static void read_back(struct modbus_driver *driver, struct driver_job *job, const uint16_t *words, int64_t t_ns)
{
	char read[ACCESS_TEXT_SIZE];

	if (!reads_as_set(driver, job, words, read)) {
		if (!job->settled && t_ns < job->wake_ns) {
			job->settled = true;
			job->state = JOB_SETTLING;
			return;
		}
		fail(driver, job, t_ns, "reads back %s", read);
		return;
	}
	if (--job->reads_due > 0) {
		if (!ask_read(driver, job, false))
			fail_asking(driver, job, t_ns);
		return;
	}
	if (job->kind == JOB_START)
		end(driver, job, true, t_ns);
	else
		proved_set(driver, job, t_ns);
}

static void identified(struct modbus_driver *driver, struct driver_job *job, const uint16_t *words, int64_t t_ns)
{
	const struct profile *profile = driver->settings.profile;
	int64_t raw = access_raw(&job->echo, words);
	int i;

	if (profile->identity_count == 0) {
		end(driver, job, true, t_ns);
		return;
	}
	for (i = 0; i < profile->identity_count; i++) {
		if (raw == profile->identity_values[i]) {
			end(driver, job, true, t_ns);
			return;
		}
	}
	driver->state = DRIVER_WRONG;
	fail(driver, job, t_ns, "register %d reads %" PRId64 ", which is no %s", profile->identity.address, raw, profile->name);
}

/* ---- Readings ---- */

/*
 * The instrument is not as it was left. Nothing that was set counts any more, and what raises something is ended; identity
 * and limits come first again.
 */
static void reset(struct modbus_driver *driver, int channel, const struct error *error, bool tripped, int64_t t_ns)
{
	int i;

	for (i = 0; i < driver->settings.profile->channel_count; i++) {
		driver->channels[i].wanted_known = false;
		driver->channels[i].renew_ns = INSTANT_NEVER;
	}
	for (i = 0; i < DRIVER_JOBS_MAX; i++) {
		struct driver_job *job = &driver->jobs[i];

		if (job->kind != JOB_SET && job->kind != JOB_RENEWAL)
			continue;
		if (job->state == JOB_FREE || job->state == JOB_ENDED || is_off(channel_of(driver, job), job->command.milli))
			continue;
		bus_cancel(driver->bus, job->ticket);
		if (job->kind == JOB_SET)
			fail(driver, job, t_ns, "%s: the instrument has been reset", modbus_outcome_text(MODBUS_CANCELLED));
		else
			job->state = JOB_FREE;
	}
	notice(driver, tripped ? REPORT_TRIPPED : REPORT_RESET, channel, error);
	begin_identity(driver, t_ns);
}

static bool has_tripped(const struct modbus_driver *driver)
{
	int channel = profile_channel_find(driver->settings.profile, "protection");

	return channel >= 0 && driver->channels[channel].seen && driver->channels[channel].seen_milli != 0;
}

/* Whether the channel was left at something else than this, known before the read was asked for. */
static bool changed(struct modbus_driver *driver, struct driver_job *job, int channel, int64_t milli)
{
	const struct driver_channel *state = &driver->channels[channel];
	const struct profile_channel *profile_channel = &driver->settings.profile->channels[channel];
	char read[ACCESS_TEXT_SIZE], left[ACCESS_TEXT_SIZE];

	if (!state->wanted_known || state->wanted_ns > job->report.asked_ns || state->wanted_milli == milli)
		return false;
	access_text(profile_channel, milli, read);
	access_text(profile_channel, state->wanted_milli, left);
	error_set(&job->report.error, fault_of(driver), "%s: %s reads %s, was left at %s: %s", driver->settings.name,
		  profile_channel->name, read, left,
		  has_tripped(driver) ? "its own protection has acted" : "it has been reset, or set by somebody else");
	return true;
}

static void end_changed(struct modbus_driver *driver, struct driver_job *job, int channel, int64_t t_ns)
{
	struct error error = job->report.error;

	end(driver, job, false, t_ns);
	reset(driver, channel, &error, has_tripped(driver), t_ns);
}

static void note(struct modbus_driver *driver, int channel, int64_t milli, int64_t t_ns)
{
	driver->channels[channel].seen = true;
	driver->channels[channel].seen_milli = milli;
	driver->channels[channel].seen_ns = t_ns;
}

static void got(struct modbus_driver *driver, struct driver_job *job, const uint16_t *words, int64_t t_ns)
{
	const struct profile_channel *channel = channel_of(driver, job);

	job->report.milli = access_quantity(channel, &job->echo, words);
	note(driver, job->command.channel, job->report.milli, job->report.ended_ns);
	if (channel->kind == PROFILE_SWITCH && changed(driver, job, job->command.channel, job->report.milli))
		end_changed(driver, job, job->command.channel, t_ns);
	else
		end(driver, job, true, t_ns);
}

static bool in_span(const struct access_span *span, const struct profile_access *access)
{
	return access->function == span->function && access->address >= span->address &&
	       access->address + access->count <= span->address + span->count;
}

static void take_span(struct modbus_driver *driver, struct driver_job *job, const uint16_t *values)
{
	const struct profile *profile = driver->settings.profile;
	const struct access_span *span = &driver->spans[job->span];
	int i;

	for (i = 0; i < profile->channel_count; i++) {
		const struct profile_channel *channel = &profile->channels[i];
		const struct profile_access *get = access_get(channel), *echo = &channel->echo;

		if (get && in_span(span, get))
			note(driver, i, access_quantity(channel, get, values + (get->address - span->address)), job->report.ended_ns);
		if (echo->function && in_span(span, echo)) {
			driver->channels[i].echo_milli = access_quantity(channel, echo, values + (echo->address - span->address));
			driver->channels[i].echo_ns = job->report.ended_ns;
		}
	}
}

static void watched(struct modbus_driver *driver, struct driver_job *job, const uint16_t *values, int64_t t_ns)
{
	int i;

	take_span(driver, job, values);
	if (++job->span < driver->span_count) {
		if (!ask_span(driver, job))
			fail_asking(driver, job, t_ns);
		return;
	}
	for (i = 0; i < driver->settings.profile->channel_count; i++) {
		if (driver->channels[i].echo_ns >= job->report.asked_ns && changed(driver, job, i, driver->channels[i].echo_milli)) {
			end_changed(driver, job, i, t_ns);
			return;
		}
	}
	end(driver, job, true, t_ns);
}

static void have_read(struct modbus_driver *driver, struct driver_job *job, const struct bus_result *result, int64_t t_ns)
{
	const uint16_t *words = result->transaction.values + job->offset;

	if (result->outcome != MODBUS_OK) {
		fail_on_line(driver, job, result, t_ns);
		return;
	}
	switch (job->kind) {
	case JOB_SET:
	case JOB_START:
	case JOB_LIMIT:
		read_back(driver, job, words, t_ns);
		break;
	case JOB_GET:
		got(driver, job, words, t_ns);
		break;
	case JOB_WATCH:
		watched(driver, job, words, t_ns);
		break;
	case JOB_IDENTITY:
		identified(driver, job, words, t_ns);
		break;
	case JOB_RENEWAL:
		assert(false);
	}
}

void driver_result(struct modbus_driver *driver, const struct bus_result *result, int64_t t_ns)
{
	struct driver_job *job = &driver->jobs[result->tag & 0xFFFF];

	if (job->ticket != result->ticket || (job->state != JOB_WRITING && job->state != JOB_READING))
		return; /* of a command that was ended before */
	job->ticket = 0;
	account(&job->report, result);
	if (job->state == JOB_WRITING)
		wrote(driver, job, result, t_ns);
	else
		have_read(driver, job, result, t_ns);
}

/* ---- Life ---- */

static bool check_write(const struct driver_settings *settings, const char *name, const struct profile_access *access,
			struct error *error)
{
	int i;

	for (i = 0; i < access->count; i++)
		if (profile_denies(settings->profile, access->address + i))
			return error_set(error, FAULT_CONFIGURATION, "%s: %s writes register %d, which the profile denies",
					 settings->name, name, access->address + i);
	return true;
}

static bool check_channel(const struct driver_settings *settings, int index, struct error *error)
{
	const struct profile_channel *channel = &settings->profile->channels[index];

	if (channel->set.function && !check_write(settings, channel->name, &channel->set, error))
		return false;
	if (!settings->dead_man[index])
		return true;
	if (channel->dead_man_unit_ns <= 0 || dead_man_units(channel) < 3)
		return error_set(error, FAULT_CONFIGURATION, "%s: %s has no dead-man", settings->name, channel->name);
	return check_write(settings, channel->name, &channel->dead_man, error);
}

static bool check_limit(const struct driver_settings *settings, const struct driver_limit *limit, struct error *error)
{
	const struct profile_channel *channel = &settings->profile->channels[limit->channel];
	uint16_t words[2];

	if (channel->set.function == 0)
		return error_set(error, FAULT_CONFIGURATION, "%s: %s cannot be set", settings->name, channel->name);
	if (access_words(channel, limit->milli, words, error) == 0)
		return error_prefix(error, "%s: %s", settings->name, channel->name);
	return true;
}

static bool check(const struct driver_settings *settings, struct error *error)
{
	const struct profile *profile = settings->profile;
	int i;

	if (settings->unit < 1 || settings->unit > 247)
		return error_set(error, FAULT_CONFIGURATION, "%s: unit %d is not 1 to 247", settings->name, settings->unit);
	for (i = 0; i < profile->channel_count; i++)
		if (!check_channel(settings, i, error))
			return false;
	for (i = 0; i < profile->start_count; i++)
		if (profile_denies(profile, profile->start[i].address))
			return error_set(error, FAULT_CONFIGURATION, "%s: the start writes register %d, which the profile denies",
					 settings->name, profile->start[i].address);
	for (i = 0; i < settings->limit_count; i++)
		if (!check_limit(settings, &settings->limits[i], error))
			return false;
	return true;
}

static void add_span(struct modbus_driver *driver, const struct profile_access *access)
{
	int most = driver->settings.profile->read_max < MODBUS_VALUES_MAX ? driver->settings.profile->read_max : MODBUS_VALUES_MAX;
	struct access_span place = {.function = (uint8_t)access->function, .address = (uint16_t)access->address,
				    .count = (uint16_t)access->count};

	if (access->function)
		driver->span_count = access_span_add(driver->spans, driver->span_count, place, most);
}

bool driver_init(struct modbus_driver *driver, const struct driver_settings *settings, struct bus *bus, struct error *error)
{
	const struct profile *profile = settings->profile;
	int i;

	assert(settings->limit_count >= 0 && settings->limit_count <= DRIVER_LIMITS_MAX);
	if (!check(settings, error))
		return false;
	memset(driver, 0, sizeof *driver);
	driver->settings = *settings;
	driver->bus = bus;
	driver->retry_ns = INSTANT_NEVER;
	for (i = 0; i < profile->channel_count; i++) {
		driver->channels[i].renew_ns = INSTANT_NEVER;
		add_span(driver, &profile->channels[i].get);
		add_span(driver, &profile->channels[i].echo);
	}
	if (driver->span_count == 0)
		return error_set(error, FAULT_CONFIGURATION, "%s: nothing of it can be read", settings->name);
	return true;
}

void driver_attach(struct modbus_driver *driver, int64_t t_ns)
{
	driver->present = true;
	begin_identity(driver, t_ns);
}

void driver_detach(struct modbus_driver *driver, int64_t t_ns)
{
	struct error error;
	int i;

	driver->present = false;
	driver->state = DRIVER_UNKNOWN;
	driver->retry_ns = INSTANT_NEVER;
	for (i = 0; i < PROFILE_CHANNELS_MAX; i++)
		driver->channels[i] = (struct driver_channel){.renew_ns = INSTANT_NEVER};
	for (i = 0; i < DRIVER_JOBS_MAX; i++)
		if (driver->jobs[i].state != JOB_FREE && driver->jobs[i].state != JOB_ENDED) {
			bus_cancel(driver->bus, driver->jobs[i].ticket);
			fail(driver, &driver->jobs[i], t_ns, "%s", modbus_outcome_text(MODBUS_LOST));
		}
	error_set(&error, fault_of(driver), "%s: %s", driver->settings.name, modbus_outcome_text(MODBUS_LOST));
	notice(driver, REPORT_GONE, -1, &error);
}

void driver_tick(struct modbus_driver *driver, int64_t t_ns)
{
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++) {
		struct driver_job *job = &driver->jobs[i];

		if (job->state == JOB_SETTLING && job->wake_ns <= t_ns && !ask_read(driver, job, true))
			fail_asking(driver, job, t_ns);
	}
	if (driver->retry_ns <= t_ns)
		begin_identity(driver, t_ns);
	for (i = 0; i < driver->settings.profile->channel_count; i++)
		if (driver->channels[i].renew_ns <= t_ns)
			begin_renewal(driver, i, t_ns);
}

int64_t driver_deadline(const struct modbus_driver *driver)
{
	int64_t deadline = driver->retry_ns;
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++)
		if (driver->jobs[i].state == JOB_SETTLING)
			deadline = smaller(deadline, driver->jobs[i].wake_ns);
	for (i = 0; i < driver->settings.profile->channel_count; i++)
		deadline = smaller(deadline, driver->channels[i].renew_ns);
	return deadline;
}

static int first_notice(const struct modbus_driver *driver)
{
	int found = -1, i;

	for (i = 0; i < REPORT_KIND_COUNT; i++)
		if (driver->noticed[i] && (found < 0 || driver->noticed[i] < driver->noticed[found]))
			found = i;
	return found;
}

static int ended_job(const struct modbus_driver *driver)
{
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++)
		if (driver->jobs[i].state == JOB_ENDED)
			return i;
	return -1;
}

bool driver_has_report(const struct modbus_driver *driver)
{
	return first_notice(driver) >= 0 || ended_job(driver) >= 0;
}

bool driver_take(struct modbus_driver *driver, struct driver_report *report)
{
	int found = first_notice(driver);

	if (found >= 0) {
		*report = driver->notices[found];
		driver->noticed[found] = 0;
		return true;
	}
	found = ended_job(driver);
	if (found < 0)
		return false;
	*report = driver->jobs[found].report;
	driver->jobs[found].state = JOB_FREE;
	return true;
}

bool driver_reading(const struct modbus_driver *driver, int channel, int64_t *milli, int64_t *t_ns)
{
	const struct driver_channel *state = &driver->channels[channel];

	if (!state->seen)
		return false;
	*milli = state->seen_milli;
	*t_ns = state->seen_ns;
	return true;
}
