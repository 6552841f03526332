// SPDX-License-Identifier: GPL-2.0
/* Sorting and searching. */
#include "pair.bpf.h"

#define NR 64

static __always_inline __u32 digest_of_words(const __u32 *words, int nr)
{
	__u32 hash = 0;

	for (int i = 0; i < nr; i++)
		hash = hash * 31 + words[i];
	return hash;
}

PAIR(insertion_sort)
{
	struct scratch *s = get_scratch();

	if (!s)
		return 0;
	for (int i = 0; i < NR; i++) {
		__u32 word = ((const __u32 *)in)[i];
		int k = i;

		while (k > 0) {
			__u32 before = s->words[(k - 1) & (NR - 1)];

			if (before <= word)
				break;
			s->words[k & (NR - 1)] = before;
			k--;
		}
		s->words[k & (NR - 1)] = word;
	}
	return digest_of_words(s->words, NR);
}

static __always_inline void sift_down(__u32 *heap, __u64 root, __u32 end)
{
	for (int depth = 0; depth < 6; depth++) {
		__u64 child = 2 * root + 1, other = child + 1;
		__u32 above;

		if (child >= end)
			break;
		BOUND(root, NR - 1);
		BOUND(child, NR - 1);
		BOUND(other, NR - 1);
		if (other < end && heap[child] < heap[other])
			child = other;
		above = heap[root];
		if (above >= heap[child])
			break;
		heap[root] = heap[child];
		heap[child] = above;
		root = child;
	}
}

/* Rounds are callbacks: the verifier looks at one of them only. */
static long heap_round(__u32 i, void *data)
{
	struct scratch *s = get_scratch();
	__u64 end = NR - 1 - i;
	__u32 word;

	if (!s)
		return 1;
	BOUND(end, NR - 1);
	word = s->words[0];
	s->words[0] = s->words[end];
	s->words[end] = word;
	sift_down(s->words, 0, end);
	return 0;
}

static long heap_build(__u32 i, void *data)
{
	struct scratch *s = get_scratch();

	if (!s)
		return 1;
	sift_down(s->words, NR / 2 - 1 - i, NR);
	return 0;
}

PAIR(heap_sort)
{
	struct scratch *s = get_scratch();

	if (!s)
		return 0;
	for (int i = 0; i < NR; i++)
		s->words[i] = ((const __u32 *)in)[i];
	bpf_loop(NR / 2, heap_build, NULL, 0);
	bpf_loop(NR - 1, heap_round, NULL, 0);
	return digest_of_words(s->words, NR);
}

/* The sums of the first words are sorted; each word is looked up in them. */
PAIR(binary_search)
{
	struct scratch *s = get_scratch();
	__u32 sum = 0, hash = 0;

	if (!s)
		return 0;
	for (int i = 0; i < 128; i++) {
		sum += ((const __u32 *)in)[i] >> 8;
		s->words[i] = sum;
	}
	for (int i = 0; i < 64; i++) {
		__u32 wanted = ((const __u32 *)in)[128 + i];
		__u32 low = 0;

		/* By way of the map, all 128 paths of a search are one to the verifier. */
		for (__u32 half = 64; half; half /= 2)
			if (s->words[(low + half - 1) & 127] < wanted)
				low += half;
		s->state[0] = low + (s->words[low & 127] < wanted);
		barrier();
		hash = hash * 31 + s->state[0];
	}
	return hash;
}

/* The first place of the eight bytes with which the input begins, after them. */
PAIR(find)
{
	for (int i = 8; i + 8 <= INPUT; i++)
		if (*(const __u64 *)(in + i) == *(const __u64 *)in)
			return i;
	return 0;
}

/* Does the same as find(), with the table of Horspool. */
PAIR_COPIED(horspool)
{
	__u64 needle = *(const __u64 *)s->in;
	__u64 at = 8;

	for (int i = 0; i < 256; i++) {
		s->table[i] = 8;
		barrier();
	}
	for (int i = 0; i < 7; i++)
		s->table[s->in[i]] = 7 - i;
	for (int round = 0; round < INPUT; round++) {
		if (at > INPUT - 8)
			return 0;
		BOUND(at, 1023);
		if (*(const __u64 *)(s->in + at) == needle)
			return at;
		at += s->table[s->in[at + 7]];
	}
	return 0;
}

/* Returns the fewest changes that make the second 32 bytes of the first. */
PAIR(levenshtein)
{
	__u8 row[33];

	for (int i = 0; i <= 32; i++)
		row[i] = i;
	for (int i = 0; i < 32; i++) {
		__u8 corner = row[0];

		row[0] = i + 1;
		for (int k = 0; k < 32; k++) {
			__u8 above = row[k + 1];
			__u8 best = corner + (in[i] != in[32 + k]);
			__u8 other = above < row[k] ? above : row[k];

			if (other + 1 < best)
				best = other + 1;
			corner = above;
			row[k + 1] = best;
		}
	}
	return row[32];
}
