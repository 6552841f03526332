// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark compares two caches of memcached's answers: the sample bmc, and BMC's design
 * in eBPF, which is chain.bpf.c. Both get the same packets by BPF_PROG_TEST_RUN. Usage: bmc
 * [FOLDER OF eBPF OBJECTS]
 *
 * It prints a line of JSON for each kind of request. "ebpf" and "rex" are the nanoseconds of
 * a run, which are instructions in a VM with an exact clock; "does" says what becomes of the
 * packet, and "ebpf_does" or "rex_does" where one side does something else, so that the
 * numbers are not those of the same work. The other lines have a "program": what the verifier
 * says of it. The exit status is 1 if a program does not what it should: answers have to be
 * equal byte by byte.
 */
#include <jansson.h>
#include <linux/pkt_cls.h>
#include <time.h>

#include "../bench.h"
#include "packets.h"

#define ENTRIES 16384
/* The sample stores no answer for this time after a change. */
#define SETTLED_US 250000
#define ROUNDS_OF_READS 100
#define ROUNDS_OF_CHANGES 4

#define SHORT_KEY "k"
#define KEY "user:0001:profile"
#define BIG_KEY "user:0001:picture"
#define TOO_BIG_KEY "user:0001:film"
#define MANY_KEYS 8
#define BIG 900
#define TOO_BIG 1350

enum does {
	PASSES,
	IS_ANSWERED,
	IS_STORED,
	DROPS_ANSWER,
	NR_DOES
};

static const char *const words[NR_DOES] = {
	[PASSES] = "passes",
	[IS_ANSWERED] = "is answered",
	[IS_STORED] = "is stored",
	[DROPS_ANSWER] = "drops an answer",
};

/* ---- keys, answers and requests ---- */

static char long_key[251], too_long_key[252], many_keys[MANY_KEYS][32];
/* Two keys with the same entry. */
static const char first_key[] = "item:1";
static char second_key[32];

static unsigned int entry_of(const char *key)
{
	unsigned int hash = 2166136261u;

	while (*key)
		hash = (hash ^ (unsigned char)*key++) * 16777619;
	return hash % ENTRIES;
}

static void make_keys(void)
{
	memset(long_key, 'l', sizeof(long_key) - 1);
	memset(too_long_key, 't', sizeof(too_long_key) - 1);
	for (int i = 0; i < MANY_KEYS; i++)
		snprintf(many_keys[i], sizeof(many_keys[i]), "session:%04d", i);
	for (int i = 2;; i++) {
		snprintf(second_key, sizeof(second_key), "item:%d", i);
		if (entry_of(second_key) == entry_of(first_key))
			return;
	}
}

struct text {
	char bytes[MAX_PACKET];
	size_t len;
};

static void add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->len += vsnprintf(text->bytes + text->len,
			       sizeof(text->bytes) - text->len, format, args);
	va_end(args);
}

static size_t size_of_value(const char *key)
{
	if (!strcmp(key, SHORT_KEY))
		return 3;
	if (!strcmp(key, BIG_KEY))
		return BIG;
	if (!strcmp(key, TOO_BIG_KEY))
		return TOO_BIG;
	return 32;
}

static void add_value(struct text *text, const char *key)
{
	size_t size = size_of_value(key);

	add(text, "VALUE %s 7 %zu\r\n", key, size);
	for (size_t i = 0; i < size; i++)
		add(text, "%c", "0123456789abcdef"[(i * 7 + i / 16) % 16]);
	add(text, "\r\n");
}

static void make_answer(struct packet *packet, int port,
			const char *const *keys)
{
	struct text text = {};

	for (; *keys; keys++)
		add_value(&text, *keys);
	add(&text, "END\r\n");
	packet_answer(packet, port, text.bytes, text.len);
}

static void make_get(struct packet *packet, int port, const char *const *keys)
{
	struct text text = {};

	add(&text, "get");
	for (; *keys; keys++)
		add(&text, " %s", *keys);
	add(&text, "\r\n");
	packet_request(packet, port, text.bytes, text.len);
}

#define KEYS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define ALL_KEYS                                                     \
	KEYS(many_keys[0], many_keys[1], many_keys[2], many_keys[3], \
	     many_keys[4], many_keys[5], many_keys[6], many_keys[7])

static void get_value(struct packet *packet, struct packet *answer)
{
	make_get(packet, MEMCACHED, KEYS(KEY));
	make_answer(answer, MEMCACHED, KEYS(KEY));
}

static void get_big_value(struct packet *packet, struct packet *answer)
{
	make_get(packet, MEMCACHED, KEYS(BIG_KEY));
	make_answer(answer, MEMCACHED, KEYS(BIG_KEY));
}

static void get_long_key(struct packet *packet, struct packet *answer)
{
	make_get(packet, MEMCACHED, KEYS(long_key));
	make_answer(answer, MEMCACHED, KEYS(long_key));
}

static void get_padded(struct packet *packet, struct packet *answer)
{
	make_get(packet, MEMCACHED, KEYS(SHORT_KEY));
	packet_pad(packet);
	make_answer(answer, MEMCACHED, KEYS(SHORT_KEY));
}

static void get_many(struct packet *packet, struct packet *answer)
{
	make_get(packet, MEMCACHED, ALL_KEYS);
	make_answer(answer, MEMCACHED, ALL_KEYS);
}

static void get_many_and_missing(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_get(packet, MEMCACHED,
		 KEYS(many_keys[0], many_keys[1], many_keys[2], "missing"));
}

static void get_missing(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_get(packet, MEMCACHED, KEYS("missing"));
}

static void get_too_long_key(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_get(packet, MEMCACHED, KEYS(too_long_key));
}

static void get_text(struct packet *packet, const char *text)
{
	packet_request(packet, MEMCACHED, text, strlen(text));
}

static void get_nothing(struct packet *packet, struct packet *answer)
{
	(void)answer;
	get_text(packet, "get \r\n");
}

static void get_without_end(struct packet *packet, struct packet *answer)
{
	(void)answer;
	get_text(packet, "get " KEY);
}

static void get_and_more(struct packet *packet, struct packet *answer)
{
	(void)answer;
	get_text(packet, "get " KEY "\r\nget " KEY "\r\n");
}

static void get_split(struct packet *packet, struct packet *answer)
{
	(void)answer;
	get_text(packet, "get " KEY "\r\n");
	packet_split(packet);
}

static void get_with_options(struct packet *packet, struct packet *answer)
{
	(void)answer;
	get_text(packet, "get " KEY "\r\n");
	packet_add_options(packet);
}

static void get_elsewhere(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_get(packet, MEMCACHED + 1, KEYS(KEY));
}

static void make_set(struct text *text, const char *key)
{
	add(text, "set %s 7 0 32\r\n0123456789abcdef0123456789abcdef\r\n", key);
}

static void set_over_tcp(struct packet *packet, struct packet *answer)
{
	struct text text = {};

	(void)answer;
	make_set(&text, KEY);
	packet_segment(packet, text.bytes, text.len);
}

static void set_big(struct packet *packet, struct packet *answer)
{
	struct text text = {};

	(void)answer;
	add(&text, "set " KEY " 7 0 1000\r\n");
	for (int i = 0; i < 1000; i++)
		add(&text, "%c", 'a' + i % 26);
	add(&text, "\r\n");
	packet_segment(packet, text.bytes, text.len);
}

static void set_three(struct packet *packet, struct packet *answer)
{
	struct text text = {};

	(void)answer;
	make_set(&text, BIG_KEY);
	make_set(&text, "missing");
	make_set(&text, KEY);
	packet_segment(packet, text.bytes, text.len);
}

static void set_over_udp(struct packet *packet, struct packet *answer)
{
	struct text text = {};

	(void)answer;
	make_set(&text, KEY);
	packet_request(packet, MEMCACHED, text.bytes, text.len);
}

static void delete_over_tcp(struct packet *packet, struct packet *answer)
{
	static const char text[] = "delete " KEY "\r\n";

	(void)answer;
	packet_segment(packet, text, strlen(text));
}

static void acknowledge(struct packet *packet, struct packet *answer)
{
	(void)answer;
	packet_segment(packet, "", 0);
}

static void answer_first(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_answer(packet, MEMCACHED, KEYS(first_key));
}

static void answer_again(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_answer(packet, MEMCACHED, KEYS(KEY));
}

static void answer_two(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_answer(packet, MEMCACHED, KEYS(first_key, second_key));
}

static void answer_too_long(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_answer(packet, MEMCACHED, KEYS(TOO_BIG_KEY));
}

static void answer_end(struct packet *packet, struct packet *answer)
{
	(void)answer;
	packet_answer(packet, MEMCACHED, "END\r\n", 5);
}

static void answer_elsewhere(struct packet *packet, struct packet *answer)
{
	(void)answer;
	make_answer(packet, MEMCACHED + 1, KEYS(KEY));
}

enum hook {
	XDP,
	TC,
	NR_HOOKS
};

/**
 * struct request - a kind of packet
 * @make:	makes the packet, and the answer if it is answered
 * @ebpf:	what becomes of it if the programs of eBPF get it
 * @rex:	the same of Rex
 * @key:	whose answer is stored or dropped, or not
 */
struct request {
	const char *name;
	enum hook hook;
	void (*make)(struct packet *packet, struct packet *answer);
	enum does ebpf, rex;
	const char *key;
};

static const struct request requests[] = {
	{ "get, 32 bytes", XDP, get_value, IS_ANSWERED, IS_ANSWERED, NULL },
	{ "get, 900 bytes", XDP, get_big_value, IS_ANSWERED, IS_ANSWERED,
	  NULL },
	{ "get, key of 250 bytes", XDP, get_long_key, IS_ANSWERED, IS_ANSWERED,
	  NULL },
	{ "get, in a padded frame", XDP, get_padded, IS_ANSWERED, IS_ANSWERED,
	  NULL },
	{ "get, 8 keys", XDP, get_many, IS_ANSWERED, IS_ANSWERED, NULL },
	{ "get, 4 keys, the last is missing", XDP, get_many_and_missing, PASSES,
	  PASSES, NULL },
	{ "get, missing", XDP, get_missing, PASSES, PASSES, NULL },
	{ "get, key of 251 bytes", XDP, get_too_long_key, PASSES, PASSES,
	  NULL },
	{ "get, without a key", XDP, get_nothing, PASSES, PASSES, NULL },
	{ "get, without an end of line", XDP, get_without_end, PASSES, PASSES,
	  NULL },
	{ "get, and another one in the datagram", XDP, get_and_more, PASSES,
	  PASSES, NULL },
	{ "get, one of two datagrams", XDP, get_split, PASSES, PASSES, NULL },
	{ "get, with options of IPv4", XDP, get_with_options, PASSES, PASSES,
	  NULL },
	{ "get, at another port", XDP, get_elsewhere, PASSES, PASSES, NULL },
	{ "set, 32 bytes", XDP, set_over_tcp, DROPS_ANSWER, DROPS_ANSWER, KEY },
	{ "set, 1000 bytes", XDP, set_big, DROPS_ANSWER, DROPS_ANSWER, KEY },
	{ "set, three in a segment", XDP, set_three, DROPS_ANSWER, DROPS_ANSWER,
	  KEY },
	{ "set, over UDP", XDP, set_over_udp, PASSES, DROPS_ANSWER, KEY },
	{ "delete", XDP, delete_over_tcp, PASSES, DROPS_ANSWER, KEY },
	{ "segment without data", XDP, acknowledge, PASSES, PASSES, NULL },
	{ "answer, 32 bytes", TC, answer_first, IS_STORED, IS_STORED,
	  first_key },
	{ "answer, stored already", TC, answer_again, IS_STORED, IS_STORED,
	  KEY },
	{ "answer, two values", TC, answer_two, PASSES, PASSES, first_key },
	{ "answer, too long", TC, answer_too_long, PASSES, PASSES,
	  TOO_BIG_KEY },
	{ "answer, no value", TC, answer_end, PASSES, PASSES, NULL },
	{ "answer, from another port", TC, answer_elsewhere, PASSES, PASSES,
	  NULL },
};

/* ---- the two sides ---- */

struct side {
	const char *name;
	int fd[NR_HOOKS];
};

enum {
	EBPF,
	REX,
	NR_SIDES
};

static struct side sides[NR_SIDES] = { { .name = "eBPF" }, { .name = "Rex" } };

struct outcome {
	struct packet packet;
	unsigned int retval, duration;
};

static void run(int fd, const struct packet *packet, struct outcome *outcome)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->bytes,
		    .data_size_in = packet->len,
		    .data_out = outcome->packet.bytes,
		    .data_size_out = sizeof(outcome->packet.bytes));

	if (bpf_prog_test_run_opts(fd, &opts))
		die("BPF_PROG_TEST_RUN");
	outcome->packet.len = opts.data_size_out;
	outcome->retval = opts.retval;
	outcome->duration = opts.duration;
}

static bool is_same(const struct packet *a, const struct packet *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

static void __attribute__((format(printf, 3, 4), noreturn))
wrong(const struct side *side, const char *request, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "bmc: %s, %s: ", side->name, request);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* Says where a packet is not the one that it should be. */
static void compare(const struct side *side, const char *request,
		    const struct packet *got, const struct packet *want)
{
	size_t at = 0;

	if (is_same(got, want))
		return;
	while (at < got->len && at < want->len &&
	       got->bytes[at] == want->bytes[at])
		at++;
	wrong(side, request,
	      "the packet has %zu bytes, and should have %zu; byte %zu differs",
	      got->len, want->len, at);
}

/* Runs a program once, and checks what it does with the packet. */
static unsigned int run_checked(const struct side *side, const char *request,
				enum hook hook, const struct packet *packet,
				const struct packet *answer)
{
	unsigned int want = hook == TC ? TC_ACT_OK : XDP_PASS;
	static struct outcome outcome;

	if (answer)
		want = XDP_TX;
	run(side->fd[hook], packet, &outcome);
	if (outcome.retval != want)
		wrong(side, request, "the program returned %u, not %u",
		      outcome.retval, want);
	compare(side, request, &outcome.packet, answer ?: packet);
	return outcome.duration;
}

/* Checks whether the answer with the value of the key is stored. */
static void check_stored(const struct side *side, const char *request,
			 const char *key, bool stored)
{
	struct packet get, answer;

	make_get(&get, MEMCACHED, KEYS(key));
	make_answer(&answer, MEMCACHED, KEYS(key));
	run_checked(side, request, XDP, &get, stored ? &answer : NULL);
}

static void store(const struct side *side, const char *key)
{
	struct packet answer;

	make_answer(&answer, MEMCACHED, KEYS(key));
	run_checked(side, "the server's answer", TC, &answer, NULL);
	check_stored(side, "a get after the server's answer", key, true);
}

static void store_all(const struct side *side)
{
	store(side, SHORT_KEY);
	store(side, KEY);
	store(side, BIG_KEY);
	store(side, long_key);
	for (int i = 0; i < MANY_KEYS; i++)
		store(side, many_keys[i]);
}

/* ---- measurements ---- */

/* Prints the row as a line, and frees it. */
static void print_row(json_t *row)
{
	json_dumpf(row, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	fflush(stdout);
	json_decref(row);
}

/*
 * The duration of one run has a look at the clock in it: how long a run of a program that
 * does nothing takes then, less how long it takes in the mean of many.
 */
static unsigned int clock_cost(void)
{
	static const struct bpf_insn empty[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = load_ebpf("empty", empty, sizeof(empty) / sizeof(empty[0]));
	unsigned int one = UINT_MAX, many = UINT_MAX;
	struct packet packet;

	get_missing(&packet, NULL);
	for (int i = 0; i < ROUNDS_OF_READS; i++) {
		struct outcome outcome;
		unsigned int mean = measure(fd);

		run(fd, &packet, &outcome);
		if (outcome.duration < one)
			one = outcome.duration;
		if (mean < many)
			many = mean;
	}
	close(fd);
	return one > many ? one - many : 0;
}

/* Puts the cache into the state in which the request does its work. */
static void prepare(const struct side *side, const struct request *request)
{
	if (!request->key)
		return;
	if (request->key == first_key)
		store(side, second_key); /* it takes the place of the first */
	else
		store_all(side);
}

static unsigned int run_request(const struct side *side,
				const struct request *request, enum does does)
{
	struct packet packet, answer;
	unsigned int duration;

	request->make(&packet, &answer);
	prepare(side, request);
	duration = run_checked(side, request->name, request->hook, &packet,
			       does == IS_ANSWERED ? &answer : NULL);
	if (request->key)
		check_stored(side, request->name, request->key,
			     does == IS_STORED ||
				     (does == PASSES && request->hook == XDP));
	return duration;
}

static int without_clock(unsigned int duration, unsigned int clock)
{
	return duration > clock ? duration - clock : 0;
}

static void measure_request(const struct request *request, unsigned int clock)
{
	const enum does does[NR_SIDES] = { request->ebpf, request->rex };
	bool changes = does[EBPF] == DROPS_ANSWER || does[REX] == DROPS_ANSWER;
	unsigned int best[NR_SIDES] = { UINT_MAX, UINT_MAX };
	int rounds = changes ? ROUNDS_OF_CHANGES : ROUNDS_OF_READS;
	json_t *row;

	for (int i = 0; i < rounds; i++) {
		for (int s = 0; s < NR_SIDES; s++) {
			unsigned int ns =
				run_request(&sides[s], request, does[s]);

			if (ns < best[s])
				best[s] = ns;
		}
		if (changes)
			usleep(SETTLED_US);
	}
	row = json_pack("{ss,ss,ss,si,si}", "request", request->name, "hook",
			request->hook == XDP ? "xdp" : "tc", "does",
			words[does[EBPF] > does[REX] ? does[EBPF] : does[REX]],
			"ebpf", without_clock(best[EBPF], clock), "rex",
			without_clock(best[REX], clock));
	if (does[EBPF] < does[REX])
		json_object_set_new(row, "ebpf_does",
				    json_string(words[does[EBPF]]));
	if (does[REX] < does[EBPF])
		json_object_set_new(row, "rex_does",
				    json_string(words[does[REX]]));
	print_row(row);
}

/* ---- loads ---- */

static int ignore(enum libbpf_print_level level, const char *format,
		  va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static char verifier_log[16 << 20];

static struct bpf_object *open_ebpf(const char *folder, const char *name)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = verifier_log,
		    .kernel_log_size = sizeof(verifier_log));
	struct bpf_object *object;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s.bpf.o", folder, name);
	object = bpf_object__open_file(path, &opts);
	if (!object)
		die(path);
	return object;
}

/* Prints the last words of a refusal. */
static void print_refused(const char *name)
{
	char *end = strstr(verifier_log, "\nprocessed "), *line;

	if (!end)
		end = verifier_log + strlen(verifier_log);
	*end = '\0';
	line = strrchr(verifier_log, '\n');
	if (line && !strncmp(line, "\nverification time", 18)) {
		*line = '\0';
		line = strrchr(verifier_log, '\n');
	}
	print_row(json_pack("{ss,ss}", "program", name, "refused",
			    line ? line + 1 : verifier_log));
}

static void print_programs(struct bpf_object *object, const char *where)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, object) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);
		char name[64];

		if (!bpf_program__autoload(prog))
			continue;
		if (bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
			die("BPF_OBJ_GET_INFO_BY_FD");
		snprintf(name, sizeof(name), "%s%s", bpf_program__name(prog),
			 where);
		print_row(json_pack("{ss,si,si,si}", "program", name,
				    "instructions", info.xlated_prog_len / 8,
				    "verified", info.verified_insns, "bytes",
				    info.jited_prog_len));
	}
}

/* Tries a program of each hook, in place of a chain. */
static void try_whole(const char *folder)
{
	static const char *const names[] = { "rx_filter", "tx_filter" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bpf_object *object = open_ebpf(folder, "whole");
		struct bpf_program *prog;
		char name[64];

		bpf_object__for_each_program(prog, object)
			bpf_program__set_autoload(prog,
						  !strcmp(bpf_program__name(
								  prog),
							  names[i]));
		snprintf(name, sizeof(name), "%s, all in one program",
			 names[i]);
		if (bpf_object__load(object))
			print_refused(name);
		else
			print_programs(object, ", all in one program");
		bpf_object__close(object);
	}
}

static int fd_of(struct bpf_object *object, const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(object, name));
}

static void load_sides(const char *folder)
{
	struct bpf_object *object = open_ebpf(folder, "chain");
	struct rex_obj *obj;
	double begin = now_ms(), ebpf;

	if (bpf_object__load(object)) {
		print_refused("the chain");
		exit(0); /* there is nothing to compare */
	}
	ebpf = now_ms() - begin;
	begin = now_ms();
	obj = load_rex("bmc.rex.o");
	print_cost("load of bmc", "ns", (now_ms() - begin) * 1e6, ebpf * 1e6);
	sides[EBPF].fd[XDP] = fd_of(object, "rx_filter");
	sides[EBPF].fd[TC] = fd_of(object, "tx_filter");
	sides[REX].fd[XDP] = rex_prog_fd(obj, "xdp_rx_filter");
	sides[REX].fd[TC] = rex_prog_fd(obj, "xdp_tx_filter");
	print_programs(object, "");
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/rex/bench/bpf/bmc";
	unsigned int clock = clock_cost();

	libbpf_set_print(ignore);
	make_keys();
	load_sides(folder);
	try_whole(folder);
	for (int s = 0; s < NR_SIDES; s++)
		store_all(&sides[s]);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		measure_request(&requests[i], clock);
	return 0;
}
