/* Reading the files of a run, in the order in which they need each other, and keeping them with the evidence. */

#include "rig/command/night.h"

#include "rig/base/random.h"
#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/image/ota_image.h"
#include "rig/run/real/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SETTINGS_NAME "settings.txt"

bool night_find(const struct night *night, const char *name, const char *folder, char path[WORKSPACE_PATH_SIZE], struct error *error)
{
	if (strchr(name, '/') || access(name, F_OK) == 0) {
		if (text_copy(path, WORKSPACE_PATH_SIZE, name))
			return true;
		return error_set(error, FAULT_USAGE, "%s: path too long", name);
	}
	return workspace_find(&night->workspace, folder, name, path, error);
}

static void add_document(struct night *night, const char *name, const struct file *file)
{
	struct assembled_document *document = &night->documents[night->document_count++];
	struct sha256 *sha256 = sha256_new();

	document->name = name;
	document->file = file;
	sha256_hex(sha256, file->bytes, file->size, document->sha256);
	sha256_free(sha256);
}

static bool load_scenario(struct night *night, const struct night_names *names, struct problems *problems,
			  struct error *error)
{
	struct scenario_setting settings[SCENARIO_SETTINGS_MAX];
	char words[SCENARIO_SETTINGS_MAX][WORD_TEXT_SIZE], path[WORKSPACE_PATH_SIZE];
	int i;

	for (i = 0; i < names->setting_count; i++) {
		const char *equals = strchr(names->settings[i], '=');

		if (!equals || equals - names->settings[i] >= WORD_TEXT_SIZE)
			return error_set(error, FAULT_USAGE, "--set %s: wanted is name=value", names->settings[i]);
		(void)snprintf(words[i], sizeof words[i], "%.*s", (int)(equals - names->settings[i]), names->settings[i]);
		settings[i] = (struct scenario_setting){words[i], equals + 1};
	}
	if (!night_find(night, names->scenario, "scenarios", path, error))
		return false;
	night->has_scenario = scenario_load(&night->scenario, path, settings, names->setting_count, problems);
	if (night->has_scenario)
		add_document(night, "scenario.yaml", &night->scenario.file);
	return true;
}

/* In an evidence folder the file as it was used, else the workspace's. */
static bool find_kept(const struct night *night, const struct night_names *names, const char *kept_as, const char *name,
		      const char *folder, char path[WORKSPACE_PATH_SIZE], struct error *error)
{
	if (!names->kept)
		return night_find(night, name, folder, path, error);
	if (snprintf(path, WORKSPACE_PATH_SIZE, "%s/%s", names->kept, kept_as) < WORKSPACE_PATH_SIZE)
		return true;
	return error_set(error, FAULT_USAGE, "%s: path too long", names->kept);
}

static bool load_rule(struct night *night, const struct night_names *names, struct problems *problems, struct error *error)
{
	char path[WORKSPACE_PATH_SIZE];

	if (!find_kept(night, names, "rule.yaml", night->has_order ? night->order.rule : RULE_DEFAULT, RULE_FOLDER, path, error))
		return night->has_order ? problem_add(problems, night->order.path, night->order.rule_at, "%s", error->text) : false;
	night->has_rule = rule_load(&night->rule, path, problems);
	if (night->has_rule)
		add_document(night, "rule.yaml", &night->rule.file);
	if (!find_kept(night, names, "bands.yaml", BANDS_NAME, BANDS_FOLDER, path, error))
		return false;
	night->has_bands = bands_load(&night->bands, path, problems);
	if (night->has_bands)
		add_document(night, "bands.yaml", &night->bands.file);
	return true;
}

/* Profiles say which registers mean "off": a run is not the same with another version of one. */
static void add_profiles(struct night *night)
{
	int i;

	for (i = 0; i < night->bench.profile_count && i < NIGHT_PROFILES_MAX; i++) {
		(void)snprintf(night->profile_names[i], sizeof night->profile_names[i], PROFILE_FOLDER "/%.20s.yaml",
			       night->bench.profiles[i]->name);
		add_document(night, night->profile_names[i], &night->bench.profiles[i]->file);
	}
}

static bool load_people_files(struct night *night, const struct night_names *names, struct problems *problems,
			      struct error *error)
{
	char path[WORKSPACE_PATH_SIZE];

	if (!night_find(night, names->bench, "scenarios/benches", path, error))
		return false;
	night->has_bench = bench_load(&night->bench, path, &night->workspace, problems);
	if (night->has_bench) {
		add_document(night, "bench.yaml", &night->bench.file);
		add_profiles(night);
	}
	if (names->load) {
		if (!night_find(night, names->load, "scenarios/loads", path, error))
			return false;
		night->has_load = load_load(&night->load, path, problems);
		if (night->has_load)
			add_document(night, "load.yaml", &night->load.file);
	}
	if (names->order) {
		if (!night_find(night, names->order, "scenarios/orders", path, error))
			return false;
		night->has_order = order_load(&night->order, path, problems);
		if (night->has_order)
			add_document(night, "order.yaml", &night->order.file);
	}
	if (names->scenario && !load_scenario(night, names, problems, error))
		return false;
	return load_rule(night, names, problems, error);
}

/* What an OTA image says of itself; one that is none has a digest only. */
static void describe_image(struct night *night, const struct ota_image *image)
{
	struct record *line = &night->image_line;
	struct sha256 *sha256 = sha256_new();

	*line = (struct record){.kind = RECORD_IMAGE};
	line->data.image.size_bytes = (int64_t)night->image.size;
	sha256_hex(sha256, night->image.bytes, night->image.size, line->data.image.sha256);
	if (image) {
		line->data.image.inner_size_bytes = (int64_t)image->inner_size;
		sha256_hex(sha256, night->image.bytes + image->file_at + image->inner_at, image->inner_size, line->data.image.inner_sha256);
		(void)snprintf(line->data.image.manufacturer, sizeof line->data.image.manufacturer, "%04X", image->manufacturer);
		(void)snprintf(line->data.image.image_type, sizeof line->data.image.image_type, "%04X", image->type);
		(void)snprintf(line->data.image.version, sizeof line->data.image.version, "%08X", (unsigned)image->version);
	}
	if (night->has_order)
		text_copy(line->data.image.cpl_entry, sizeof line->data.image.cpl_entry, night->order.cpl.entry);
	sha256_free(sha256);
}

/* The image as the drivers want it, and the addresses of those that get it. */
static void prepare_upgrade(struct night *night, const struct ota_image *image)
{
	struct upgrade_image *to = &night->upgrade;
	struct sha256 *sha256 = sha256_new();
	int slot, loaded;

	*to = (struct upgrade_image){.bytes = (const uint8_t *)night->image.bytes, .size = night->image.size,
				     .path = realpath(night->image_path, night->image_absolute)};
	sha256_begin(sha256);
	sha256_add(sha256, to->bytes, to->size);
	sha256_end(sha256, to->sha256);
	sha256_free(sha256);
	for (slot = 0; slot < night->bench.slot_count; slot++) {
		loaded = night->has_load ? load_slot_find(&night->load, night->bench.slots[slot].name) : -1;
		if (loaded >= 0 && night->load.slots[loaded].meter.present)
			to->meters[slot] = night->load.slots[loaded].meter.guid;
		if (loaded >= 0 && night->load.slots[loaded].meter.has_link_key)
			to->link_keys[slot] = night->load.slots[loaded].meter.link_key;
	}
	if (!image)
		return;
	to->ota.at = image->file_at;
	to->ota.size = image->size;
	to->ota.manufacturer = image->manufacturer;
	to->ota.type = image->type;
	to->ota.version = image->version;
	to->ota.has_hardware = image->has_hardware;
	to->ota.hardware_least = image->hardware_least;
	to->ota.hardware_most = image->hardware_most;
}

/* What the order says was certified is what is transferred; without an order that says it nothing is certified. */
static bool is_certified(const struct night *night, const struct ota_image *image, struct error *error)
{
	const struct record *line = &night->image_line;

	if (!night->has_order || !night->order.cpl.entry[0])
		return error_set(error, FAULT_CONFIGURATION, "%s: a certified run needs 'cpl: {entry, hash}' in its test order: hilrig image check "
				 "--cpl prints it", night->has_order ? night->order.path : night->image_path);
	if (!image)
		return error_set(error, FAULT_CONFIGURATION, "%s: no ZigBee OTA image: nobody can tell whether it is entry '%s' of the CPL",
				 night->image_path, night->order.cpl.entry);
	if (image->integrity == OTA_INTEGRITY_WRONG)
		return error_set(error, FAULT_CONFIGURATION, "%s: its integrity code does not agree with its bytes", night->image_path);
	/* A serial loader sends the file as it is, and which of two upgrades a device takes nobody knows: the digest is of one part only. */
	if (image->oddities & (1U << OTA_ODD_IN_FRONT | 1U << OTA_ODD_BEHIND | 1U << OTA_ODD_TWO_UPGRADES))
		return error_set(error, FAULT_CONFIGURATION, "%s: there is more in it than one image (hilrig image show), and only that can be certified",
				 night->image_path);
	if (strcmp(line->data.image.inner_sha256, night->order.cpl.hash) == 0)
		return true;
	return error_set(error, FAULT_CONFIGURATION, "%s: the manufacturer's image in it has SHA-256 %.16s..., and %s says that entry '%s' of the CPL "
			 "has %.16s...", night->image_path, line->data.image.inner_sha256, night->order.path, night->order.cpl.entry,
			 night->order.cpl.hash);
}

static bool take_image(struct night *night, const struct night_names *names, struct error *error)
{
	struct ota_image image;
	struct error why;
	bool is_ota = ota_image_read(&image, (const uint8_t *)night->image.bytes, night->image.size, &why);

	describe_image(night, is_ota ? &image : NULL);
	prepare_upgrade(night, is_ota ? &image : NULL);
	if (names->certify && !is_certified(night, is_ota ? &image : NULL, error))
		return false;
	/* Named in lower case it is the image's all the same, and what devices read back is spelt as the image's. */
	if (names->firmware_to && !(is_ota && strcasecmp(names->firmware_to, night->image_line.data.image.version) == 0))
		text_copy(night->firmware_to, sizeof night->firmware_to, names->firmware_to);
	else if (is_ota)
		text_copy(night->firmware_to, sizeof night->firmware_to, night->image_line.data.image.version);
	else
		return error_set(error, FAULT_USAGE, "%s: %s; say which version is in it with --to VERSION", night->image_path, why.text);
	return true;
}

/* The image of the first transfer; a run has one. */
bool night_load_image(struct night *night, const struct night_names *names, struct error *error)
{
	int i;

	for (i = 0; i < night->plan.count && night->plan.steps[i].verb != VERB_TRANSFER; i++)
		;
	if (i == night->plan.count)
		return true;
	if (!night_find(night, night->plan.steps[i].text, "firmware-images", night->image_path, error) ||
	    !file_read(&night->image, night->image_path, NIGHT_IMAGE_SIZE_MAX, error))
		return false;
	night->has_image = true;
	return take_image(night, names, error);
}

static int64_t longest_recharge(const struct night *night)
{
	int64_t longest_ns = 0;
	int i;

	for (i = 0; i < night->bench.slot_count; i++)
		if (night->taking_part[i] && night->bench.slots[i].recharge_ns > longest_ns)
			longest_ns = night->bench.slots[i].recharge_ns;
	return longest_ns;
}

/* The day on which proofs must not be over-due. */
static const char *today(char text[UTC_TEXT_SIZE])
{
	utc_to_text((int64_t)time(NULL) * 1000000, text);
	text[10] = '\0';
	return text;
}

bool night_load(struct night *night, const struct night_names *names, struct problems *problems, struct error *error)
{
	char day[UTC_TEXT_SIZE];
	struct check_of of;

	if (!night->workspace.count)
		workspace_init(&night->workspace);
	if (!load_people_files(night, names, problems, error))
		return false;
	if (problems->count > 0 || !night->has_bench)
		return false;
	of = (struct check_of){
		.bench = &night->bench,
		.load = night->has_load ? &night->load : NULL,
		.scenario = night->has_scenario ? &night->scenario : NULL,
		.order = night->has_order ? &night->order : NULL,
		.rule = &night->rule,
		.certify = names->certify,
		.today = names->live || names->rehearse || night->bench.environment == ENVIRONMENT_SIMULATED ? NULL : today(day),
	};
	if (!check_slots(&of, names->slots, night->taking_part, problems))
		return false;
	if (night->has_scenario) {
		night->has_plan = plan_make(&night->plan, &night->scenario, longest_recharge(night), problems);
		if (!night->has_plan)
			return false;
		of.plan = &night->plan;
	}
	return check_run(&of, night->taking_part, problems);
}

bool night_load_bench(struct night *night, const char *bench, struct error *error)
{
	const struct night_names names = {.bench = bench};
	struct problems problems;

	if (!bench)
		return error_set(error, FAULT_USAGE, "--bench FILE is missing: which desk?");
	problems_init(&problems);
	(void)!night_load(night, &names, &problems, error); /* a bench that may not run may still be switched off */
	if (!night->has_bench)
		(void)night_refuse(&problems, error);
	problems_done(&problems);
	return night->has_bench;
}

void night_done(struct night *night)
{
	if (night->has_plan)
		plan_done(&night->plan);
	if (night->has_scenario)
		scenario_done(&night->scenario);
	if (night->has_load)
		load_done(&night->load);
	if (night->has_order)
		order_done(&night->order);
	if (night->has_rule)
		rule_done(&night->rule);
	if (night->has_bands)
		bands_done(&night->bands);
	if (night->has_bench)
		bench_done(&night->bench);
	if (night->has_image)
		file_done(&night->image);
	memset(night, 0, sizeof *night);
}

bool night_assemble(const struct night *night, const char *run_id, const char *operator, bool certify, struct assembled *assembled,
		    struct error *error)
{
	const struct assembly assembly = {
		.bench = &night->bench,
		.load = night->has_load ? &night->load : NULL,
		.scenario = &night->scenario,
		.plan = &night->plan,
		.order = night->has_order ? &night->order : NULL,
		.rule = &night->rule,
		.bands = &night->bands,
		.taking_part = night->taking_part,
		.documents = night->documents,
		.document_count = night->document_count,
		.run_id = run_id,
		.operator = operator,
		.certify = certify,
		.image = night->has_image ? &night->image_line : NULL,
		.firmware_to = night->firmware_to,
	};

	return assemble(assembled, &assembly, error);
}

bool night_make_folder(const struct night *night, const char *parent, char path[PATH_MAX], char id[NIGHT_ID_SIZE], struct error *error)
{
	int64_t utc_us = clock_utc_us();
	unsigned number = 0;

	/* Runs that begin in the same second on two benches need different names. */
	if (!random_bytes(&number, sizeof number, NULL))
		number = (unsigned)utc_us ^ (unsigned)getpid();
	(void)snprintf(id, NIGHT_ID_SIZE, "%06x", number & 0xFFFFFF);
	return folder_create(path, parent, utc_us, night->scenario.name, id, error);
}

static bool keep_file(const char *folder, const char *name, const void *bytes, size_t size, struct error *error)
{
	char path[PATH_MAX];

	return folder_path(path, folder, name, error) && file_write(path, bytes, size, error);
}

static bool make_profile_folder(const char *folder, struct error *error)
{
	char path[PATH_MAX];

	if (!folder_path(path, folder, "drivers", error))
		return false;
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	if (!folder_path(path, folder, PROFILE_FOLDER, error))
		return false;
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	return true;
}

bool night_keep(const struct night *night, const struct night_names *names, const char *folder, struct error *error)
{
	char bytes[SCENARIO_SETTINGS_MAX * (FREE_TEXT_SIZE + WORD_TEXT_SIZE)];
	struct text text;
	int i;

	if (!make_profile_folder(folder, error))
		return false;
	for (i = 0; i < night->document_count; i++)
		if (!keep_file(folder, night->documents[i].name, night->documents[i].file->bytes, night->documents[i].file->size,
			       error))
			return false;
	text_init(&text, bytes, sizeof bytes);
	if (names->slots)
		text_format(&text, "--slots %s\n", names->slots);
	if (night->has_image)
		text_format(&text, "--to %s\n", night->firmware_to);
	for (i = 0; i < names->setting_count; i++)
		text_format(&text, "%s\n", names->settings[i]);
	if (!keep_file(folder, SETTINGS_NAME, text.bytes, text.used, error))
		return false;
	if (!night->has_image)
		return true;
	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "%s  %s\n", night->image_line.data.image.sha256, night->image_path);
	if (night->image_line.data.image.inner_sha256[0]) /* for people: sha256sum -c passes over it */
		text_format(&text, "# the manufacturer's image in it: %s, %lld bytes\n", night->image_line.data.image.inner_sha256,
			    (long long)night->image_line.data.image.inner_size_bytes);
	return keep_file(folder, "images.sha256", text.bytes, text.used, error);
}

bool night_load_kept(struct night *night, const char *folder, struct problems *problems, struct error *error)
{
	char paths[4][PATH_MAX], path[PATH_MAX], *line, *rest;
	struct night_names names = {0};
	struct file settings;
	bool done;

	if (!folder_path(paths[0], folder, "scenario.yaml", error) || !folder_path(paths[1], folder, "bench.yaml", error) ||
	    !folder_path(paths[2], folder, "load.yaml", error) || !folder_path(paths[3], folder, "order.yaml", error) ||
	    !folder_path(path, folder, SETTINGS_NAME, error) || !file_read(&settings, path, FILE_PEOPLE_SIZE_MAX, error))
		return false;
	names.kept = folder;
	workspace_init_at(&night->workspace, folder);
	names.scenario = paths[0];
	names.bench = paths[1];
	names.load = folder_has(folder, "load.yaml") ? paths[2] : NULL;
	names.order = folder_has(folder, "order.yaml") ? paths[3] : NULL;
	for (line = strtok_r(settings.bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "--slots ", 8) == 0)
			names.slots = line + 8;
		else if (strncmp(line, "--to ", 5) == 0)
			names.firmware_to = line + 5;
		else if (names.setting_count < SCENARIO_SETTINGS_MAX)
			names.settings[names.setting_count++] = line;
	}
	done = night_load(night, &names, problems, error) && night_load_image(night, &names, error);
	file_done(&settings);
	return done;
}

bool night_refuse(struct problems *problems, struct error *error)
{
	static char bytes[PROBLEMS_MAX * (PROBLEM_TEXT_SIZE + PROBLEM_FILE_SIZE)];
	struct text text;

	if (problems->count == 0)
		return false;
	text_init(&text, bytes, sizeof bytes);
	problems_print(problems, &text);
	fputs(bytes, stderr);
	return error_set(error, FAULT_CONFIGURATION, "%d problem%s in the files above; nothing was opened or energised",
			 problems->count + problems->dropped, problems->count + problems->dropped == 1 ? "" : "s");
}
