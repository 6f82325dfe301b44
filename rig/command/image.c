/* image show, image check, image make: ZigBee OTA files. */

#include "rig/command/table.h"

#include "rig/base/file.h"
#include "rig/base/text.h"
#include "rig/base/workspace.h"
#include "rig/command/sheet.h"
#include "rig/image/fit.h"
#include "rig/report/escape.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file, what is in it, and both digests. */
struct shown {
	char path[WORKSPACE_PATH_SIZE];
	struct file file;
	struct ota_image image;
	char digest[SHA256_HEX_SIZE], inner[SHA256_HEX_SIZE];
};

/* As it stands, or from the workspace's firmware-images. */
static bool find(const char *name, char path[WORKSPACE_PATH_SIZE], struct error *error)
{
	struct workspace workspace;

	if (strchr(name, '/') || access(name, F_OK) == 0) {
		if (snprintf(path, WORKSPACE_PATH_SIZE, "%s", name) < WORKSPACE_PATH_SIZE)
			return true;
		return error_set(error, FAULT_USAGE, "%s: path too long", name);
	}
	workspace_init(&workspace);
	return workspace_find(&workspace, "firmware-images", name, path, error);
}

static bool shown_open(struct shown *shown, const char *name, struct error *error)
{
	const uint8_t *bytes;
	struct sha256 *sha256;

	if (!find(name, shown->path, error) || !file_read(&shown->file, shown->path, OTA_IMAGE_SIZE_MAX, error))
		return false;
	bytes = (const uint8_t *)shown->file.bytes;
	if (!ota_image_read(&shown->image, bytes, shown->file.size, error)) {
		file_done(&shown->file);
		return error_prefix(error, "%s", shown->path);
	}
	sha256 = sha256_new();
	sha256_hex(sha256, bytes, shown->file.size, shown->digest);
	sha256_hex(sha256, bytes + shown->image.file_at + shown->image.inner_at, shown->image.inner_size, shown->inner);
	sha256_free(sha256);
	return true;
}

/* ---- show ---- */

static void put_part(size_t at, size_t size, const char *what)
{
	printf("  %8zu  %8zu  %s\n", at, size, what);
}

static void put_parts(const struct ota_image *image)
{
	char what[80];
	int i;

	printf("\n  %8s  %8s\n", "at byte", "bytes");
	if (image->file_at)
		put_part(0, image->file_at, "in front of the image: not served");
	put_part(image->file_at, image->header_size, "header");
	for (i = 0; i < image->element_count; i++) {
		(void)snprintf(what, sizeof what, "element %04X: %s", image->elements[i].tag, ota_tag_text(image->elements[i].tag));
		put_part(image->file_at + image->elements[i].at, image->elements[i].size, what);
	}
	if (image->element_count == 0 && image->inner_size)
		put_part(image->file_at + image->inner_at, image->inner_size, "manufacturer's image");
	if (image->has_signature)
		put_part(image->file_at + image->signature_at, OTA_GBCS_SIGNATURE_SIZE, "signature of GBCS");
	if (image->behind)
		put_part(image->file_at + image->size, image->behind, "behind the image: not served");
}

static void put_header(const struct ota_image *image)
{
	static const char *const stacks[] = {"ZigBee 2006", "ZigBee 2007", "ZigBee PRO", "ZigBee IP"};
	int i;

	printf("  manufacturer     %04X%s\n", image->manufacturer, image->manufacturer == 0xFFFF ? " (any)" : "");
	printf("  image type       %04X%s\n", image->type, image->type == 0xFFFF ? " (any)" : "");
	printf("  file version     %08X\n", (unsigned)image->version);
	printf("  stack            %u%s%s\n", image->stack, image->stack < 4 ? ", " : "", image->stack < 4 ? stacks[image->stack] : "");
	printf("  header string    %s\n", image->name[0] ? image->name : "(empty)");
	if (image->has_hardware)
		printf("  hardware         %04X to %04X\n", image->hardware_least, image->hardware_most);
	if (image->has_credential)
		printf("  credentials      %u\n", image->credential);
	if (image->has_destination) {
		printf("  only for         ");
		for (i = 7; i >= 0; i--)
			printf("%02X%s", image->destination[i], i ? "-" : "\n");
	}
}

static const char *integrity_word(enum ota_integrity integrity)
{
	static const char *const words[] = {[OTA_INTEGRITY_NONE] = "none", [OTA_INTEGRITY_RIGHT] = "right", [OTA_INTEGRITY_WRONG] = "wrong"};

	return words[integrity];
}

static void put_shown(const struct shown *shown)
{
	const struct ota_image *image = &shown->image;
	int i;

	printf("%s\n\n", shown->path);
	put_header(image);
	put_parts(image);
	printf("\n  SHA-256 of the file          %s\n", shown->digest);
	printf("  SHA-256 of the image inside  %s  (%zu bytes: what the CPL and CS06 carry)\n", shown->inner, image->inner_size);
	printf("  integrity code               %s\n", integrity_word(image->integrity));
	for (i = 0; i < OTA_ODDITY_COUNT; i++)
		if (image->oddities & 1U << i)
			printf("odd: %s\n", ota_oddity_text((enum ota_oddity)i));
	if (image->integrity == OTA_INTEGRITY_WRONG)
		printf("WRONG: the integrity code does not agree with the bytes; a device would refuse this image\n");
}

static void put_shown_json(const struct shown *shown)
{
	const struct ota_image *image = &shown->image;
	bool first = true;
	int i;

	fputs("{\"file\": ", stdout);
	put_json(stdout, shown->path);
	printf(", \"sha256\": \"%s\", \"inner_sha256\": \"%s\", \"inner_at\": %zu, \"inner_size\": %zu, \"size\": %zu, \"file_at\": %zu, \"behind\": %zu, "
	       "\"manufacturer\": \"%04X\", \"image_type\": \"%04X\", \"version\": \"%08X\", \"stack\": %u, \"name\": ", shown->digest, shown->inner,
	       image->file_at + image->inner_at, image->inner_size, image->size, image->file_at, image->behind, image->manufacturer,
	       image->type, (unsigned)image->version, image->stack);
	put_json(stdout, image->name);
	if (image->has_hardware)
		printf(", \"hardware\": [\"%04X\", \"%04X\"]", image->hardware_least, image->hardware_most);
	printf(", \"signature\": %s, \"integrity\": \"%s\", \"elements\": [", image->has_signature ? "true" : "false", integrity_word(image->integrity));
	for (i = 0; i < image->element_count; i++)
		printf("%s{\"tag\": \"%04X\", \"at\": %zu, \"size\": %zu}", i ? ", " : "", image->elements[i].tag,
		       image->file_at + image->elements[i].at, image->elements[i].size);
	fputs("], \"odd\": [", stdout);
	for (i = 0; i < OTA_ODDITY_COUNT; i++) {
		if (!(image->oddities & 1U << i))
			continue;
		fputs(first ? "" : ", ", stdout);
		put_json(stdout, ota_oddity_text((enum ota_oddity)i));
		first = false;
	}
	fputs("]}\n", stdout);
}

static bool show_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct shown shown;

	if (!shown_open(&shown, arguments->operands[0], error))
		return false;
	if (arguments_has(arguments, "--json"))
		put_shown_json(&shown);
	else
		put_shown(&shown);
	*exit_code = shown.image.integrity == OTA_INTEGRITY_WRONG ? EXIT_CODE_FAIL : EXIT_CODE_PASS;
	file_done(&shown.file);
	return true;
}

/* ---- check ---- */

/* The entry of that name, or, without one, the one whose hash is the image's. Its fields point into `bytes`. */
static bool find_entry(struct fit_entry *entry, const char *path, char *bytes, const char *name, const char *inner, struct error *error)
{
	static const char *const known[] = {"entry", "manufacturer", "model", "firmware", "hash", "status", NULL};
	static const char *const needed[] = {"entry", "hash", NULL};
	struct sheet sheet;
	bool got = true;

	if (!sheet_begin(&sheet, path, bytes, known, needed, error))
		return false;
	while (sheet_next(&sheet, &got, error) && got) {
		const char *hash = sheet_value(&sheet, "hash");

		if (strlen(hash) != SHA256_HEX_SIZE - 1 || strspn(hash, "0123456789abcdefABCDEF") != SHA256_HEX_SIZE - 1)
			return sheet_refuse(&sheet, error, "'%.70s' is no SHA-256: 64 hexadecimal digits", hash);
		if (name ? strcmp(sheet_value(&sheet, "entry"), name) != 0 : strcasecmp(hash, inner) != 0)
			continue;
		*entry = (struct fit_entry){.entry = sheet_value(&sheet, "entry"), .manufacturer = sheet_value(&sheet, "manufacturer"),
					    .model = sheet_value(&sheet, "model"), .firmware = sheet_value(&sheet, "firmware"), .hash = hash,
					    .status = sheet_value(&sheet, "status")};
		return true;
	}
	if (got)
		return false;
	if (name)
		return error_set(error, FAULT_CONFIGURATION, "%s: no entry '%s'", path, name);
	return error_set(error, FAULT_CONFIGURATION, "%s: no entry has the hash of the image inside, %s", path, inner);
}

static void put_fit(const struct shown *shown, const struct fit *fit, const struct fit_entry *entry)
{
	int i;

	printf("%s\n\n", shown->path);
	for (i = 0; i < fit->count; i++)
		printf("  %-5s  %-13s  %s\n", fit->items[i].fits ? "fits" : "WRONG", fit->items[i].what, fit->items[i].text);
	if (entry->entry && fit->misfits == 0)
		printf("\nfor a test order:\n  cpl: {entry: \"%s\", hash: %s}\n", entry->entry, shown->inner);
	printf("\n%s\n", fit->misfits ? "it does not fit" : "it fits");
}

static void put_fit_json(const struct shown *shown, const struct fit *fit, const struct fit_entry *entry)
{
	int i;

	fputs("{\"file\": ", stdout);
	put_json(stdout, shown->path);
	printf(", \"sha256\": \"%s\", \"inner_sha256\": \"%s\"", shown->digest, shown->inner);
	if (entry->entry) {
		fputs(", \"entry\": ", stdout);
		put_json(stdout, entry->entry);
	}
	printf(", \"fits\": %s, \"items\": [", fit->misfits ? "false" : "true");
	for (i = 0; i < fit->count; i++) {
		printf("%s{\"what\": \"%s\", \"fits\": %s, \"text\": ", i ? ", " : "", fit->items[i].what, fit->items[i].fits ? "true" : "false");
		put_json(stdout, fit->items[i].text);
		putchar('}');
	}
	fputs("]}\n", stdout);
}

static bool check_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const struct fit_device device = {arguments_value(arguments, "--manufacturer"), arguments_value(arguments, "--model"),
					  arguments_value(arguments, "--firmware")};
	const char *cpl = arguments_value(arguments, "--cpl"), *name = arguments_value(arguments, "--entry");
	struct fit_entry entry = {.entry = NULL};
	struct file list = {.bytes = NULL};
	struct shown shown;
	struct fit fit;
	bool done;

	if (name && !cpl)
		return error_set(error, FAULT_USAGE, "--entry needs --cpl FILE: in which list?");
	if (!shown_open(&shown, arguments->operands[0], error))
		return false;
	done = !cpl || (file_read(&list, cpl, FILE_PEOPLE_SIZE_MAX, error) && find_entry(&entry, cpl, list.bytes, name, shown.inner, error));
	if (done) {
		fit_image(&fit, &shown.image, shown.inner, &device, &entry);
		if (arguments_has(arguments, "--json"))
			put_fit_json(&shown, &fit, &entry);
		else
			put_fit(&shown, &fit, &entry);
		*exit_code = fit.misfits ? EXIT_CODE_FAIL : EXIT_CODE_PASS;
	}
	if (list.bytes)
		file_done(&list);
	file_done(&shown.file);
	return done;
}

/* ---- make ---- */

static bool take_hex(const struct arguments *arguments, const char *option, unsigned long most, unsigned long *value, struct error *error)
{
	const char *text = arguments_value(arguments, option);
	char *end;

	if (!text)
		return error_set(error, FAULT_USAGE, "%s is missing", option);
	*value = strtoul(text, &end, 16);
	if (!text[0] || strspn(text, "0123456789abcdefABCDEF") != strlen(text) || *end || strlen(text) > 8 || *value > most)
		return error_set(error, FAULT_USAGE, "%s: '%.40s' is no hexadecimal number up to %lX", option, text, most);
	return true;
}

static bool take_hardware(struct ota_image *image, const char *text, struct error *error)
{
	unsigned least, most;
	int used = 0;

	if (!text)
		return true;
	if (sscanf(text, "%4x..%4x%n", &least, &most, &used) != 2 || text[used] || least > most)
		return error_set(error, FAULT_USAGE, "--hardware: '%.40s' is no range such as 0001..00FF", text);
	image->has_hardware = true;
	image->hardware_least = (uint16_t)least;
	image->hardware_most = (uint16_t)most;
	return true;
}

static bool take_header(struct ota_image *image, const struct arguments *arguments, struct error *error)
{
	unsigned long manufacturer, type, version;

	if (!take_hex(arguments, "--manufacturer", 0xFFFF, &manufacturer, error) || !take_hex(arguments, "--type", 0xFFFF, &type, error) ||
	    !take_hex(arguments, "--version", 0xFFFFFFFF, &version, error) || !take_hardware(image, arguments_value(arguments, "--hardware"), error))
		return false;
	image->manufacturer = (uint16_t)manufacturer;
	image->type = (uint16_t)type;
	image->version = (uint32_t)version;
	image->stack = 2;
	if (!arguments_value(arguments, "--string") || text_copy(image->name, sizeof image->name, arguments_value(arguments, "--string")))
		return true;
	return error_set(error, FAULT_USAGE, "--string: longer than the header's %d bytes", OTA_IMAGE_NAME_SIZE - 1);
}

static bool write_image(const char *path, const struct ota_image *image, const struct file *payload, const struct file *signature,
			struct error *error)
{
	const uint8_t *bytes = (const uint8_t *)payload->bytes, *signed_by = (const uint8_t *)signature->bytes;
	size_t size = ota_image_make(image, bytes, payload->size, signed_by, NULL);
	uint8_t *made = malloc(size);
	bool done;

	assert(made);
	(void)ota_image_make(image, bytes, payload->size, signed_by, made);
	done = file_write(path, made, size, error);
	free(made);
	return done;
}

static bool read_parts(const struct arguments *arguments, struct ota_image *image, struct file *payload, struct file *signature,
		       struct error *error)
{
	const char *from = arguments_value(arguments, "--payload"), *signed_by = arguments_value(arguments, "--signature");

	if (!from)
		return error_set(error, FAULT_USAGE, "--payload FILE is missing: what the device is to run");
	if (!take_header(image, arguments, error) || !file_read(payload, from, OTA_IMAGE_SIZE_MAX / 2, error))
		return false;
	if (!signed_by)
		return true;
	if (!file_read(signature, signed_by, OTA_GBCS_SIGNATURE_SIZE, error))
		return false;
	image->has_signature = true;
	if (signature->size == OTA_GBCS_SIGNATURE_SIZE)
		return true;
	return error_set(error, FAULT_CONFIGURATION, "%s: a signature of GBCS has %d bytes, r and s; this has %zu", signed_by,
			 OTA_GBCS_SIGNATURE_SIZE, signature->size);
}

static bool make_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct file payload = {.bytes = NULL}, signature = {.bytes = NULL};
	struct ota_image image = {.size = 0};
	struct shown shown;
	bool done;

	(void)exit_code;
	done = read_parts(arguments, &image, &payload, &signature, error) &&
	       write_image(arguments->operands[0], &image, &payload, &signature, error) && shown_open(&shown, arguments->operands[0], error);
	if (payload.bytes)
		file_done(&payload);
	if (signature.bytes)
		file_done(&signature);
	if (!done)
		return false;
	if (arguments_has(arguments, "--json"))
		put_shown_json(&shown);
	else
		put_shown(&shown);
	file_done(&shown.file);
	return true;
}

static const struct command_option show_options[] = {
	{"--json", NULL, "as JSON (reports/image.schema.json)", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example show_examples[] = {
	{"image show example-00020130.ota", "what a device would be given, and both digests"},
	{NULL, NULL},
};

const struct command command_image_show = {
	.name = "image show",
	.operands = "FILE",
	.operands_least = 1,
	.operands_most = 1,
	.about = "what is in a ZigBee OTA image",
	.text = "Reads header, elements, signatures and integrity code; finds the header behind a container's prefix, tolerates padding, and\n"
		"says what is odd. Prints two digests: of the file, and of the manufacturer's image inside, which is the one that the CPL\n"
		"and the activation command CS06 carry. Ends with 1 if the integrity code is wrong, with 64 if it is no image.",
	.options = show_options,
	.examples = show_examples,
	.run = show_run,
};

static const struct command_option check_options[] = {
	{"--manufacturer", "HEX", "of the device, as on its load sheet: AB01", false},
	{"--model", "HEX", "image type and hardware version of the device: 010A030B", false},
	{"--firmware", "HEX", "what it runs now: 0002012F", false},
	{"--cpl", "FILE", "CSV with the columns entry, hash, and as far as known manufacturer, model, firmware, status", false},
	{"--entry", "NAME", "the entry of it (default: the one with the image's hash)", false},
	{"--json", NULL, "as JSON (reports/image.schema.json)", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example check_examples[] = {
	{"image check meter.ota --manufacturer AB01 --model 010A030B --firmware 0002012F", "is it for this meter?"},
	{"image check meter.ota --cpl cpl.csv", "is it certified? prints the line for a test order"},
	{NULL, NULL},
};

const struct command command_image_check = {
	.name = "image check",
	.operands = "FILE",
	.operands_least = 1,
	.operands_most = 1,
	.about = "whether an image is whole, for this device, and on the CPL",
	.text = "Compares sizes, integrity code, manufacturer, image type, hardware range and version with what the options say of a device,\n"
		"and the digest of the manufacturer's image with an entry of the Certified Products List. What is not said is not compared.\n"
		"Ends with 0 if all that was compared fits, with 1 if not.",
	.options = check_options,
	.examples = check_examples,
	.run = check_run,
};

static const struct command_option make_options[] = {
	{"--payload", "FILE", "the manufacturer's image", false},
	{"--manufacturer", "HEX", "manufacturer code: AB01", false},
	{"--type", "HEX", "image type: 010A", false},
	{"--version", "HEX", "file version: 00020130", false},
	{"--hardware", "A..B", "least and most hardware version: 0300..030F", false},
	{"--string", "TEXT", "the header's string, up to 32 bytes", false},
	{"--signature", "FILE", "64 bytes of the supplier's: built as GBCS does, without elements", false},
	{"--json", NULL, "as JSON (reports/image.schema.json)", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example make_examples[] = {
	{"image make meter.ota --payload meter.bin --manufacturer AB01 --type 010A --version 00020130 --hardware 0300..030F",
	 "with an integrity code"},
	{NULL, NULL},
};

const struct command command_image_make = {
	.name = "image make",
	.operands = "FILE",
	.operands_least = 1,
	.operands_most = 1,
	.about = "a ZigBee OTA image from a manufacturer's",
	.text = "Puts a header in front of the payload: as one element with an integrity code behind it, or, with --signature, as GBCS\n"
		"11.2.3 builds it. Replaces FILE, and shows what it has made.",
	.options = make_options,
	.examples = make_examples,
	.run = make_run,
};
