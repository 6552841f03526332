// SPDX-License-Identifier: GPL-2.0
/*
 * The sample bmc answers in front of a real memcached: its answers are right, come
 * from the kernel, and are dropped when the value changes.
 */
#include <linux/bpf.h>
#include <netinet/in.h>
#include <sys/prctl.h>

#include "rex_net.h"
#include "rex_sample.h"

#define SERVER 0x0a000002
#define MEMCACHED 11211
/* bmc stores no answer for this long after a change. */
#define SETTLED_MS 300

struct bed {
	struct nets nets;
	struct sample *bmc;
	pid_t memcached;
	int tcp;
	int udp;
};

/* The kernel sends packets by XDP to a veth only if it has a program, too. */
static void attach_nothing(const char *device)
{
	struct rex_obj *obj = load_object("empty_xdp");
	struct bpf_program *prog =
		bpf_object__next_program(rex_obj_get_bpf(obj), NULL);

	ASSERT(bpf_program__attach_xdp(prog, ifindex(device)));
}

static pid_t start_memcached(void)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("memcached", "memcached", "-u", "root", "-m", "16", "-l",
		       "10.0.0.2", "-p", "11211", "-U", "11211", NULL);
		_exit(127);
	}
	return pid;
}

static int connected(int type)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(MEMCACHED),
				    .sin_addr = { htonl(SERVER) } };
	struct timeval wait = { .tv_sec = 3 };
	int sock = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	ASSERT(sock >= 0);
	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
	if (!connect(sock, (void *)&addr, sizeof(addr)))
		return sock;
	close(sock);
	return -1;
}

static void make_bed(struct bed *bed)
{
	char line[32];

	bed->nets = make_nets();
	give_addresses(&bed->nets);
	attach_nothing("left");
	enter(bed->nets.there);
	bed->memcached = start_memcached();
	snprintf(line, sizeof(line), "./entry %d", ifindex("right"));
	bed->bmc = start_sample("bmc", line);
	await_sample(bed->bmc, "caching on interface ");
	enter(bed->nets.here);
	ASSERT(WAIT_FOR((bed->tcp = connected(SOCK_STREAM)) >= 0, 20));
	bed->udp = connected(SOCK_DGRAM);
	ASSERT(bed->udp >= 0);
}

/* Ends bmc, and returns a counter that it prints. */
static long end_bed(struct bed *bed, const char *name)
{
	char line[64];
	const char *at;

	if (bed->bmc->pid)
		stop_sample(bed->bmc);
	bed->bmc->pid = 0;
	kill(bed->memcached, SIGKILL);
	kill(bed->nets.holder, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	snprintf(line, sizeof(line), "STAT %s ", name);
	at = strstr(bed->bmc->text, line);
	ASSERT_MSG(at, "no %s in \"%s\"", line, bed->bmc->text);
	return atol(at + strlen(line));
}

/* ---- the client ---- */

static void set(struct bed *bed, const char *key, const char *value)
{
	char text[4096], answer[64] = "";
	int len = snprintf(text, sizeof(text), "set %s 7 0 %zu\r\n%s\r\n", key,
			   strlen(value), value);

	ASSERT_EQ(send(bed->tcp, text, len, 0), len);
	ASSERT(recv(bed->tcp, answer, sizeof(answer) - 1, 0) > 0);
	EXPECT_STREQ(answer, "STORED\r\n");
}

static void command(struct bed *bed, const char *text, const char *want)
{
	char answer[64] = "";

	ASSERT_EQ(send(bed->tcp, text, strlen(text), 0), strlen(text));
	ASSERT(recv(bed->tcp, answer, sizeof(answer) - 1, 0) > 0);
	EXPECT_STREQ(answer, want);
}

/* Sends a request over UDP. Returns the answer without its frame, or NULL. */
static const char *ask(struct bed *bed, const char *request)
{
	static unsigned short id;
	static char answer[8192];
	unsigned char frame[2048] = { ++id >> 8, id, 0, 0, 0, 1 };
	size_t size = strlen(request);
	ssize_t len;

	memcpy(frame + 8, request, size);
	ASSERT_EQ(send(bed->udp, frame, size + 8, 0), size + 8);
	len = recv(bed->udp, answer, sizeof(answer) - 1, 0);
	if (len < 8)
		return NULL;
	answer[len] = '\0';
	EXPECT(!memcmp(answer, frame, 2)); /* it is the answer to this */
	EXPECT(!memcmp(answer + 2, "\0\0\0\1\0\0", 6));
	return answer + 8;
}

static void expect_get(struct bed *bed, const char *key, const char *value)
{
	char request[300], want[4096] = "END\r\n";
	const char *answer;

	snprintf(request, sizeof(request), "get %s\r\n", key);
	if (value)
		snprintf(want, sizeof(want), "VALUE %s 7 %zu\r\n%s\r\nEND\r\n",
			 key, strlen(value), value);
	answer = ask(bed, request);
	ASSERT_MSG(answer, "no answer to %s", request);
	EXPECT_STREQ(answer, want);
}

/*
 * Returns the server's own answer: the kernel does not answer GETs over TCP.
 */
static const char *ask_server(struct bed *bed, const char *key)
{
	static char answer[4096];
	size_t len = 0;
	ssize_t more;

	len = snprintf(answer, sizeof(answer), "get %s\r\n", key);
	ASSERT_EQ(send(bed->tcp, answer, len, 0), (ssize_t)len);
	for (len = 0; len < 5 || memcmp(answer + len - 5, "END\r\n", 5);
	     len += more) {
		more = recv(bed->tcp, answer + len, sizeof(answer) - 1 - len,
			    0);
		ASSERT_MSG(more > 0, "no answer of the server about %s", key);
	}
	answer[len] = '\0';
	return answer;
}

/* Every client gets the server's answer. */
static void expect_answer_of_server(struct bed *bed, const char *key)
{
	char request[64];
	const char *answer;

	snprintf(request, sizeof(request), "get %s\r\n", key);
	answer = ask(bed, request);
	ASSERT_MSG(answer, "no answer to %s", request);
	EXPECT_STREQ(answer, ask_server(bed, key));
}

/* From here, the server does not answer. */
static void stop_server(struct bed *bed)
{
	int status;

	ASSERT(!kill(bed->memcached, SIGSTOP));
	ASSERT_EQ(waitpid(bed->memcached, &status, WUNTRACED), bed->memcached);
	ASSERT(WIFSTOPPED(status));
}

static void drain_late(int sock)
{
	struct pollfd fd = { .fd = sock, .events = POLLIN };

	while (poll(&fd, 1, 300) > 0)
		drain(sock);
}

static const char *text_of(int len, int fill)
{
	static char text[2048];

	memset(text, fill, len);
	text[len] = '\0';
	return text;
}

/* ---- tests ---- */

TEST(answers_come_from_the_kernel)
{
	static const int lengths[] = { 1, 2, 10, 50, 100, 150 };
	struct bed bed;
	char key[251];

	make_bed(&bed);
	for (int i = 0; i < 6; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		set(&bed, key, text_of(lengths[i], 'a' + i));
	}
	memset(key, 'k', 250);
	key[250] = '\0';
	set(&bed, key, "with the longest key");
	ksft_pause_ms(SETTLED_MS);
	for (int round = 0; round < 3; round++) {
		if (round == 2)
			stop_server(&bed);
		memset(key, 'k', 250);
		expect_get(&bed, key, "with the longest key");
		for (int i = 0; i < 6; i++) {
			snprintf(key, sizeof(key), "key%d", i);
			expect_get(&bed, key, text_of(lengths[i], 'a' + i));
		}
	}
	EXPECT_MSG(!ask(&bed, "get other\r\n"), "an answer from nobody");
	EXPECT_EQ(end_bed(&bed, "hit_count"), 14);
	EXPECT_EQ(end_bed(&bed, "update_count"), 7);
	EXPECT_EQ(end_bed(&bed, "miss_count"), 8);
}

TEST(changes_make_answers_unknown)
{
	static const char *const changes[][2] = {
		{ "set k 7 0 1\r\n2\r\n", "STORED\r\n" },
		{ "replace k 7 0 1\r\n3\r\n", "STORED\r\n" },
		{ "append k 7 0 1\r\n4\r\n", "STORED\r\n" },
		{ "prepend k 7 0 1\r\n5\r\n", "STORED\r\n" },
		{ "incr k 1\r\n", "535\r\n" },
		{ "decr k 5\r\n", "530\r\n" },
		{ "delete k\r\n", "DELETED\r\n" },
		{ "add k 7 0 1\r\n8\r\n", "STORED\r\n" },
		{ "flush_all\r\n", "OK\r\n" },
	};
	static const char *const values[] = { "2",   "3",  "34", "534", "535",
					      "530", NULL, "8",	 NULL };
	struct bed bed;

	make_bed(&bed);
	set(&bed, "k", "1");
	for (int i = 0; i < 9; i++) {
		ksft_pause_ms(SETTLED_MS);
		expect_get(&bed, "k", i ? values[i - 1] : "1");
		expect_get(&bed, "k", i ? values[i - 1] : "1");
		command(&bed, changes[i][0], changes[i][1]);
		expect_get(&bed, "k", values[i]);
	}
	/*
	 * Each GET is a hit except without a value. There are more hits if an
	 * answer came after bmc's delay, since it was stored, too.
	 */
	EXPECT(end_bed(&bed, "hit_count") >= 8);
	EXPECT_EQ(end_bed(&bed, "set_recv_count"), 10);
	EXPECT_EQ(end_bed(&bed, "invalidation_count"), 7);
}

TEST(other_requests_than_a_simple_get_reach_the_server)
{
	struct bed bed;

	make_bed(&bed);
	set(&bed, "a", "1");
	set(&bed, "b", text_of(1200, 'b'));
	ksft_pause_ms(SETTLED_MS);
	for (int i = 0; i < 2; i++) {
		expect_get(&bed, "b", text_of(1200, 'b')); /* too long */
		expect_get(&bed, "missing", NULL);
		/* The END is in another datagram. */
		EXPECT_CONTAINS(ask(&bed, "get a missing\r\n") ?: "",
				"VALUE a 7 1\r\n1\r\n");
		drain_late(bed.udp);
		EXPECT_STREQ(ask(&bed, "get\r\n") ?: "", "ERROR\r\n");
	}
	EXPECT_EQ(end_bed(&bed, "hit_count"), 0);
}

/* ---- crafted packets ---- */

#define CLIENT_PORT 40000
#define MESSAGE_AT 50

static struct frame datagram(int options, int from, int to, const char *message)
{
	struct frame f = {};
	size_t ip, udp, len = strlen(message);

	put_eth(&f, ETH_P_IP);
	ip = put_ip4(&f, IPPROTO_UDP, options);
	udp = f.len;
	put_udp(&f, to, 8 + len, 0);
	set16(&f, udp, from);
	f.data[udp + 13] = 1; /* one of one datagram */
	memcpy(f.data + udp + 16, message, len);
	ip4_done(&f, ip);
	return f;
}

static struct frame get_of(const char *key)
{
	char message[300];

	snprintf(message, sizeof(message), "get %s\r\n", key);
	return datagram(0, CLIENT_PORT, MEMCACHED, message);
}

/* Has bmc store the server's answer, and returns this. */
static struct frame store(struct rex_obj *bmc, const char *key)
{
	char message[400];
	struct frame f;

	snprintf(message, sizeof(message), "VALUE %s 7 3\r\none\r\nEND\r\n",
		 key);
	f = datagram(0, MEMCACHED, CLIENT_PORT, message);
	EXPECT_EQ(test_run(bmc, "xdp_tx_filter", &f, NULL), 0);
	return f;
}

static void expect_answer(struct rex_obj *bmc, const struct frame *get,
			  const struct frame *want)
{
	struct frame answer;

	ASSERT_EQ(test_run(bmc, "xdp_rx_filter", get, &answer), XDP_TX);
	ASSERT_EQ(answer.len, want->len);
	EXPECT(!memcmp(answer.data + MESSAGE_AT, want->data + MESSAGE_AT,
		       want->len - MESSAGE_AT));
	EXPECT_EQ(get16(&answer, 16), answer.len - 14); /* of IPv4 */
	EXPECT_EQ(sum16(answer.data + 14, 20, 0), 0xffff);
	EXPECT_EQ(get16(&answer, 38), answer.len - 34); /* of UDP */
}

TEST(answer_to_a_padded_request_has_the_lengths_of_the_answer)
{
	struct rex_obj *bmc = load_object("bmc");
	struct frame answer = store(bmc, "k"), get = get_of("k");

	ASSERT(get.len < ETH_ZLEN);
	expect_answer(bmc, &get, &answer);
	get.len = ETH_ZLEN;
	expect_answer(bmc, &get, &answer);
}

TEST(requests_whose_headers_an_answer_cannot_have_reach_the_server)
{
	struct rex_obj *bmc = load_object("bmc");
	struct frame answer = store(bmc, "key"), get = get_of("key");

	expect_answer(bmc, &get, &answer);
	set16(&get, 38, get.len); /* the datagram goes on in another fragment */
	EXPECT_EQ(test_run(bmc, "xdp_rx_filter", &get, NULL), XDP_PASS);
	get = datagram(1, CLIENT_PORT, MEMCACHED, "get key\r\n");
	EXPECT_EQ(test_run(bmc, "xdp_rx_filter", &get, NULL), XDP_PASS);
}

TEST(keys_of_each_length_are_found)
{
	struct rex_obj *bmc = load_object("bmc");
	char key[251];

	for (int len = 1; len <= 250; len++) {
		struct frame answer, get;

		memset(key, 'a' + len % 26, len);
		key[len] = '\0';
		answer = store(bmc, key);
		get = get_of(key);
		expect_answer(bmc, &get, &answer);
	}
}

TEST(key_with_the_hash_of_another_one_does_not_get_its_answer)
{
	static const char *const pairs[][2] = {
		{ "liquid", "costarring" },
		{ "zinke", "altarage" },
		{ "macallums", "declinate" },
	};
	struct rex_obj *bmc = load_object("bmc");

	for (int i = 0; i < 6; i++) {
		const char *key = pairs[i / 2][i % 2];
		struct frame answer = store(bmc, key), get = get_of(key);

		expect_answer(bmc, &get, &answer);
		get = get_of(pairs[i / 2][!(i % 2)]);
		EXPECT_EQ(test_run(bmc, "xdp_rx_filter", &get, NULL), XDP_PASS);
	}
}

/* Returns the answer to a GET of all keys whose answers are given. */
static struct frame joined(const struct frame *answers, int nr)
{
	char message[4096] = "";
	size_t len = 0;

	for (int i = 0; i < nr; i++) {
		size_t item = answers[i].len - MESSAGE_AT - strlen("END\r\n");

		memcpy(message + len, answers[i].data + MESSAGE_AT, item);
		len += item;
	}
	strcpy(message + len, "END\r\n");
	return datagram(0, MEMCACHED, CLIENT_PORT, message);
}

TEST(several_keys_are_answered_at_once)
{
	struct rex_obj *bmc = load_object("bmc");
	char keys[30 * 8] = "", key[8];
	struct frame answers[30], get, want;

	for (int i = 0; i < 30; i++) {
		snprintf(key, sizeof(key), "%skey%d", i ? " " : "", i);
		answers[i] = store(bmc, key + !!i);
		strcat(keys, key);
		get = get_of(keys);
		want = joined(answers, i + 1);
		if (i < 24)
			expect_answer(bmc, &get, &want);
		else
			EXPECT_EQ(test_run(bmc, "xdp_rx_filter", &get, NULL),
				  XDP_PASS);
	}
	get = get_of("key0 key1 missing");
	EXPECT_EQ(test_run(bmc, "xdp_rx_filter", &get, NULL), XDP_PASS);
	get = get_of("key0  key1");
	EXPECT_EQ(test_run(bmc, "xdp_rx_filter", &get, NULL), XDP_PASS);
}

TEST(answers_that_are_too_long_for_a_datagram_come_from_the_server)
{
	struct rex_obj *bmc = load_object("bmc");
	char key[241], message[2048] = "get";

	memset(key, 'k', 240);
	key[240] = '\0';
	store(bmc, key); /* The item has 257 bytes: five fit. */
	for (int nr = 1; nr <= 6; nr++) {
		struct frame get;

		sprintf(message + strlen(message), " %s\r\n", key);
		get = datagram(0, CLIENT_PORT, MEMCACHED, message);
		EXPECT_EQ(test_run(bmc, "xdp_rx_filter", &get, NULL),
			  nr <= 5 ? XDP_TX : XDP_PASS);
		message[strlen(message) - 2] = '\0';
	}
}

/* In a random walk, every answer equals the server's. */
TEST(answers_are_those_of_the_server)
{
	enum {
		KEYS = 16,
		STEPS = 800
	};
	int version[KEYS] = {};
	char key[16], value[64], request[64];
	struct bed bed;

	srandom(42);
	make_bed(&bed);
	for (int step = 0; step < STEPS; step++) {
		int k = random() % KEYS;

		if (step % 200 == 0)
			ksft_pause_ms(SETTLED_MS); /* from here, some hits */
		snprintf(key, sizeof(key), "key-%d", k);
		if (random() % 60 == 0) {
			version[k] = step + 1;
			snprintf(value, sizeof(value), "%d of %s", version[k],
				 key);
			set(&bed, key, value);
		} else if (random() % 300 == 0) {
			snprintf(request, sizeof(request), "delete %s\r\n",
				 key);
			command(&bed, request,
				version[k] ? "DELETED\r\n" : "NOT_FOUND\r\n");
			version[k] = 0;
		} else {
			snprintf(value, sizeof(value), "%d of %s", version[k],
				 key);
			expect_get(&bed, key, version[k] ? value : NULL);
			expect_answer_of_server(&bed, key);
		}
	}
	ksft_note("%ld of %d answers from the kernel",
		  end_bed(&bed, "hit_count"), STEPS);
	EXPECT(end_bed(&bed, "hit_count") > 10);
}
