/* Lock and socket of a bench. flock dies with its last holder, so there is no stale lock to clean up. */

#include "rig/supervisor/seat.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FOLDER_SIZE 60

static bool seat_folder(char folder[FOLDER_SIZE], struct error *error)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	struct stat status;

	if (!base || snprintf(folder, FOLDER_SIZE, "%s/hilrig-%u", base, (unsigned)getuid()) >= FOLDER_SIZE)
		(void)snprintf(folder, FOLDER_SIZE, "/tmp/hilrig-%u", (unsigned)getuid());
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", folder);
	if (lstat(folder, &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != getuid() || (status.st_mode & 077))
		return error_set(error, FAULT_ENVIRONMENT, "%s is not this user's own folder of mode 0700", folder);
	return true;
}

/* The bench's name as a file's. */
static void seat_name(char *to, size_t size, const char *bench)
{
	size_t i;

	for (i = 0; bench[i] && i + 1 < size; i++)
		to[i] = bench[i] == '/' || bench[i] == '.' ? '_' : bench[i];
	to[i] = '\0';
}

static bool seat_path(char path[SEAT_PATH_SIZE], const char *bench, const char *ending, struct error *error)
{
	char folder[FOLDER_SIZE], name[40];

	if (!seat_folder(folder, error))
		return false;
	seat_name(name, sizeof name, bench);
	(void)snprintf(path, SEAT_PATH_SIZE, "%s/%s%s", folder, name, ending);
	return true;
}

bool seat_run_path(char path[SEAT_PATH_SIZE], const char *bench, struct error *error)
{
	return seat_path(path, bench, ".run", error);
}

static bool seat_address(struct sockaddr_un *address, const char *bench, struct error *error)
{
	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	return seat_path(address->sun_path, bench, ".sock", error);
}

static bool busy(const char *bench, struct error *error)
{
	char who[SEAT_LINE_SIZE];

	if (!seat_status(bench, who) || !who[0])
		return error_set(error, FAULT_BUSY, "bench %s is held by another process that does not answer", bench);
	return error_set(error, FAULT_BUSY, "bench %s is held: %s; hilrig off --bench FILE ends it", bench, who);
}

bool seat_take(struct seat *seat, const char *bench, struct error *error)
{
	struct sockaddr_un address;
	char lock[sizeof address.sun_path + 8];

	*seat = (struct seat){.lock = -1, .listening = -1};
	if (!seat_address(&address, bench, error))
		return false;
	(void)snprintf(lock, sizeof lock, "%.*s.lock", (int)strlen(address.sun_path) - 5, address.sun_path);
	seat->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (seat->lock < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", lock);
	if (flock(seat->lock, LOCK_EX | LOCK_NB) != 0) {
		seat_leave(seat);
		return busy(bench, error);
	}
	(void)unlink(address.sun_path); /* of a holder that died: the lock says that it is gone */
	seat->listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (seat->listening < 0 || bind(seat->listening, (struct sockaddr *)&address, sizeof address) != 0 ||
	    chmod(address.sun_path, 0600) != 0 || listen(seat->listening, 4) != 0) {
		(void)error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", address.sun_path);
		seat_leave(seat);
		return false;
	}
	(void)snprintf(seat->path, sizeof seat->path, "%s", address.sun_path);
	return seat_run_path(seat->run, bench, error) && seat_path(seat->control, bench, ".control", error);
}

void seat_leave(struct seat *seat)
{
	if (seat->listening >= 0) {
		(void)unlink(seat->path);
		(void)unlink(seat->run); /* of a rig that was killed; one that ended has taken it away itself */
		(void)unlink(seat->control);
		close(seat->listening);
	}
	if (seat->lock >= 0)
		close(seat->lock);
	*seat = (struct seat){.lock = -1, .listening = -1};
}

void seat_child(struct seat *seat)
{
	if (seat->listening >= 0)
		close(seat->listening);
	seat->listening = -1;
}

int seat_caller(const struct seat *seat, char word[SEAT_WORD_SIZE], int streams[2])
{
	int caller = accept4(seat->listening, NULL, NULL, SOCK_CLOEXEC);
	struct timeval patience = {.tv_sec = 1};
	struct iovec piece = {word, SEAT_WORD_SIZE - 1};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct msghdr packet = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes,
				.msg_controllen = sizeof control.bytes};
	struct cmsghdr *header;

	if (caller < 0)
		return -1;
	memset(word, 0, SEAT_WORD_SIZE);
	streams[0] = streams[1] = -1;
	(void)setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (recvmsg(caller, &packet, MSG_CMSG_CLOEXEC) <= 0) {
		close(caller);
		return -1;
	}
	header = CMSG_FIRSTHDR(&packet);
	if (header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(2 * sizeof(int)))
		memcpy(streams, CMSG_DATA(header), 2 * sizeof(int));
	return caller;
}

void seat_answer(int caller, const char *line, int exit_code)
{
	char last[32];
	int size = snprintf(last, sizeof last, "exit %d", exit_code);

	if (line)
		(void)!send(caller, line, strlen(line), MSG_NOSIGNAL);
	(void)!send(caller, last, (size_t)size, MSG_NOSIGNAL);
	close(caller);
}

static bool send_word(int socket_descriptor, const char *word)
{
	const int streams[2] = {STDOUT_FILENO, STDERR_FILENO};
	struct iovec piece = {(void *)(uintptr_t)word, strlen(word)};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof streams)];
	} control = {0};
	struct msghdr packet = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes,
				.msg_controllen = sizeof control.bytes};

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof streams);
	memcpy(CMSG_DATA(&control.header), streams, sizeof streams);
	return sendmsg(socket_descriptor, &packet, MSG_NOSIGNAL) >= 0;
}

/* To nobody yet; `within_ms`: of every wait on it; 0: for ever. -1: there is none. */
static int connection(int within_ms)
{
	int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct timeval patience = {.tv_sec = within_ms / 1000, .tv_usec = within_ms % 1000 * 1000};

	if (descriptor < 0)
		return -1;
	(void)setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	(void)setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return descriptor;
}

/* A connection over which `word` was sent; -1: nobody is there. */
static int speak(const char *bench, const char *word, int within_ms)
{
	int descriptor = connection(within_ms);
	struct sockaddr_un address;

	if (descriptor < 0)
		return -1;
	if (seat_address(&address, bench, NULL) && connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 &&
	    send_word(descriptor, word))
		return descriptor;
	close(descriptor);
	return -1;
}

/* All lines of an answer; closes the connection. False: it broke off, or took too long. */
static bool hear(int descriptor, void (*take)(void *self, const char *line), void *self, int *exit_code)
{
	char line[SEAT_LINE_SIZE];
	bool answered = false;
	ssize_t got;

	while (!answered && (got = recv(descriptor, line, sizeof line - 1, 0)) > 0) {
		line[got] = '\0';
		answered = sscanf(line, "exit %d", exit_code) == 1;
		if (!answered)
			take(self, line);
	}
	close(descriptor);
	return answered;
}

bool seat_control(const char *bench, const char *request, size_t size, void (*take)(void *self, const char *line), void *self, int *exit_code)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int descriptor = connection(SEAT_CONTROL_MS);

	if (descriptor < 0)
		return false;
	if (seat_path(address.sun_path, bench, ".control", NULL) && connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 &&
	    send(descriptor, request, size, MSG_NOSIGNAL) == (ssize_t)size)
		return hear(descriptor, take, self, exit_code);
	close(descriptor);
	return false;
}

bool seat_say(const char *bench, const char *word, void (*take)(void *self, const char *line), void *self, int *exit_code)
{
	/* What a run goes on with may last for a night; off must not. */
	int descriptor = speak(bench, word, strcmp(word, "off") == 0 ? SEAT_OFF_WITHIN_MS : 0);

	return descriptor >= 0 && hear(descriptor, take, self, exit_code);
}

bool seat_status(const char *bench, char line[SEAT_LINE_SIZE])
{
	int descriptor;
	ssize_t got;

	line[0] = '\0';
	errno = 0;
	descriptor = speak(bench, "status", SEAT_STATUS_MS);
	if (descriptor < 0)
		return errno == EAGAIN; /* a queue of callers that nobody answers */
	got = recv(descriptor, line, SEAT_LINE_SIZE - 1, 0);
	close(descriptor);
	line[got > 0 ? got : 0] = '\0';
	return true;
}

int seat_list(char names[SEATS_MAX][64])
{
	char folder[FOLDER_SIZE];
	struct dirent *entry;
	DIR *directory;
	int count = 0;

	if (!seat_folder(folder, NULL) || !(directory = opendir(folder)))
		return 0;
	while (count < SEATS_MAX && (entry = readdir(directory)) != NULL) {
		size_t size = strlen(entry->d_name);

		if (size > 5 && size < 64 && strcmp(entry->d_name + size - 5, ".sock") == 0)
			(void)snprintf(names[count++], 64, "%.*s", (int)size - 5, entry->d_name);
	}
	closedir(directory);
	return count;
}
