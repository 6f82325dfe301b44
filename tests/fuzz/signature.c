/* Any bytes as a signature, a public and a secret key: refused with a reason, or written and read again they are the same. */

#include "rig/evidence/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct signature signature, signature_again;
	static char room[SIGNATURE_FILE_SIZE_MAX];
	struct public_key public, public_again;
	struct secret_key secret, secret_again;
	struct error error = {FAULT_NONE, ""};
	struct text text;

	text_init(&text, room, sizeof room);
	if (signature_get(&signature, (const char *)bytes, size, &error)) {
		signature_put(&text, &signature);
		must(signature_get(&signature_again, room, text.used, &error), "a signature that was written is not read");
		must(memcmp(&signature, &signature_again, sizeof signature.id + sizeof signature.of_file) == 0 &&
		     strcmp(signature.comment, signature_again.comment) == 0, "a signature became another one");
		(void)!signature_holds(&signature, &(struct public_key){.id = {0}}, bytes, size, &error);
	} else if (public_key_get(&public, (const char *)bytes, size, &error)) {
		public_key_put(&text, &public);
		must(public_key_get(&public_again, room, text.used, &error), "a public key that was written is not read");
		must(memcmp(&public, &public_again, sizeof public) == 0, "a public key became another one");
	} else if (secret_key_get(&secret, (const char *)bytes, size, &error)) {
		secret_key_put(&text, &secret);
		must(secret_key_get(&secret_again, room, text.used, &error), "a secret key that was written is not read");
		must(memcmp(&secret, &secret_again, sizeof secret) == 0, "a secret key became another one");
	} else {
		must(error.fault == FAULT_CONFIGURATION && error.text[0], "refused without a reason");
	}
	must(!text.full, "longer than a file may be");
	return 0;
}
