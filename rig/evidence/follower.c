/*
 * A journal from two sources, of which the file is the truth and the socket is early. After a reconnection it goes on where
 * it was, unless the file does not have what was taken, which happens when a rig dies with lines in its buffer. Then a new
 * pass begins at the first line, in which only lines are given that were not, or that differ from those that were.
 */

#include "rig/evidence/follower.h"

#include "rig/base/instant.h"
#include "rig/evidence/folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool keep_path(char *to, size_t size, const char *path, struct error *error)
{
	if (strlen(path) >= size)
		return error_set(error, FAULT_USAGE, "%.64s...: path too long", path);
	memcpy(to, path, strlen(path) + 1);
	return true;
}

bool follower_open(struct follower *follower, const char *socket_path, const char *folder, struct sha256 *sha256,
		   const struct follower_calls *calls, struct error *error)
{
	memset(follower, 0, sizeof *follower);
	follower->calls = *calls;
	follower->socket = follower->file = -1;
	chain_init(&follower->chain, sha256);
	return keep_path(follower->socket_path, sizeof follower->socket_path, socket_path, error) &&
	       keep_path(follower->folder, sizeof follower->folder, folder ? folder : "", error);
}

static void hang_up(struct follower *follower)
{
	if (follower->socket >= 0)
		close(follower->socket);
	follower->socket = -1;
	follower->greeting_size = 0;
}

static void close_file(struct follower *follower)
{
	if (follower->file >= 0)
		close(follower->file);
	follower->file = -1;
}

void follower_close(struct follower *follower)
{
	hang_up(follower);
	close_file(follower);
}

static void enter(struct follower *follower, enum follower_state state, int64_t deadline_ns)
{
	follower->state = state;
	follower->deadline_ns = deadline_ns;
}

/* The connection has ended, or there was none: the folder tells whether the run has, too. */
static void be_alone(struct follower *follower, int64_t next_try_ns)
{
	hang_up(follower);
	follower->from = follower->to = 0; /* of a line that came in part: the file has the whole one */
	enter(follower, FOLLOWER_ALONE, next_try_ns);
}

/* Lines */

static void remember(struct follower *follower, uint64_t seq)
{
	memcpy(follower->hashes[seq % FOLLOWER_REMEMBERED], follower->chain.last_hash, FOLLOWER_HASH_SIZE);
}

static bool was_given(const struct follower *follower, uint64_t seq)
{
	if (seq >= follower->given)
		return false;
	return follower->given - seq > FOLLOWER_REMEMBERED ||
	       memcmp(follower->hashes[seq % FOLLOWER_REMEMBERED], follower->chain.last_hash, FOLLOWER_HASH_SIZE) == 0;
}

/* Lines from `seq` on were given and are not in the journal. */
static void tell_lost(struct follower *follower, uint64_t seq)
{
	if (seq >= follower->given)
		return;
	follower->calls.lost(follower->calls.self, follower->given - seq);
	follower->given = seq;
	follower->has_end = false;
}

static void give(struct follower *follower, const struct record *record, const char *bytes, size_t size)
{
	if (was_given(follower, record->seq))
		return;
	tell_lost(follower, record->seq);
	remember(follower, record->seq);
	follower->given = record->seq + 1;
	/* A run that was resumed after its end goes on behind that line. */
	follower->has_end = record->kind == RECORD_END;
	if (follower->has_end)
		follower->end = record->data.end.reason;
	follower->calls.line(follower->calls.self, record, bytes, size);
}

/* Gives the whole lines that are in the buffer. DAMAGE_CUT is no damage but a line that is still to come. */
static enum damage take_lines(struct follower *follower)
{
	while (follower->from < follower->to) {
		const char *line = follower->buffer + follower->from;
		struct record record;
		size_t used;
		enum damage damage = chain_get(&follower->chain, line, follower->to - follower->from, &record, &used);

		if (damage != DAMAGE_NONE)
			return damage;
		follower->from += used;
		follower->taken_bytes += used;
		give(follower, &record, line, used);
	}
	return DAMAGE_NONE;
}

static size_t make_room(struct follower *follower)
{
	memmove(follower->buffer, follower->buffer + follower->from, follower->to - follower->from);
	follower->to -= follower->from;
	follower->from = 0;
	return sizeof follower->buffer - follower->to;
}

static void begin_pass(struct follower *follower)
{
	chain_init(&follower->chain, follower->chain.sha256);
	follower->taken_bytes = 0;
	follower->from = follower->to = 0;
}

static bool damaged(const struct follower *follower, const char *where, const char *what, enum damage damage,
		    struct error *error)
{
	return error_set(error, FAULT_EVIDENCE, "%s%s: line %" PRIu64 ": %s", where, what, follower->chain.next_seq + 1,
			 damage_text(damage));
}

/* The file */

static bool open_file(struct follower *follower, struct error *error)
{
	char path[PATH_MAX];
	struct stat status;

	if (follower->file >= 0)
		return true;
	if (!folder_path(path, follower->folder, FOLDER_JOURNAL, error))
		return false;
	follower->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (follower->file < 0)
		return error_set_errno(error, FAULT_EVIDENCE, errno, "%s", path);
	if (fstat(follower->file, &status) == 0 && S_ISREG(status.st_mode))
		return true;
	close_file(follower);
	return error_set(error, FAULT_EVIDENCE, "%s: not a regular file", path);
}

/* Whether the line taken last ends there in the file too: its hash speaks for all lines before it. */
static bool file_has_what_was_taken(const struct follower *follower)
{
	char wanted[64 + sizeof "\"}\n" - 1], found[sizeof wanted];
	size_t size = sizeof wanted;

	if (follower->taken_bytes == 0)
		return true;
	memcpy(wanted, follower->chain.last_hash, 64);
	memcpy(wanted + 64, "\"}\n", size - 64);
	return pread(follower->file, found, size, (off_t)(follower->taken_bytes - size)) == (ssize_t)size &&
	       memcmp(found, wanted, size) == 0;
}

/* Takes the next piece of the file, but nothing at or behind `end`. *more: it was not the last one. */
static bool read_file(struct follower *follower, uint64_t end, bool *more, struct error *error)
{
	uint64_t at = follower->taken_bytes + (follower->to - follower->from);
	size_t room = make_room(follower);
	enum damage damage;
	ssize_t got;

	assert(at <= end);
	if (room > end - at)
		room = end - at;
	do
		got = room == 0 ? 0 : pread(follower->file, follower->buffer + follower->to, room, (off_t)at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s/" FOLDER_JOURNAL, follower->folder);
	follower->to += (size_t)got;
	*more = got > 0;
	damage = take_lines(follower);
	if (damage == DAMAGE_NONE || damage == DAMAGE_CUT)
		return true;
	return damaged(follower, follower->folder, "/" FOLDER_JOURNAL, damage, error);
}

/* States */

static bool is_whole_and_ended(const struct follower *follower)
{
	return follower->has_end && follower->from == follower->to;
}

static bool try_to_connect(struct follower *follower)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	memcpy(address.sun_path, follower->socket_path, sizeof address.sun_path);
	follower->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (follower->socket >= 0 && connect(follower->socket, (struct sockaddr *)&address, sizeof address) == 0)
		return true;
	hang_up(follower);
	return false;
}

static bool go_to_the_tail(struct follower *follower, struct error *error)
{
	hang_up(follower);
	if (!open_file(follower, error))
		return false;
	if (!file_has_what_was_taken(follower))
		begin_pass(follower);
	enter(follower, FOLLOWER_TAIL, 0);
	return true;
}

static bool alone(struct follower *follower, int64_t now_ns, struct error *error)
{
	if (now_ns < follower->deadline_ns)
		return true;
	if (try_to_connect(follower)) {
		enter(follower, FOLLOWER_GREETED, now_ns + FOLLOWER_HELLO_NS);
		return true;
	}
	enter(follower, FOLLOWER_ALONE, now_ns + FOLLOWER_RETRY_NS);
	return !follower->folder[0] || go_to_the_tail(follower, error);
}

static bool tail(struct follower *follower, int64_t now_ns, struct error *error)
{
	bool more;

	if (!read_file(follower, UINT64_MAX, &more, error))
		return false;
	if (more)
		return true;
	tell_lost(follower, follower->chain.next_seq);
	if (is_whole_and_ended(follower)) {
		enter(follower, FOLLOWER_ENDED, INSTANT_NEVER);
		return true;
	}
	if (follower->bench_taken)
		return error_set(error, FAULT_RIG, "%s: the run has no end, and run %s has its bench now", follower->folder,
				 follower->taker);
	be_alone(follower, now_ns + FOLLOWER_RETRY_NS);
	return true;
}

/* The hello may come in pieces, and what stands behind it is left in the socket. False: the connection has ended. */
static bool read_greeting(struct follower *follower, bool *complete)
{
	ssize_t got;

	*complete = false;
	while (follower->greeting_size < sizeof follower->greeting && !*complete) {
		got = recv(follower->socket, follower->greeting + follower->greeting_size, 1, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
		*complete = follower->greeting[follower->greeting_size++] == '\n';
	}
	*complete = true;
	return true;
}

static bool same_folder(const char *left, const char *right)
{
	struct stat a, b;

	return stat(left, &a) == 0 && stat(right, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* What the folder has is then all there is of this run. */
static bool meet_another(struct follower *follower, const struct hello *hello, struct error *error)
{
	follower->bench_taken = true;
	memcpy(follower->taker, hello->run, sizeof follower->taker);
	return go_to_the_tail(follower, error);
}

static bool meet(struct follower *follower, const struct hello *hello, struct error *error)
{
	if (hello->refused[0])
		return error_set(error, FAULT_BUSY, "the run refuses: %s", hello->refused);
	if (follower->folder[0] && !same_folder(follower->folder, hello->folder))
		return meet_another(follower, hello, error);
	if (!follower->folder[0])
		memcpy(follower->folder, hello->folder, sizeof follower->folder);
	follower->hello = *hello;
	if (!open_file(follower, error))
		return false;
	if (hello->offset < follower->taken_bytes || !file_has_what_was_taken(follower))
		begin_pass(follower);
	enter(follower, FOLLOWER_PAST, 0);
	return true;
}

static bool greeted(struct follower *follower, int64_t now_ns, struct error *error)
{
	struct hello hello;
	bool complete;

	if (!read_greeting(follower, &complete) || (!complete && now_ns >= follower->deadline_ns)) {
		be_alone(follower, now_ns + FOLLOWER_RETRY_NS);
		return true;
	}
	if (!complete)
		return true;
	if (!hello_get(&hello, follower->greeting, follower->greeting_size, error))
		return error_prefix(error, "%s", follower->socket_path);
	return meet(follower, &hello, error);
}

static bool past(struct follower *follower, struct error *error)
{
	bool more;

	if (!read_file(follower, follower->hello.offset, &more, error))
		return false;
	if (more)
		return true;
	if (follower->taken_bytes != follower->hello.offset || follower->chain.next_seq != follower->hello.next_seq)
		return error_set(error, FAULT_EVIDENCE, "%s/" FOLDER_JOURNAL ": has %" PRIu64 " lines where its run says %" PRIu64,
				 follower->folder, follower->chain.next_seq, follower->hello.next_seq);
	enter(follower, FOLLOWER_LIVE, INSTANT_NEVER);
	return true;
}

static bool live(struct follower *follower, struct error *error)
{
	size_t room = make_room(follower);
	enum damage damage;
	ssize_t got;

	do
		got = recv(follower->socket, follower->buffer + follower->to, room, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return true;
	if (got <= 0) {
		be_alone(follower, 0);
		return true;
	}
	follower->to += (size_t)got;
	damage = take_lines(follower);
	if (damage != DAMAGE_NONE && damage != DAMAGE_CUT)
		return damaged(follower, follower->socket_path, " (what the run sends)", damage, error);
	return true;
}

bool follower_turn(struct follower *follower, int64_t now_ns, struct error *error)
{
	switch (follower->state) {
	case FOLLOWER_ALONE:
		return alone(follower, now_ns, error);
	case FOLLOWER_GREETED:
		return greeted(follower, now_ns, error);
	case FOLLOWER_PAST:
		return past(follower, error);
	case FOLLOWER_LIVE:
		return live(follower, error);
	case FOLLOWER_TAIL:
		return tail(follower, now_ns, error);
	case FOLLOWER_ENDED:
		break;
	}
	return true;
}

int follower_descriptor(const struct follower *follower)
{
	return follower->state == FOLLOWER_GREETED || follower->state == FOLLOWER_LIVE ? follower->socket : -1;
}

int64_t follower_deadline(const struct follower *follower)
{
	return follower->deadline_ns;
}
