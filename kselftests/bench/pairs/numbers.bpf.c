// SPDX-License-Identifier: GPL-2.0
/* Numbers, bits, and a machine. */
#include <stdbool.h>

#include "pair.bpf.h"

#define SIDE 11

PAIR(matrix)
{
	const __u32 *a = (const __u32 *)in, *b = a + SIDE * SIDE;
	__u32 hash = 0;

	for (int i = 0; i < SIDE; i++)
		for (int k = 0; k < SIDE; k++) {
			__u32 sum = 0;

			for (int j = 0; j < SIDE; j++)
				sum += a[i * SIDE + j] * b[j * SIDE + k];
			hash = hash * 31 + sum;
		}
	return hash;
}

/* The primes below 2048, and a part of the input, so that nothing is known before. */
PAIR(sieve)
{
	struct scratch *s = get_scratch();
	__u32 primes = 0, last = 0;

	if (!s)
		return 0;
	for (int i = 0; i < 256; i++) {
		s->longs[i] = 0;
		barrier();
	}
	for (int i = 2; i < 46; i++) {
		if (s->bytes[i])
			continue;
		for (int k = i * i; k < 2048; k += i)
			s->bytes[k] = 1;
	}
	for (int i = 2; i < 2048; i++)
		if (!s->bytes[i]) {
			primes++;
			last = i;
		}
	return primes << 16 ^ last ^ in[0];
}

/* Counts the bits of each word, finds the first one, and reverses the word. */
PAIR(bits)
{
	__u64 hash = 0;

	for (int i = 0; i < INPUT / 8; i++) {
		__u64 word = ((const __u64 *)in)[i], x = word;
		__u32 first = 0;

		x -= x >> 1 & 0x5555555555555555;
		x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
		x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
		hash = hash * 31 + (x * 0x0101010101010101 >> 56);

		for (int step = 32; step; step /= 2)
			if (word >> (first + step))
				first += step;
		hash = hash * 31 + first;

		x = word;
		x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555)
							    << 1;
		x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333)
							    << 2;
		x = (x >> 4 & 0x0f0f0f0f0f0f0f0f) | (x & 0x0f0f0f0f0f0f0f0f)
							    << 4;
		hash = hash * 31 + __builtin_bswap64(x);
	}
	return hash ^ hash >> 32;
}

/* The greatest common divisors of neighbours. */
PAIR(gcd)
{
	__u32 hash = 0;

	for (int i = 0; i < INPUT / 8; i++) {
		__u32 a = ((const __u32 *)in)[2 * i];
		__u32 b = ((const __u32 *)in)[2 * i + 1];

		for (int step = 0; step < 48 && b; step++) {
			__u32 rest = a % b;

			a = b;
			b = rest;
		}
		hash = hash * 31 + a;
	}
	return hash;
}

/*
 * The input is a program of four bytes an instruction: operation, two registers, a
 * constant. It runs for 600 instructions.
 */
enum {
	PC
};

static long machine_step(__u32 i, struct scratch **scratch)
{
	struct scratch *s = *scratch;
	__u64 pc = s->state[PC];
	__u8 op, constant;
	__u32 *to, from;

	if (pc > INPUT - 4)
		pc = 0;
	BOUND(pc, 1020);
	op = s->in[pc];
	constant = s->in[pc + 3];
	to = &s->words[s->in[pc + 1] & 7];
	from = s->words[s->in[pc + 2] & 7];
	pc += 4;
	switch (op & 7) {
	case 0:
		*to += from + constant;
		break;
	case 1:
		*to -= from;
		break;
	case 2:
		*to *= from | 1;
		break;
	case 3:
		*to ^= from >> (constant & 31);
		break;
	case 4:
		*to = from << 8 | constant;
		break;
	case 5:
		if (from & 1)
			pc += constant & 0x3c;
		break;
	case 6:
		*to = s->words[8 + (from & 63)];
		break;
	case 7:
		s->words[8 + (*to & 63)] = from;
		break;
	}
	s->state[PC] = pc;
	return 0;
}

PAIR_COPIED(interpreter)
{
	s->state[PC] = 0;
	for (int i = 0; i < 8; i++)
		s->words[i] = i;
	for (int i = 8; i < 72; i++) {
		s->words[i] = 0;
		barrier();
	}
	bpf_loop(600, machine_step, &s, 0);
	return s->words[0] ^ s->words[1] ^ s->words[2] ^ s->words[3];
}

static __always_inline __u64 mix(__u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* Consistent hashing: of 16 nodes, each key goes to that with the highest weight. */
PAIR(rendezvous)
{
	const __u64 *nodes = (const __u64 *)in, *keys = nodes + 16;
	__u32 hash = 0;

	for (int key = 0; key < 64; key++) {
		__u64 best = 0;
		__u32 chosen = 0;

		for (int node = 0; node < 16; node++) {
			__u64 weight = mix(keys[key] ^ nodes[node]);

			if (weight > best) {
				best = weight;
				chosen = node;
			}
		}
		hash = hash * 31 + chosen;
	}
	return hash;
}
