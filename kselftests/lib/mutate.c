// SPDX-License-Identifier: GPL-2.0
/* Random changes to object files (mutate.h). */
#include <linux/elf.h>
#include <string.h>

#include "mutate.h"

#define NR_OF(array) (sizeof(array) / sizeof((array)[0]))

/* xorshift64*: the same on every machine. */
unsigned long long mutator_random(struct mutator *m)
{
	m->state ^= m->state >> 12;
	m->state ^= m->state << 25;
	m->state ^= m->state >> 27;
	return m->state * 0x2545f4914f6cdd1dull;
}

unsigned long long mutator_below(struct mutator *m, unsigned long long n)
{
	return n ? mutator_random(m) % n : 0;
}

void mutator_begin(struct mutator *m, unsigned long long seed,
		   unsigned long long round)
{
	m->state = (seed + 1) * 0x9e3779b97f4a7c15ull +
		   round * 0xbf58476d1ce4e5b9ull;
	m->state |= !m->state;
	mutator_random(m);
}

static unsigned long long edge_value(struct mutator *m)
{
	static const unsigned long long values[] = {
		0,	1,	    2,		4,	    8,
		0xff,	0x7fffffff, 0x80000000, 0xffffffff, 1ull << 63,
		-1ull,	-4ull,	    0xff00,	0xfff1,	    0xfff2,
		0xffff, 4096,	    4097,	24,	    64,
	};

	switch (mutator_below(m, 4)) {
	case 0:
		return m->size + mutator_below(m, 3) - 1;
	case 1:
		return mutator_below(m, m->size);
	default:
		return values[mutator_below(m, NR_OF(values))];
	}
}

/* Returns the offset of a byte in a random section: each is as likely, however long. */
static size_t in_section(struct mutator *m, const Elf64_Ehdr *eh)
{
	Elf64_Shdr sh;
	size_t at;

	memcpy(&sh,
	       m->data + eh->e_shoff +
		       mutator_below(m, eh->e_shnum) * sizeof(sh),
	       sizeof(sh));
	at = sh.sh_offset + mutator_below(m, sh.sh_size);
	return at < m->size ? at : mutator_below(m, m->size);
}

/* Returns the offset of a random field: in a header, a symbol, a relocation, anywhere. */
static size_t random_field(struct mutator *m)
{
	Elf64_Ehdr eh;

	if (m->size < sizeof(eh))
		return mutator_below(m, m->size);
	memcpy(&eh, m->data, sizeof(eh));
	if (!eh.e_shnum || eh.e_shoff > m->size ||
	    eh.e_shnum * sizeof(Elf64_Shdr) > m->size - eh.e_shoff)
		return mutator_below(m, m->size);
	switch (mutator_below(m, 8)) {
	case 0:
		return mutator_below(m, sizeof(eh));
	case 1:
	case 2:
		return eh.e_shoff +
		       mutator_below(m, eh.e_shnum * sizeof(Elf64_Shdr));
	default:
		return in_section(m, &eh);
	}
}

static void put_value(struct mutator *m)
{
	static const size_t sizes[] = { 1, 2, 4, 8 };
	size_t size = sizes[mutator_below(m, NR_OF(sizes))];
	size_t at = random_field(m) & ~(size - 1);
	unsigned long long value = edge_value(m);

	if (at + size <= m->size)
		memcpy(m->data + at, &value, size);
}

static void copy_block(struct mutator *m)
{
	size_t from = random_field(m) & ~7ull, to = random_field(m) & ~7ull;
	size_t size = 8 * (1 + mutator_below(m, 8));

	if (from + size <= m->size && to + size <= m->size)
		memmove(m->data + to, m->data + from, size);
}

void mutate(struct mutator *m)
{
	size_t at;

	if (!m->size)
		return;
	at = random_field(m);
	switch (mutator_below(m, 16)) {
	case 0 ... 3:
		m->data[at] ^= 1u << mutator_below(m, 8);
		break;
	case 4 ... 5:
		m->data[at] = mutator_random(m);
		break;
	case 6 ... 7:
		m->data[at] += mutator_below(m, 2) ? 1 : -1;
		break;
	case 8 ... 11:
		put_value(m);
		break;
	case 12 ... 14:
		copy_block(m);
		break;
	default:
		if (!mutator_below(m, 8))
			m->size = mutator_below(m, m->size);
	}
}
