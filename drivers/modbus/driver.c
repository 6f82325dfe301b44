/*
 * One instrument. Each command is a job with one exchange at a time. What the driver does by itself (identity, start
 * registers, limits, renewals) are jobs too, but end in a notice.
 */

#include "drivers/modbus/driver.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static const struct profile_channel *channel_at(const struct modbus_driver *driver, int channel)
{
	return &driver->settings.profile->channels[channel];
}

static enum fault fault_of(const struct modbus_driver *driver)
{
	return driver_settings_fault(&driver->settings);
}

static bool is_off(const struct modbus_driver *driver, const struct driver_command *command)
{
	return command->milli == access_off(channel_at(driver, command->channel));
}

/* ---- Jobs and notices ---- */

static struct driver_job *job_take(struct modbus_driver *driver, enum driver_job_kind kind, int64_t deadline_ns)
{
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++) {
		struct driver_job *job = &driver->jobs[i];

		if (job->kind != JOB_NONE)
			continue;
		memset(job, 0, sizeof *job);
		job->kind = kind;
		job->command.channel = -1;
		job->command.deadline_ns = job->exchange.deadline_ns = deadline_ns;
		job->exchange.priority = BUS_COMMAND;
		job->exchange.tag = (uint32_t)(driver->settings.index + 1) << 16 | (uint32_t)i;
		return job;
	}
	return NULL;
}

/* "psu1: volts: set 12.000 V", as the front of an error about this job. */
static bool job_prefix(const struct modbus_driver *driver, const struct driver_job *job, struct error *error)
{
	const char *name = driver->settings.name;
	const char *channel = job->command.channel >= 0 ? channel_at(driver, job->command.channel)->name : "";
	char text[ACCESS_TEXT_SIZE];

	switch (job->kind) {
	case JOB_NONE:
		break;
	case JOB_SET:
	case JOB_LIMIT:
		access_text(channel_at(driver, job->command.channel), job->command.milli, text);
		return error_prefix(error, "%s: %s: set %s", name, channel, text);
	case JOB_GET:
		return error_prefix(error, "%s: %s: read", name, channel);
	case JOB_WATCH:
		return error_prefix(error, "%s: read back", name);
	case JOB_IDENTITY:
		return error_prefix(error, "%s: identity", name);
	case JOB_START:
		return error_prefix(error, "%s: register %d", name, job->exchange.echo.address);
	case JOB_RENEWAL:
		return error_prefix(error, "%s: %s: renewal of its dead-man", name, channel);
	}
	return false;
}

/* Ends a command with its report. `error` NULL: it is ok. */
static void report(struct driver_job *job, int64_t milli, const struct error *error)
{
	const struct exchange *exchange = &job->exchange;

	job->ended = true;
	job->report = (struct driver_report){.kind = REPORT_ANSWER, .tag = job->command.tag, .command = job->command.kind,
					     .channel = job->kind == JOB_WATCH ? -1 : job->command.channel, .ok = !error,
					     .milli = error ? 0 : milli,
					     .asked_ns = job->asked_ns ? job->asked_ns : exchange->asked_ns,
					     .ended_ns = exchange->ended_ns, .tries = job->tries + exchange->tries};
	if (error)
		job->report.error = *error;
}

static void notice(struct modbus_driver *driver, enum driver_report_kind kind, int channel, const struct error *error)
{
	struct driver_report *it = &driver->notices[kind];

	*it = (struct driver_report){.kind = kind, .channel = channel, .ok = kind == REPORT_READY};
	if (error)
		it->error = *error;
	driver->noticed[kind] = ++driver->notice_count;
}

/* ---- What the driver does by itself ---- */

static void look(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns);

static void try_later(struct modbus_driver *driver, int64_t t_ns)
{
	driver->state = DRIVER_UNKNOWN;
	driver->retry_ns = t_ns + DRIVER_IDENTITY_PAUSE_NS;
}

static void begin_identity(struct modbus_driver *driver, int64_t t_ns)
{
	const struct profile_access *identity = &driver->settings.profile->identity;
	struct driver_job *job = job_take(driver, JOB_IDENTITY, t_ns + DRIVER_OWN_DEADLINE_NS);
	struct access_span span = driver->readings.spans[0]; /* cannot say what it is: that it answers at all must do */

	driver->retry_ns = INSTANT_NEVER;
	if (!job) {
		try_later(driver, t_ns);
		return;
	}
	driver->state = DRIVER_IDENTIFYING;
	driver->prepared = 0;
	if (driver->settings.profile->identity_count > 0)
		span = (struct access_span){.function = (uint8_t)identity->function, .address = (uint16_t)identity->address,
					    .count = (uint16_t)identity->count};
	exchange_read(&job->exchange, &driver->unit, &span);
	look(driver, job, t_ns);
}

static void begin_limit(struct modbus_driver *driver, struct driver_job *job, const struct driver_limit *limit)
{
	const struct profile_channel *channel = channel_at(driver, limit->channel);
	uint16_t words[2];
	int count = access_words(channel, limit->milli, words, NULL);

	assert(count > 0); /* driver_settings_check */
	job->kind = JOB_LIMIT;
	job->command.channel = limit->channel;
	job->command.milli = job->exchange.milli = limit->milli;
	job->exchange.channel = channel;
	job->exchange.echo = channel->echo;
	exchange_write(&job->exchange, &driver->unit, &channel->set, words, count);
}

static void begin_start(struct modbus_driver *driver, struct driver_job *job, const struct profile_start *start)
{
	bool coil = start->function == MODBUS_WRITE_COIL;
	const struct profile_access place = {.function = start->function, .address = start->address, .count = 1, .scale = 1};
	const uint16_t word = (uint16_t)start->value;

	job->exchange.raw = coil ? word != 0 : word; /* a coil reads as its bit */
	job->exchange.echo = place;
	job->exchange.echo.function = coil ? MODBUS_READ_COILS : MODBUS_READ_HOLDING;
	exchange_write(&job->exchange, &driver->unit, &place, &word, 1);
}

/* The next start register or limit; after the last the instrument is ready. */
static void prepare(struct modbus_driver *driver, int64_t t_ns)
{
	const struct profile *profile = driver->settings.profile;
	int limit = driver->prepared - profile->start_count;
	struct driver_job *job;

	driver->state = DRIVER_PREPARING;
	if (limit == driver->settings.limit_count) {
		driver->state = DRIVER_READY;
		notice(driver, REPORT_READY, -1, NULL);
		return;
	}
	job = job_take(driver, JOB_START, t_ns + DRIVER_OWN_DEADLINE_NS);
	if (!job) {
		try_later(driver, t_ns);
		return;
	}
	if (limit < 0)
		begin_start(driver, job, &profile->start[driver->prepared]);
	else
		begin_limit(driver, job, &driver->settings.limits[limit]);
	look(driver, job, t_ns);
}

static bool is_identity(const struct profile *profile, int64_t raw)
{
	int i;

	for (i = 0; i < profile->identity_count; i++)
		if (raw == profile->identity_values[i])
			return true;
	return profile->identity_count == 0;
}

static void end_preparation(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	const struct profile *profile = driver->settings.profile;
	struct error error = job->exchange.error;
	int64_t raw = access_raw(&profile->identity, job->exchange.values);
	bool good = job->exchange.state == EXCHANGE_DONE;

	if (good && job->kind == JOB_IDENTITY && !is_identity(profile, raw)) {
		good = error_set(&error, fault_of(driver), "register %d reads %" PRId64 ", which is no %s", profile->identity.address,
				 raw, profile->name);
		driver->state = DRIVER_WRONG;
	}
	job_prefix(driver, job, &error);
	driver->proved |= good;
	driver->prepared += good && job->kind != JOB_IDENTITY;
	job->kind = JOB_NONE;
	if (good) {
		prepare(driver, t_ns);
		return;
	}
	if (driver->present)
		notice(driver, REPORT_UNUSABLE, -1, &error);
	if (driver->present && driver->state != DRIVER_WRONG)
		try_later(driver, t_ns);
}

/* ---- Dead-man ---- */

static void closed_by_dead_man(struct modbus_driver *driver, int channel, int64_t asked_ns)
{
	int64_t hold_ns = dead_man_ns(channel_at(driver, channel));

	driver->dead_men[channel].falls_ns = asked_ns + hold_ns;
	driver->dead_men[channel].renew_ns = asked_ns + hold_ns / 3;
}

static void renew_soon(struct modbus_driver *driver, int channel, int64_t t_ns)
{
	struct driver_dead_man *dead_man = &driver->dead_men[channel];

	dead_man->renew_ns = t_ns < dead_man->falls_ns ? smaller(t_ns + DRIVER_RENEWAL_PAUSE_NS, dead_man->falls_ns) : INSTANT_NEVER;
}

static void begin_renewal(struct modbus_driver *driver, int channel, int64_t t_ns)
{
	const struct profile_access *get = access_get(channel_at(driver, channel));
	struct driver_job *job = job_take(driver, JOB_RENEWAL, driver->dead_men[channel].falls_ns);

	if (!job) {
		renew_soon(driver, channel, t_ns);
		return;
	}
	driver->dead_men[channel].renew_ns = INSTANT_NEVER;
	job->command.channel = channel;
	job->exchange.priority = BUS_SAFETY;
	exchange_read(&job->exchange, &driver->unit, &(struct access_span){.function = (uint8_t)get->function, .address = (uint16_t)get->address,
									   .count = (uint16_t)get->count});
	look(driver, job, t_ns);
}

/* ---- Changes that nobody ordered ---- */

/* Ends what would raise or renew something: of one channel, or (-1) of all. A set to off goes on when `all_but_off`. */
static void end_older(struct modbus_driver *driver, int channel, bool all_but_off)
{
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++) {
		struct driver_job *job = &driver->jobs[i];
		bool concerned = job->kind == JOB_SET || job->kind == JOB_RENEWAL;

		if (!concerned || job->ended || (channel >= 0 && job->command.channel != channel))
			continue;
		if (all_but_off && job->kind == JOB_SET && is_off(driver, &job->command))
			continue;
		exchange_cancel(&job->exchange, &driver->unit, MODBUS_CANCELLED);
		if (job->kind == JOB_SET) {
			job_prefix(driver, job, &job->exchange.error);
			report(job, 0, &job->exchange.error);
		} else {
			job->kind = JOB_NONE;
		}
	}
}

static void stop_dead_men(struct modbus_driver *driver)
{
	int i;

	for (i = 0; i < PROFILE_CHANNELS_MAX; i++)
		driver->dead_men[i].renew_ns = INSTANT_NEVER;
}

static void say_changed(const struct modbus_driver *driver, int channel, int64_t milli, struct error *error)
{
	const struct reading *reading = &driver->readings.channels[channel];
	char read[ACCESS_TEXT_SIZE], left[ACCESS_TEXT_SIZE];

	access_text(channel_at(driver, channel), milli, read);
	access_text(channel_at(driver, channel), reading->wanted_milli, left);
	error_set(error, fault_of(driver), "%s: %s reads %s, was left at %s: %s", driver->settings.name,
		  channel_at(driver, channel)->name, read, left,
		  readings_tripped(&driver->readings) ? "its own protection has acted" : "it has been reset, or set by somebody else");
}

/*
 * The instrument is not as it was left. Nothing that was set counts any more, and what raises something is ended; identity
 * and limits come first again.
 */
static void begin_anew(struct modbus_driver *driver, int channel, const struct error *error, int64_t t_ns)
{
	readings_unwant_all(&driver->readings);
	end_older(driver, -1, true);
	stop_dead_men(driver);
	notice(driver, readings_tripped(&driver->readings) ? REPORT_TRIPPED : REPORT_RESET, channel, error);
	begin_identity(driver, t_ns);
}

static void end_changed(struct modbus_driver *driver, struct driver_job *job, int channel, int64_t milli, int64_t t_ns)
{
	struct error error;

	say_changed(driver, channel, milli, &error);
	report(job, 0, &error);
	begin_anew(driver, channel, &error, t_ns);
}

/* It has fallen, or else is closed for as long as the first time. */
static void renew(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	int index = job->command.channel;
	const struct profile_channel *channel = channel_at(driver, index);
	uint16_t units = dead_man_units(channel);
	int64_t milli = access_quantity(channel, access_get(channel), job->exchange.values);
	struct error error;

	readings_note(&driver->readings, index, milli, job->exchange.ended_ns);
	if (milli == access_off(channel)) {
		say_changed(driver, index, milli, &error);
		job->kind = JOB_NONE;
		begin_anew(driver, index, &error, t_ns);
		return;
	}
	job->is_still_on = true;
	exchange_write(&job->exchange, &driver->unit, &channel->dead_man, &units, 1);
	look(driver, job, t_ns);
}

static void end_renewal(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	int channel = job->command.channel;

	if (job->exchange.state == EXCHANGE_DONE && !job->is_still_on) {
		renew(driver, job, t_ns);
		return;
	}
	if (job->exchange.state == EXCHANGE_DONE) {
		closed_by_dead_man(driver, channel, job->exchange.asked_ns);
	} else if (driver->present) {
		job_prefix(driver, job, &job->exchange.error);
		notice(driver, REPORT_DEAD_MAN, channel, &job->exchange.error);
		renew_soon(driver, channel, t_ns);
		if (t_ns >= driver->dead_men[channel].falls_ns)
			readings_unwant(&driver->readings, channel);
	}
	job->kind = JOB_NONE;
}

/* ---- Commands ---- */

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
	return "";
}

static bool may_set(const struct modbus_driver *driver, const struct driver_command *command, struct error *error)
{
	const struct profile_channel *channel = channel_at(driver, command->channel);
	int64_t high = driver->settings.high_milli[command->channel];
	char given[ACCESS_TEXT_SIZE], most[ACCESS_TEXT_SIZE];

	if (channel->set.function == 0)
		return error_set(error, FAULT_CONFIGURATION, "can only be read");
	if (channel->kind == PROFILE_LEVEL && high && command->milli > high) {
		access_text(channel, command->milli, given);
		access_text(channel, high, most);
		return error_set(error, FAULT_CONFIGURATION, "%s is above the bench's own limit of %s", given, most);
	}
	if (is_off(driver, command) && driver->proved && driver->state != DRIVER_WRONG)
		return true;
	return driver->state == DRIVER_READY || error_set(error, fault_of(driver), "%s", why_not(driver));
}

static bool begin_set(struct modbus_driver *driver, struct driver_job *job, struct error *error)
{
	int index = job->command.channel;
	const struct profile_channel *channel = channel_at(driver, index);
	const struct profile_access *set = &channel->set;
	uint16_t words[2];
	int count;

	if (!may_set(driver, &job->command, error))
		return false;
	count = access_words(channel, job->command.milli, words, error);
	if (count == 0)
		return false;
	job->kind = JOB_NONE; /* not to end itself */
	end_older(driver, index, false);
	job->kind = JOB_SET;
	driver->dead_men[index].renew_ns = INSTANT_NEVER;
	readings_unwant(&driver->readings, index);
	if (is_off(driver, &job->command)) {
		job->exchange.priority = BUS_OFF;
	} else if (driver->settings.dead_man[index]) {
		set = &channel->dead_man;
		words[0] = dead_man_units(channel);
	}
	job->exchange.channel = channel;
	job->exchange.echo = channel->echo.function ? channel->echo : channel->get;
	job->exchange.milli = job->command.milli;
	exchange_write(&job->exchange, &driver->unit, set, words, count);
	return true;
}

static bool begin_reading(struct modbus_driver *driver, struct driver_job *job, struct error *error)
{
	struct access_span span = driver->readings.spans[0];
	const struct profile_access *get;

	if (driver->state != DRIVER_READY)
		return error_set(error, fault_of(driver), "%s", why_not(driver));
	if (job->kind == JOB_GET) {
		get = access_get(channel_at(driver, job->command.channel));
		if (!get)
			return error_set(error, FAULT_CONFIGURATION, "cannot be read");
		span = (struct access_span){.function = (uint8_t)get->function, .address = (uint16_t)get->address,
					    .count = (uint16_t)get->count};
	}
	job->exchange.priority = BUS_READING;
	exchange_read(&job->exchange, &driver->unit, &span);
	return true;
}

bool driver_command(struct modbus_driver *driver, const struct driver_command *command, int64_t t_ns, struct error *error)
{
	static const enum driver_job_kind kinds[] = {[COMMAND_SET] = JOB_SET, [COMMAND_GET] = JOB_GET, [COMMAND_WATCH] = JOB_WATCH};
	struct driver_job *job = job_take(driver, kinds[command->kind], command->deadline_ns);
	struct error why;

	assert(command->kind == COMMAND_WATCH ||
	       (command->channel >= 0 && command->channel < driver->settings.profile->channel_count));
	if (!job)
		return error_set(error, FAULT_RIG, "%s: more than %d commands at a time", driver->settings.name, DRIVER_JOBS_MAX);
	job->command = *command;
	if (!(job->kind == JOB_SET ? begin_set(driver, job, &why) : begin_reading(driver, job, &why))) {
		job_prefix(driver, job, &why);
		job->kind = JOB_NONE;
		if (error)
			*error = why;
		return false;
	}
	look(driver, job, t_ns);
	return true;
}

/* ---- What becomes of them ---- */

static void end_set(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	int channel = job->command.channel;

	readings_want(&driver->readings, channel, job->command.milli, t_ns);
	if (driver->settings.dead_man[channel] && !is_off(driver, &job->command))
		closed_by_dead_man(driver, channel, job->exchange.asked_ns);
	report(job, job->command.milli, NULL);
}

static void end_get(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	int index = job->command.channel;
	const struct profile_channel *channel = channel_at(driver, index);
	int64_t milli = access_quantity(channel, access_get(channel), job->exchange.values);

	readings_note(&driver->readings, index, milli, job->exchange.ended_ns);
	if (channel->kind == PROFILE_SWITCH && readings_differ(&driver->readings, index, milli, job->exchange.asked_ns))
		end_changed(driver, job, index, milli, t_ns);
	else
		report(job, milli, NULL);
}

static void end_span(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	int changed;

	readings_take(&driver->readings, job->span, job->exchange.values, job->exchange.ended_ns);
	if (job->asked_ns == 0)
		job->asked_ns = job->exchange.asked_ns;
	if (++job->span < driver->readings.span_count) {
		job->tries += job->exchange.tries;
		exchange_read(&job->exchange, &driver->unit, &driver->readings.spans[job->span]);
		look(driver, job, t_ns);
		return;
	}
	changed = readings_changed(&driver->readings, job->asked_ns);
	if (changed >= 0)
		end_changed(driver, job, changed, driver->readings.channels[changed].echo_milli, t_ns);
	else
		report(job, 0, NULL);
}

/* Looks whether the job's exchange has come to an end, and what follows. */
static void look(struct modbus_driver *driver, struct driver_job *job, int64_t t_ns)
{
	bool command = job->kind == JOB_SET || job->kind == JOB_GET || job->kind == JOB_WATCH;

	if (exchange_is_under_way(&job->exchange))
		return;
	if (command && job->exchange.state == EXCHANGE_FAILED) {
		job_prefix(driver, job, &job->exchange.error);
		report(job, 0, &job->exchange.error);
		return;
	}
	switch (job->kind) {
	case JOB_NONE:
		break;
	case JOB_SET:
		end_set(driver, job, t_ns);
		break;
	case JOB_GET:
		end_get(driver, job, t_ns);
		break;
	case JOB_WATCH:
		end_span(driver, job, t_ns);
		break;
	case JOB_IDENTITY:
	case JOB_START:
	case JOB_LIMIT:
		end_preparation(driver, job, t_ns);
		break;
	case JOB_RENEWAL:
		end_renewal(driver, job, t_ns);
		break;
	}
}

int driver_result_index(const struct bus_result *result)
{
	return (int)(result->tag >> 16) - 1;
}

void driver_result(struct modbus_driver *driver, const struct bus_result *result, int64_t t_ns)
{
	struct driver_job *job = &driver->jobs[result->tag & 0xFFFF];

	if (job->kind != JOB_NONE && exchange_result(&job->exchange, &driver->unit, result, t_ns))
		look(driver, job, t_ns);
}

/* ---- Life ---- */

bool driver_init(struct modbus_driver *driver, const struct driver_settings *settings, struct bus *bus, struct error *error)
{
	assert(settings->limit_count >= 0 && settings->limit_count <= DRIVER_LIMITS_MAX);
	if (!driver_settings_check(settings, error))
		return false;
	memset(driver, 0, sizeof *driver);
	driver->settings = *settings;
	driver->unit.bus = bus;
	driver->unit.settings = &driver->settings;
	driver->retry_ns = INSTANT_NEVER;
	stop_dead_men(driver);
	readings_init(&driver->readings, settings->profile);
	if (driver->readings.span_count == 0)
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
	readings_forget(&driver->readings);
	for (i = 0; i < DRIVER_JOBS_MAX; i++) {
		struct driver_job *job = &driver->jobs[i];

		if (job->kind == JOB_NONE || job->ended)
			continue;
		exchange_cancel(&job->exchange, &driver->unit, MODBUS_LOST);
		look(driver, job, t_ns);
	}
	stop_dead_men(driver);
	error_set(&error, fault_of(driver), "%s: %s", driver->settings.name, modbus_outcome_text(MODBUS_LOST));
	notice(driver, REPORT_GONE, -1, &error);
}

void driver_tick(struct modbus_driver *driver, int64_t t_ns)
{
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++) {
		struct driver_job *job = &driver->jobs[i];

		if (job->kind == JOB_NONE || job->exchange.state != EXCHANGE_SETTLING || job->exchange.wake_ns > t_ns)
			continue;
		exchange_wake(&job->exchange, &driver->unit);
		look(driver, job, t_ns);
	}
	if (driver->retry_ns <= t_ns)
		begin_identity(driver, t_ns);
	for (i = 0; i < driver->settings.profile->channel_count; i++)
		if (driver->dead_men[i].renew_ns <= t_ns)
			begin_renewal(driver, i, t_ns);
}

int64_t driver_deadline(const struct modbus_driver *driver)
{
	int64_t deadline = driver->retry_ns;
	int i;

	for (i = 0; i < DRIVER_JOBS_MAX; i++)
		if (driver->jobs[i].kind != JOB_NONE && driver->jobs[i].exchange.state == EXCHANGE_SETTLING)
			deadline = smaller(deadline, driver->jobs[i].exchange.wake_ns);
	for (i = 0; i < driver->settings.profile->channel_count; i++)
		deadline = smaller(deadline, driver->dead_men[i].renew_ns);
	return deadline;
}

/* ---- Reports ---- */

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
		if (driver->jobs[i].kind != JOB_NONE && driver->jobs[i].ended)
			return i;
	return -1;
}

bool driver_has_report(const struct modbus_driver *driver)
{
	return first_notice(driver) >= 0 || ended_job(driver) >= 0;
}

bool driver_take(struct modbus_driver *driver, struct driver_report *to)
{
	int found = first_notice(driver);

	if (found >= 0) {
		*to = driver->notices[found];
		driver->noticed[found] = 0;
		return true;
	}
	found = ended_job(driver);
	if (found < 0)
		return false;
	*to = driver->jobs[found].report;
	driver->jobs[found].kind = JOB_NONE;
	return true;
}

bool driver_reading(const struct modbus_driver *driver, int channel, int64_t *milli, int64_t *t_ns)
{
	const struct reading *reading = &driver->readings.channels[channel];

	if (!reading->seen)
		return false;
	*milli = reading->seen_milli;
	*t_ns = reading->seen_ns;
	return true;
}
