/* Names become numbers here, and the bench, the load sheet, the rule and the bands become the journal's first lines. */

#include "rig/run/assemble.h"

#include "rig/base/text.h"

#include <stdlib.h>
#include <string.h>

#define OUTPUT_WITHIN_NS (3 * NS_PER_S)
#define SENSE_WITHIN_NS (5 * NS_PER_S)   /* the rail of a hub with a large capacitor falls in about a second */
#define STAGGER_NS (500 * NS_PER_MS)
#define INPUTS_MAX (PROGRAM_SLOTS_MAX * 4 + 16)

static struct record *add_line(struct program *program, enum record_kind kind, const char *slot)
{
	struct record *record = &program->preamble[program->preamble_count++];

	memset(record, 0, sizeof *record);
	record->kind = kind;
	text_copy(record->slot, sizeof record->slot, slot);
	return record;
}

#define COPY(to, from) text_copy(to, sizeof(to), from)

/* Which slots use a channel: one, or several. */
static int slot_using(const struct assembly *assembly, int channel)
{
	int i, found = -1;

	for (i = 0; i < assembly->bench->slot_count; i++) {
		const struct bench_slot *slot = &assembly->bench->slots[i];

		if (!assembly->taking_part[i])
			continue;
		if (slot->mains.switch_channel != channel && slot->feed.switch_channel != channel &&
		    slot->feed.volts != channel && slot->feed.output != channel)
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

static bool add_output(struct assembled *assembled, const struct assembly *assembly, int channel, int *index,
		       struct error *error)
{
	struct program *program = &assembled->program;
	const struct bench_channel *from;
	struct program_output *output;
	int slot;

	*index = NO_CHANNEL;
	if (channel < 0)
		return true;
	for (*index = 0; *index < program->output_count; ++*index)
		if (assembled->output_channel[*index] == channel)
			return true;
	if (program->output_count == PROGRAM_OUTPUTS_MAX)
		return error_set(error, FAULT_CONFIGURATION, "%s: more than %d outputs", assembly->bench->path, PROGRAM_OUTPUTS_MAX);
	from = &assembly->bench->channels[channel];
	output = &program->outputs[program->output_count];
	*output = (struct program_output){.is_switch = from->kind == CHANNEL_SWITCH, .hazardous = from->hazardous,
					  .min_off_ns = from->off_min_ns};
	COPY(output->channel, from->name);
	slot = slot_using(assembly, channel);
	COPY(output->slot, slot < 0 ? "" : assembly->bench->slots[slot].name);
	assembled->output_channel[program->output_count++] = channel;
	return true;
}

static bool add_input(struct assembled *assembled, const struct assembly *assembly, int channel, const char *slot, int *index,
		      struct error *error)
{
	struct program *program = &assembled->program;

	*index = NO_CHANNEL;
	if (channel < 0)
		return true;
	if (program->input_count == INPUTS_MAX)
		return error_set(error, FAULT_CONFIGURATION, "%s: more than %d inputs", assembly->bench->path, INPUTS_MAX);
	*index = program->input_count++;
	assembled->input_channel[*index] = channel;
	COPY(program->inputs[*index].channel, assembly->bench->channels[channel].name);
	COPY(program->inputs[*index].slot, slot);
	return true;
}

static const struct load_slot *loaded(const struct assembly *assembly, const char *slot)
{
	int index = assembly->load ? load_slot_find(assembly->load, slot) : -1;

	return index < 0 ? NULL : &assembly->load->slots[index];
}

static int input_find(const struct assembled *assembled, int channel)
{
	int i;

	for (i = 0; i < assembled->program.input_count; i++)
		if (assembled->input_channel[i] == channel)
			return i;
	return NO_CHANNEL;
}

/* What stands in front of the mains relays of several slots: one output, and one input that shows it open. */
static bool add_contactor(struct assembled *assembled, const struct assembly *assembly, const struct bench_slot *from,
			  struct program_slot *slot, struct error *error)
{
	const struct bench_group *group = from->mains.present && from->mains.group >= 0
						  ? &assembly->bench->groups[from->mains.group] : NULL;

	slot->contactor = slot->mirror = NO_CHANNEL;
	if (!group || group->contactor < 0)
		return true;
	if (!add_output(assembled, assembly, group->contactor, &slot->contactor, error))
		return false;
	slot->mirror = input_find(assembled, group->mirror);
	return slot->mirror != NO_CHANNEL || add_input(assembled, assembly, group->mirror, "", &slot->mirror, error);
}

static int output_find(const struct assembled *assembled, int channel)
{
	int i;

	for (i = 0; i < assembled->program.output_count; i++)
		if (assembled->output_channel[i] == channel)
			return i;
	return NO_CHANNEL;
}

/* Of an interlock what takes part: the rest is off, since nobody else can have the bench. */
static void add_interlocks(struct assembled *assembled, const struct bench *bench)
{
	struct program *program = &assembled->program;
	int i, j, output;

	for (i = 0; i < bench->interlock_count; i++) {
		const struct bench_interlock *from = &bench->interlocks[i];
		struct program_interlock *interlock = &program->interlocks[program->interlock_count];

		*interlock = (struct program_interlock){.gap_ns = from->gap_ns};
		COPY(interlock->why, from->why);
		for (j = 0; j < from->channel_count; j++) {
			output = output_find(assembled, from->channels[j]);
			if (output != NO_CHANNEL)
				interlock->outputs[interlock->output_count++] = output;
		}
		if (interlock->output_count > 1)
			program->interlock_count++;
	}
}

static bool add_slot(struct assembled *assembled, const struct assembly *assembly, int bench_slot, struct error *error)
{
	const struct bench_slot *from = &assembly->bench->slots[bench_slot];
	struct program *program = &assembled->program;
	struct program_slot *slot = &program->slots[program->slot_count];
	const struct load_slot *load = loaded(assembly, from->name);
	const struct bench_instrument *console =
		from->console < 0 ? NULL : &assembly->bench->instruments[from->console];
	int cutting = from->feed.switch_channel >= 0 ? from->feed.switch_channel : from->feed.output;
	int unused;

	*slot = (struct program_slot){
		.arrangement = from->arrangement,
		.supply_mv = assembly->bench->supply_limit.nominal_mv,
		.observers = console ? 1 : 0,
		.has_ready = console && console->console->hub[HUB_READY][0],
		.has_upgrade = from->upgrade >= 0,
		.canary = load && load->canary,
		.recharge_ns = from->recharge_ns,
		.settle_ns = from->supply.settle_ns,
	};
	COPY(slot->name, from->name);
	COPY(slot->image, assembly->image ? assembly->image->data.image.sha256 : "");
	COPY(slot->firmware_to, assembly->firmware_to);
	if (load)
		COPY(slot->firmware_from, load->meter.firmware);
	assembled->slot_of_bench[bench_slot] = program->slot_count;
	assembled->bench_slot[program->slot_count++] = bench_slot;
	return add_contactor(assembled, assembly, from, slot, error) &&
	       add_output(assembled, assembly, from->mains.present ? from->mains.switch_channel : -1, &slot->mains, error) &&
	       add_output(assembled, assembly, from->feed.present ? cutting : -1, &slot->feed, error) &&
	       add_output(assembled, assembly, from->feed.present ? from->feed.volts : -1, &slot->supply, error) &&
	       add_output(assembled, assembly, from->feed.present && from->feed.output != cutting ? from->feed.output : -1,
			  &slot->supply_output, error) &&
	       add_input(assembled, assembly, from->supply.channel, from->name, &slot->sense, error) &&
	       add_input(assembled, assembly, from->mains.present ? from->mains.sense : -1, from->name, &slot->mains_sense, error) &&
	       add_input(assembled, assembly, from->ac_lost.channel, from->name, &unused, error);
}

static void add_device(struct program *program, const char *slot, enum device_role role, const struct load_device *from,
		       const char *mpan)
{
	struct record *record;

	if (!from->present)
		return;
	record = add_line(program, RECORD_DEVICE, slot);
	record->data.device.role = role;
	record->data.device.known = from->known;
	COPY(record->data.device.guid, from->guid);
	COPY(record->data.device.manufacturer, from->manufacturer);
	COPY(record->data.device.model, from->model);
	COPY(record->data.device.hardware, from->hardware);
	COPY(record->data.device.firmware, from->firmware);
	COPY(record->data.device.build, from->build);
	COPY(record->data.device.region, from->region);
	COPY(record->data.device.mpan, mpan);
}

static void add_slot_lines(struct assembled *assembled, const struct assembly *assembly, int bench_slot)
{
	const struct bench *bench = assembly->bench;
	const struct bench_slot *from = &bench->slots[bench_slot];
	const struct load_slot *load = loaded(assembly, from->name);
	const struct band *band = bands_find(assembly->bands, load ? load->hub.model : "", load ? load->hub.firmware : "");
	struct program *program = &assembled->program;
	struct record *record = add_line(program, RECORD_SLOT, from->name);

	record->data.slot.arrangement = from->arrangement;
	COPY(record->data.slot.sense, bench->channels[from->supply.channel].name);
	if (from->mains.present && from->mains.sense >= 0)
		COPY(record->data.slot.mains, bench->channels[from->mains.sense].name);
	if (bench->lab_feed.channel >= 0)
		COPY(record->data.slot.lab_feed, bench->channels[bench->lab_feed.channel].name);
	if (from->ac_lost.channel >= 0)
		COPY(record->data.slot.ac_lost, bench->channels[from->ac_lost.channel].name);
	record->data.slot.v_down_mv = from->supply.v_down_mv;
	record->data.slot.v_up_mv = from->supply.v_up_mv;
	record->data.slot.settle_ns = from->supply.settle_ns;
	record->data.slot.bounce_ns = from->supply.bounce_ns;
	record->data.slot.recharge_ns = from->recharge_ns;
	if (load) {
		add_device(program, from->name, ROLE_METER, &load->meter, load->mpan);
		add_device(program, from->name, ROLE_HUB, &load->hub, load->mpan);
	}
	record = add_line(program, RECORD_BAND, from->name);
	record->data.band.never_ns = band->never_ns;
	record->data.band.always_ns = band->always_ns;
	record->data.band.late_ns = band->late_ns;
	COPY(record->data.band.source, band->source);
	if (from->console < 0)
		return;
	record = add_line(program, RECORD_OBSERVER, from->name);
	COPY(record->data.observer.observer, "console");
	COPY(record->data.observer.point, bench->instruments[from->console].console->point);
	COPY(record->data.observer.channel, bench->channels[from->console_channel].name);
}

static void add_bench_lines(struct assembled *assembled, const struct assembly *assembly)
{
	const struct bench *bench = assembly->bench;
	struct program *program = &assembled->program;
	struct record *record = add_line(program, RECORD_RUN, "");
	int i;

	COPY(record->data.run.run, assembly->run_id);
	COPY(record->data.run.scenario, assembly->scenario->name);
	record->data.run.scenario_version = assembly->scenario->version;
	COPY(record->data.run.bench, bench->name);
	record->data.run.hazard = bench->hazard;
	record->data.run.environment = bench->environment;
	record->data.run.certify = assembly->certify;
	COPY(record->data.run.operator, assembly->operator);
	COPY(record->data.run.order, assembly->order ? assembly->order->name : "");
	record->data.run.attempts = assembly->order ? assembly->order->attempts : 1;
	for (i = 0; i < assembly->document_count; i++) {
		record = add_line(program, RECORD_DOCUMENT, "");
		COPY(record->data.document.name, assembly->documents[i].name);
		COPY(record->data.document.sha256, assembly->documents[i].sha256);
		record->data.document.size_bytes = (int64_t)assembly->documents[i].file->size;
	}
	record = add_line(program, RECORD_RULE, "");
	COPY(record->data.rule.rule, assembly->rule->name);
	COPY(record->data.rule.document, assembly->rule->document);
	COPY(record->data.rule.version, assembly->rule->version);
	COPY(record->data.rule.clause, assembly->rule->clause);
	record->data.rule.limit_ns = assembly->rule->limit_ns;
	record->data.rule.boundary = assembly->rule->boundary;
	record->data.rule.decision = assembly->rule->decision;
	if (assembly->image)
		add_line(program, RECORD_IMAGE, "")->data.image = assembly->image->data.image;
	for (i = 0; i < bench->term_count; i++) {
		record = add_line(program, RECORD_TERM, "");
		COPY(record->data.term.term, bench->terms[i].name);
		record->data.term.distribution = bench->terms[i].distribution;
		record->data.term.half_width_ns = bench->terms[i].half_width_ns;
		record->data.term.half_width_ppb = bench->terms[i].half_width_ppb;
		record->data.term.edges = bench->terms[i].edges;
		record->data.term.condition = bench->terms[i].condition;
		COPY(record->data.term.source, bench->terms[i].source);
	}
	add_line(program, RECORD_EXPECT, "")->data.expect.cases = assembly->scenario->expects;
}

static void add_times(struct program *program, const struct bench *bench)
{
	int i;

	program->needs_arm = bench->arm.channel >= 0 || bench->hazard == HAZARD_MAINS;
	program->has_estop = bench->estop.channel >= 0;
	program->has_door = bench->door.channel >= 0;
	program->has_lab_feed = bench->lab_feed.channel >= 0;
	program->output_within_ns = OUTPUT_WITHIN_NS;
	program->sense_within_ns = SENSE_WITHIN_NS;
	program->hubs_together_max = bench->hubs_together_max;
	program->stagger_ns = STAGGER_NS;
	for (i = 0; i < bench->group_count; i++)
		if (bench->groups[i].stagger_ns > program->stagger_ns)
			program->stagger_ns = bench->groups[i].stagger_ns;
	/* reports/judging.md, "Supply": no high that ends an outage may hide between two polls. */
	program->level_period_ns = bench->level_period_ns;
	for (i = 0; i < program->slot_count; i++)
		if (program->slots[i].settle_ns > 0 && program->slots[i].settle_ns < program->level_period_ns)
			program->level_period_ns = program->slots[i].settle_ns;
}

bool assemble(struct assembled *assembled, const struct assembly *assembly, struct error *error)
{
	struct program *program = &assembled->program;
	int i, unused;

	memset(assembled, 0, sizeof *assembled);
	program->plan = assembly->plan;
	program->manual = assembly->scenario && assembly->scenario->manual;
	program->inputs = calloc(INPUTS_MAX, sizeof *program->inputs);
	program->preamble = calloc(PROGRAM_PREAMBLE_MAX, sizeof *program->preamble);
	if (!program->inputs || !program->preamble) {
		assemble_done(assembled);
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the run");
	}
	add_bench_lines(assembled, assembly);
	for (i = 0; i < assembly->bench->slot_count; i++) {
		assembled->slot_of_bench[i] = NO_CHANNEL;
		if (!assembly->taking_part[i])
			continue;
		if (!add_slot(assembled, assembly, i, error)) {
			assemble_done(assembled);
			return false;
		}
		add_slot_lines(assembled, assembly, i);
	}
	if (!add_input(assembled, assembly, assembly->bench->lab_feed.channel, "", &unused, error) ||
	    !add_input(assembled, assembly, assembly->bench->ups.channel, "", &program->ups, error)) {
		assemble_done(assembled);
		return false;
	}
	add_interlocks(assembled, assembly->bench);
	add_times(program, assembly->bench);
	add_line(program, RECORD_START, "")->data.start.level_period_ns = program->level_period_ns;
	return true;
}

void assemble_done(struct assembled *assembled)
{
	free(assembled->program.inputs);
	free(assembled->program.preamble);
	memset(assembled, 0, sizeof *assembled);
}
