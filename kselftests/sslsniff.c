// SPDX-License-Identifier: GPL-2.0
/*
 * The tool sslsniff prints the data that this process sends to itself by TLS,
 * with OpenSSL's library.
 */
#include <dlfcn.h>
#include <sys/socket.h>

#include "rex_sample.h"

#define RECORD 16384
#define LARGE 24000
#define REQUESTS 5

static const char folder[] = "tools/sslsniff";

/* OpenSSL's functions and numbers, as in its headers. */
#define SET_MAX_PROTO_VERSION 124
#define TLS1_2 0x0303

struct library {
	const void *(*TLS_method)(void);
	void *(*SSL_CTX_new)(const void *method);
	long (*SSL_CTX_ctrl)(void *ctx, int command, long number, void *data);
	int (*SSL_CTX_set_cipher_list)(void *ctx, const char *list);
	void *(*SSL_new)(void *ctx);
	int (*SSL_set_fd)(void *ssl, int fd);
	void (*SSL_set_accept_state)(void *ssl);
	void (*SSL_set_connect_state)(void *ssl);
	int (*SSL_do_handshake)(void *ssl);
	int (*SSL_write)(void *ssl, const void *data, int size);
	int (*SSL_read)(void *ssl, void *data, int size);
	int (*SSL_write_ex)(void *ssl, const void *data, size_t size,
			    size_t *written);
	int (*SSL_read_ex)(void *ssl, void *data, size_t size, size_t *got);
};

static struct library load_library(void)
{
	void *handle = dlopen("libssl.so.3", RTLD_NOW);
	struct library l;

	ASSERT_MSG(handle, "%s", dlerror());
#define FIND(NAME)                               \
	do {                                     \
		l.NAME = dlsym(handle, #NAME);   \
		ASSERT_MSG(l.NAME, "no " #NAME); \
	} while (0)
	FIND(TLS_method);
	FIND(SSL_CTX_new);
	FIND(SSL_CTX_ctrl);
	FIND(SSL_CTX_set_cipher_list);
	FIND(SSL_new);
	FIND(SSL_set_fd);
	FIND(SSL_set_accept_state);
	FIND(SSL_set_connect_state);
	FIND(SSL_do_handshake);
	FIND(SSL_write);
	FIND(SSL_read);
	FIND(SSL_write_ex);
	FIND(SSL_read_ex);
#undef FIND
	return l;
}

/* A connection of this process with itself. */
FIXTURE(tls)
{
	struct library l;
	void *client, *server;
};

/* Neither end has a certificate. */
FIXTURE_SETUP(tls)
{
	int ends[2], done = 0;
	void *ctx;

	self->l = load_library();
	ctx = self->l.SSL_CTX_new(self->l.TLS_method());
	ASSERT(ctx);
	ASSERT_EQ(self->l.SSL_CTX_ctrl(ctx, SET_MAX_PROTO_VERSION, TLS1_2,
				       NULL),
		  1);
	ASSERT_EQ(self->l.SSL_CTX_set_cipher_list(ctx, "aNULL:@SECLEVEL=0"), 1);
	ASSERT(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
	self->client = self->l.SSL_new(ctx);
	self->server = self->l.SSL_new(ctx);
	ASSERT(self->client && self->server);
	ASSERT_EQ(self->l.SSL_set_fd(self->client, ends[0]), 1);
	ASSERT_EQ(self->l.SSL_set_fd(self->server, ends[1]), 1);
	self->l.SSL_set_connect_state(self->client);
	self->l.SSL_set_accept_state(self->server);
	for (int i = 0; i < 20 && done < 2; i++) {
		done = self->l.SSL_do_handshake(self->client) == 1;
		done += self->l.SSL_do_handshake(self->server) == 1;
	}
	ASSERT_EQ(done, 2);
}

FIXTURE_TEARDOWN(tls)
{
}

static struct sample *start(const char *options)
{
	char line[128];
	struct sample *s;

	snprintf(line, sizeof(line), "./sslsniff -p %d %s", getpid(), options);
	s = start_sample(folder, line);
	await_sample(s, "FUNC ");
	while (!strchr(s->text, '\n')) /* it is attached */
		ASSERT(read_sample(s, 1000));
	return s;
}

/* Sends a text and receives it, both with one call. */
static void talk(struct tls_fixture *self, const char *text)
{
	char answer[256];
	int size = strlen(text);

	ASSERT_EQ(self->l.SSL_write(self->client, text, size), size);
	ASSERT_EQ(self->l.SSL_read(self->server, answer, sizeof(answer)), size);
	ASSERT(!memcmp(text, answer, size));
}

static void expect_call(struct sample *s, const char *name, int size,
			const char *data)
{
	char wanted[512], line[512];
	const char *at = s->text;

	snprintf(line, sizeof(line), "%-16s %-7d %-6d", "sslsniff", getpid(),
		 size);
	snprintf(wanted, sizeof(wanted),
		 "----- DATA -----\n%s\n----- END DATA -----\n", data);
	for (; (at = strstr(at, name)); at++) {
		const char *end = strchr(at, '\n'), *found = strstr(at, line);

		if (end && found && found < end &&
		    !strncmp(end + 1, wanted, strlen(wanted)))
			return;
	}
	EXPECT_MSG(false, "no %s of \"%s\" in %s", name, data, s->text);
}

TEST_F(tls, every_request_is_shown_twice)
{
	struct sample *s = start("");
	char text[128];

	for (int i = 0; i < REQUESTS; i++) {
		snprintf(text, sizeof(text),
			 "GET /page/%d HTTP/1.1\r\nHost: example.com\r\n\r\n",
			 i);
		talk(self, text);
	}
	talk(self, "the last one");
	await_sample(s, "the last one");
	stop_sample(s);
	for (int i = 0; i < REQUESTS; i++) {
		snprintf(text, sizeof(text),
			 "GET /page/%d HTTP/1.1\r\nHost: example.com\r\n\r\n",
			 i);
		expect_call(s, "WRITE/SEND", strlen(text), text);
		expect_call(s, "READ/RECV", strlen(text), text);
	}
	EXPECT_EQ(count_lines(s->text, "WRITE/SEND"), REQUESTS + 1);
	EXPECT_EQ(count_lines(s->text, "READ/RECV"), REQUESTS + 1);
}

/* A text longer than a TLS record, by the functions that return success separately. */
TEST_F(tls, large_data_are_whole)
{
	static char data[LARGE + 1], answer[LARGE];
	struct sample *s = start("-x -l");
	size_t size = 0, all = 0;

	for (int i = 0; i < LARGE; i++)
		data[i] = 'a' + i / 32 % 26;
	ASSERT_EQ(self->l.SSL_write_ex(self->client, data, LARGE, &size), 1);
	ASSERT_EQ(size, LARGE);
	while (all < LARGE) {
		ASSERT_EQ(self->l.SSL_read_ex(self->server, answer + all,
					      LARGE - all, &size),
			  1);
		all += size;
	}
	ASSERT(!memcmp(data, answer, LARGE));
	/* A call to send it, two to receive it. */
	while (count_lines(s->text, "END DATA") < 3)
		ASSERT(read_sample(s, 10000));
	EXPECT_CONTAINS(s->text, data);
	EXPECT_CONTAINS(s->text, data + RECORD);
	EXPECT_EQ(count_lines(s->text, "TRUNCATED"), 0);
	EXPECT_EQ(count_lines(s->text, "WRITE/SEND"), 1);
	EXPECT_EQ(count_lines(s->text, "READ/RECV"), 2);
	stop_sample(s);
}

TEST_F(tls, sizes_and_names_are_chosen)
{
	struct sample *s = start("--max-buffer-size 4"), *none, *hex;

	none = start("-c another");
	hex = start("--hexdump -c sslsniff");
	talk(self, "secret");
	await_sample(hex, "READ/RECV");
	await_sample(hex,
		     "----- DATA -----\n736563726574\n----- END DATA -----");
	await_sample(s, "READ/RECV");
	await_sample(s, "secr\n----- END DATA (TRUNCATED, 2 bytes lost)");
	stop_sample(s);
	stop_sample(hex);
	stop_sample(none);
	EXPECT_EQ(count_lines(none->text, "secret"), 0);
	EXPECT_EQ(sample_lines(none), 1);
}

TEST(bad_options_are_refused)
{
	char *text;

	ASSERT_EQ(run_sample(folder, "./sslsniff --extra-lib /no/lib", &text),
		  1);
	EXPECT_CONTAINS(text, "there is no file '/no/lib'");
	ASSERT_EQ(run_sample(folder, "./sslsniff -o -g -n", &text), 1);
	EXPECT_CONTAINS(text, "there is no library of TLS");
}
