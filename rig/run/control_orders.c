/* Requests become questions to the engine, and its answers lines. */

#include "rig/run/control_orders.h"

#include "rig/base/text.h"
#include "rig/base/unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct orders {
	struct conductor *conductor;
	const struct control_request *request;
	const struct program *program;
	int slot; /* of the program; NO_CHANNEL: none was named */
	void (*say)(void *self, const char *line);
	void *self;
};

__attribute__((format(printf, 3, 4)))
static int answer(const struct orders *orders, int exit_code, const char *format, ...)
{
	char line[CONTROL_LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	orders->say(orders->self, line);
	return exit_code;
}

/* A gate is asked for with what it guards, and by itself. */
static int find_step(const struct plan *plan, const char *action)
{
	int i;

	for (i = 0; i < plan->count; i++)
		if (strcmp(by_hand_name(&plan->steps[i]), action) == 0)
			return i;
	return NO_CHANNEL;
}

static void put_most(char most[AMOUNT_TEXT_SIZE], const struct plan_step *step)
{
	char unit = by_hand_unit(step);

	most[0] = '\0';
	if (unit)
		(void)amount_text(most, unit == 'V' ? UNIT_VOLTAGE : UNIT_DURATION, unit == 'V' ? step->level_mv : step->for_ns);
}

static const char ends_by_itself[] = "a scenario drives this run, and ends by itself; hilrig off stops it", no_question[] = "its question does not wait for an answer";

/* Of the slot; empty: none waits. */
static const char *question(const struct orders *orders)
{
	const struct engine *engine = orders->conductor->engine;

	return engine_slot_asks(engine, orders->slot) ? orders->program->plan->steps[engine_slot_at(engine, orders->slot)].text : "";
}

static int menu(const struct orders *orders)
{
	const struct plan *plan = orders->program->plan;
	char most[AMOUNT_TEXT_SIZE], why[FREE_TEXT_SIZE];
	struct by_hand asked = {.step = BY_HAND_OFF, .amount = -1};

	for (asked.step = 0; asked.step < plan->count && orders->program->manual; asked.step++) {
		put_most(most, &plan->steps[asked.step]);
		(void)!by_hand_permits(orders->conductor->engine, orders->slot, &asked, why);
		(void)answer(orders, 0, "%s\t%s\t%s", by_hand_name(&plan->steps[asked.step]), most, why);
	}
	asked.step = BY_HAND_OFF;
	(void)!by_hand_permits(orders->conductor->engine, orders->slot, &asked, why);
	(void)answer(orders, 0, "off\t\t%s", why);
	(void)answer(orders, 0, "end\t\t%s", orders->program->manual ? "" : ends_by_itself);
	(void)answer(orders, 0, "answer\t%.160s\t%s", question(orders), question(orders)[0] ? "" : no_question);
	return answer(orders, EXIT_CODE_PASS, "note\t\t");
}

static bool read_amount(const struct orders *orders, const struct plan_step *step, int64_t *amount, struct error *error)
{
	char unit = by_hand_unit(step);

	*amount = -1;
	if (!orders->request->amount[0])
		return true;
	if (!unit)
		return error_set(error, FAULT_USAGE, "%s has no length and no level", by_hand_name(step));
	return unit_read(orders->request->amount, unit == 'V' ? UNIT_VOLTAGE : UNIT_DURATION, 1, INT64_MAX, amount, error);
}

static int ask(const struct orders *orders)
{
	struct by_hand asked = {.step = BY_HAND_OFF, .amount = -1};
	char why[FREE_TEXT_SIZE];
	struct error error;

	if (orders->request->kind == CONTROL_DO) {
		asked.step = find_step(orders->program->plan, orders->request->action);
		if (!orders->program->manual) {
			(void)!by_hand_permits(orders->conductor->engine, orders->slot, &asked, why);
			return answer(orders, EXIT_CODE_BUSY, "%s", why);
		}
		if (asked.step == NO_CHANNEL)
			return answer(orders, EXIT_CODE_USAGE, "'%s' is nothing that this run's scenario has by hand; hilrig hand %s lists what it has",
				      orders->request->action, orders->request->slot);
		if (!read_amount(orders, &orders->program->plan->steps[asked.step], &asked.amount, &error))
			return answer(orders, EXIT_CODE_USAGE, "'%s' %.200s", orders->request->amount, error.text);
	}
	if (!conductor_ask(orders->conductor, orders->slot, &asked, orders->request->who, why))
		return answer(orders, EXIT_CODE_BUSY, "%s", why);
	return answer(orders, EXIT_CODE_PASS, "%s: %s", orders->request->slot,
		      asked.step == BY_HAND_OFF ? "is switched off" : by_hand_name(&orders->program->plan->steps[asked.step]));
}

static int note(const struct orders *orders)
{
	conductor_note_by(orders->conductor, orders->slot, orders->request->who, orders->request->text);
	return answer(orders, EXIT_CODE_PASS, "it is in the journal");
}

static int reply(const struct orders *orders)
{
	if (!engine_slot_asks(orders->conductor->engine, orders->slot))
		return answer(orders, EXIT_CODE_BUSY, "%s", no_question);
	conductor_answer(orders->conductor, orders->slot, orders->request->who, orders->request->text);
	return answer(orders, EXIT_CODE_PASS, "it has its answer");
}

static int end(const struct orders *orders)
{
	if (!orders->program->manual)
		return answer(orders, EXIT_CODE_BUSY, "%s", ends_by_itself);
	conductor_finish(orders->conductor, orders->request->who);
	return answer(orders, EXIT_CODE_PASS, "everything is switched off, and the evidence sealed");
}

static bool needs_slot(const struct control_request *request)
{
	return request->kind != CONTROL_END && (request->kind != CONTROL_NOTE || request->slot[0]);
}

int control_orders_take(struct conductor *conductor, const struct control_request *request, void (*say)(void *self, const char *line),
			void *self)
{
	struct orders orders = {conductor, request, &conductor->settings.assembled->program, NO_CHANNEL, say, self};

	if (!conductor->begun || conductor->over || conductor->broken || conductor->raw_closed) /* no further line has a place */
		return answer(&orders, EXIT_CODE_BUSY, conductor->begun ? "the run has ended" : "the run has not begun yet");
	orders.slot = program_find_slot(orders.program, request->slot);
	if (needs_slot(request) && orders.slot == NO_CHANNEL)
		return answer(&orders, EXIT_CODE_USAGE, "there is no slot '%s' in this run", request->slot);
	switch (request->kind) {
	case CONTROL_MENU:
		return menu(&orders);
	case CONTROL_DO:
	case CONTROL_OFF:
		return ask(&orders);
	case CONTROL_NOTE:
		return note(&orders);
	case CONTROL_ANSWER:
		return reply(&orders);
	case CONTROL_END:
		return end(&orders);
	case CONTROL_KIND_COUNT:
		break;
	}
	return EXIT_CODE_USAGE;
}
