// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark runs the pairs on this machine's processor, without rex.ko: the very
 * object that rex.ko would load is loaded into this process, by rex.ko's own code, and
 * its programs are called; eBPF's sides run in this machine's kernel by
 * BPF_PROG_TEST_RUN, where it is allowed. Usage: host OBJECT FOLDER
 *
 * It prints a line of JSON for each pair that computes: "rex_ns" and "ebpf_ns" are the
 * best of a few rounds, without the run itself, that is, without the pair "nothing".
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../die.h"
#include "calls.h"
#include "pairs.h"
#include "reloc.h"

/* The sides take turns, so that both meet what else the machine does. */
#define TURNS 5
#define ROUNDS 5
#define ROUND_NS 2000000
#define EBPF_REPEAT 500

/* The loader's allocations: see portable.h. */
void *rex_host_calloc(size_t n, size_t size)
{
	return calloc(n, size);
}

/* The parts of an xdp_buff that programs read: the layout answers their relocations. */
struct fake_rxq {
	unsigned int mem_type;
};

struct fake_xdp {
	void *data, *data_end;
	struct fake_rxq *rxq;
};

static void unexpected(void)
{
	fprintf(stderr,
		"host: a program called what this process does not have\n");
	exit(1);
}

static const struct {
	const char *name;
	unsigned long value;
} symbols[] = {
	{ "__rex_off_xdp_buff_data", offsetof(struct fake_xdp, data) },
	{ "__rex_off_xdp_buff_data_end", offsetof(struct fake_xdp, data_end) },
	{ "__rex_off_xdp_buff_rxq", offsetof(struct fake_xdp, rxq) },
	{ "__rex_off_xdp_rxq_info_mem_type",
	  offsetof(struct fake_rxq, mem_type) },
	{ "__rex_mem_type_xsk_buff_pool", 3 },
	{ "memcpy", (unsigned long)pairs_copy },
	{ "memset", (unsigned long)pairs_fill },
	{ "__x86_indirect_thunk_r11", (unsigned long)pairs_jump_r11 },
};

static int resolve(void *ctx, const char *name, struct rex_symbol *sym)
{
	(void)ctx;
	if (!strcmp(name, "__x86_return_thunk")) {
		*sym = (struct rex_symbol){ 0, REX_SYM_RETURN_THUNK };
		return 0;
	}
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (!strcmp(name, symbols[i].name)) {
			*sym = (struct rex_symbol){ symbols[i].value, 0 };
			return 0;
		}
	*sym = (struct rex_symbol){ (unsigned long)unexpected, 0 };
	return 0;
}

static void *read_object(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	void *data;

	if (fd < 0 || fstat(fd, &stat))
		die(path);
	data = aligned_alloc(8, (stat.st_size + 7) / 8 * 8);
	if (!data || read(fd, data, stat.st_size) != stat.st_size)
		die(path);
	close(fd);
	*size = stat.st_size;
	return data;
}

static void load_object(const char *path, struct rex_elf *elf,
			struct rex_elf_target *target)
{
	static char text[4096];
	struct rex_log log;
	size_t size;
	void *data = read_object(path, &size);

	rex_log_init(&log, text, sizeof(text), REX_LOG_ERROR);
	if (rex_elf_parse(elf, data, size, &log))
		goto refused;
	for (int i = 0; i < REX_NR_SEGS; i++) {
		void *mem = mmap(NULL, elf->seg[i].size + 1,
				 PROT_READ | PROT_WRITE | PROT_EXEC,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
				 0);

		if (mem == MAP_FAILED)
			die("mmap");
		target->seg[i].mem = mem;
		target->seg[i].addr = (unsigned long)mem;
	}
	target->plain_returns = true;
	rex_elf_copy(elf, target);
	if (rex_elf_relocate(elf, target, resolve, NULL, &log))
		goto refused;
	return;

refused:
	fprintf(stderr, "%s", text);
	exit(1);
}

typedef unsigned int (*entry_fn)(struct fake_xdp *xdp);

static entry_fn find_entry(const struct rex_elf *elf,
			   const struct rex_elf_target *target,
			   const char *name)
{
	for (unsigned int i = 0; i < elf->nr_progs; i++)
		if (!strcmp(elf->progs[i].def->name, name))
			return (entry_fn)(target->seg[REX_SEG_TEXT].addr +
					  elf->progs[i].func->offset);
	fprintf(stderr, "host: no program %s\n", name);
	exit(1);
}

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

struct measured {
	unsigned int result;
	double ns;
};

static struct measured run_rex(entry_fn entry, const struct pair *pair)
{
	static unsigned char packet[PACKET];
	struct fake_rxq rxq = {};
	struct fake_xdp xdp = { packet, packet + PACKET, &rxq };
	struct measured best = { .ns = 1e12 };
	long begin, end, runs = 1;

	if (pair->fill)
		pair->fill(packet + RESULT);
	for (int round = 0; round < ROUNDS;) {
		begin = now_ns();
		for (long i = 0; i < runs; i++)
			if (entry(&xdp) != XDP_PASS)
				unexpected();
		end = now_ns();
		if (end - begin < ROUND_NS / 2) {
			runs *= 2;
			continue;
		}
		if ((double)(end - begin) / runs < best.ns)
			best.ns = (double)(end - begin) / runs;
		round++;
	}
	memcpy(&best.result, packet, sizeof(best.result));
	return best;
}

static struct bpf_object *load_ebpf(const char *folder, const struct pair *pair)
{
	json_t *row = json_object();
	struct bpf_object *object = pair_load(folder, pair, row);

	if (!object) {
		fprintf(stderr, "host: this kernel takes no eBPF program: %s\n",
			json_string_value(json_object_get(row, "refused")));
		exit(1);
	}
	json_decref(row);
	return object;
}

/* The best rounds of both sides of a pair, and whether they have one result. */
struct compared {
	double rex_ns, ebpf_ns;
	bool same;
};

static struct compared compare(entry_fn entry, const char *folder,
			       const struct pair *pair)
{
	struct bpf_object *object = load_ebpf(folder, pair);
	struct compared best = { 1e12, 1e12, true };

	for (int i = 0; i < TURNS; i++) {
		struct measured rex = run_rex(entry, pair);
		struct outcome ebpf = pair_run(pair_prog_fd(object, pair), pair,
					       ROUNDS, EBPF_REPEAT);

		if (rex.ns < best.rex_ns)
			best.rex_ns = rex.ns;
		if (ebpf.duration < best.ebpf_ns)
			best.ebpf_ns = ebpf.duration;
		best.same &= !pair->fill || rex.result == ebpf.result;
	}
	bpf_object__close(object);
	return best;
}

static const struct pair *find_nothing(void)
{
	for (size_t i = 0; i < nr_pairs; i++)
		if (!strcmp(pairs[i].name, "nothing"))
			return &pairs[i];
	abort();
}

int main(int argc, char **argv)
{
	const struct pair *nothing = find_nothing();
	struct rex_elf_target target = {};
	struct compared run;
	struct rex_elf elf;
	bool same = true;

	if (argc != 3) {
		fprintf(stderr, "usage: host OBJECT FOLDER\n");
		return 2;
	}
	pair_quiet();
	load_object(argv[1], &elf, &target);
	run = compare(find_entry(&elf, &target, "nothing"), argv[2], nothing);
	for (size_t i = 0; i < nr_pairs; i++) {
		const struct pair *pair = &pairs[i];
		struct compared both;

		if (!pair->fill)
			continue;
		both = compare(find_entry(&elf, &target, pair->name), argv[2],
			       pair);
		pair_print(json_pack("{ss,sf,sf}", "pair", pair->name, "rex_ns",
				     both.rex_ns - run.rex_ns, "ebpf_ns",
				     both.ebpf_ns - run.ebpf_ns));
		same &= both.same;
		if (!both.same)
			fprintf(stderr, "host: results of %s differ\n",
				pair->name);
	}
	return !same;
}
