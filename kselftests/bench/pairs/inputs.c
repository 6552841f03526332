// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "inputs.h"

static uint32_t state;

/* Marsaglia's xorshift: the same numbers each time. */
static uint32_t next(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

void input_random(unsigned char *input)
{
	state = 2463534242;
	for (int i = 0; i < INPUT; i++)
		input[i] = next() >> 11;
}

/* The eight bytes at the beginning come again at the end, and their first ones often. */
void input_find(unsigned char *input)
{
	input_random(input);
	for (int i = 8; i < INPUT; i += 24)
		memcpy(input + i, input, 3);
	memcpy(input + INPUT - 8, input, 8);
}

void input_strings(unsigned char *input)
{
	input_random(input);
	memcpy(input, "kernel extensions in safe Rust, ", 32);
	memcpy(input + 32, "a colonel's tensions, saved trust", 32);
}

static void text(unsigned char *input, const char *begin, const char *again)
{
	size_t len = strlen(begin);

	memset(input, ' ', INPUT);
	memcpy(input, begin, len);
	while (len + strlen(again) <= INPUT) {
		memcpy(input + len, again, strlen(again));
		len += strlen(again);
	}
}

void input_http(unsigned char *input)
{
	text(input,
	     "POST /api/v2/things?sort=name&page=17 HTTP/1.1\r\n"
	     "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
	     "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
	     "Accept-Language: en-GB,en;q=0.5\r\n"
	     "Host: things.example.ORG\r\n"
	     "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
	     "X-Forwarded-For: 192.0.2.7, 198.51.100.9\r\n"
	     "Content-Type: application/x-www-form-urlencoded\r\n"
	     "Content-Length: 4711\r\n"
	     "\r\n",
	     "name=value&");
}

void input_json(unsigned char *input)
{
	text(input, "[",
	     "{\"id\": 4711, \"name\": \"a \\\"thing\\\"\", \"tags\": [\"x\", \"yz\"], "
	     "\"size\": {\"w\": 640, \"h\": 480}, \"ok\": true}, ");
}

void input_dns(unsigned char *input)
{
	size_t at = 12;

	input_random(input);
	for (int i = 0; i < 12; i++) {
		static const char *const labels[] = { "www", "Some-Service",
						      "eu-central", "example",
						      "ORG" };

		for (int k = 0; k < 5; k++) {
			input[at++] = strlen(labels[k]);
			memcpy(input + at, labels[k], strlen(labels[k]));
			at += strlen(labels[k]);
		}
		memcpy(input + at, "\0\0\x1c\0\1", 5);
		at += 5;
	}
}

static size_t put16(unsigned char *at, unsigned int value)
{
	at[0] = value >> 8;
	at[1] = value;
	return 2;
}

/* A ClientHello with a name after six other extensions. */
void input_tls(unsigned char *input)
{
	static const char name[] = "a-rather-long-name.service.example.org";
	size_t at = 43, extensions;

	input_random(input);
	input[0] = 22;
	input[5] = 1;
	input[at++] = 32;
	at += 32;
	at += put16(input + at, 34);
	at += 34;
	input[at++] = 1;
	input[at++] = 0;
	extensions = at;
	at += 2;
	for (int i = 0; i < 6; i++) {
		at += put16(input + at, 10 + i);
		at += put16(input + at, 8 + 7 * i);
		at += 8 + 7 * i;
	}
	at += put16(input + at, 0);
	at += put16(input + at, sizeof(name) - 1 + 5);
	at += put16(input + at, sizeof(name) - 1 + 3);
	input[at++] = 0;
	at += put16(input + at, sizeof(name) - 1);
	memcpy(input + at, name, sizeof(name) - 1);
	at += sizeof(name) - 1;
	put16(input + extensions, at - extensions - 2);
}

/* Numbers of one to five bytes. */
void input_varint(unsigned char *input)
{
	input_random(input);
	for (int i = 0, left = 0; i < INPUT; i++) {
		if (!left)
			left = 1 + input[i] % 5;
		left--;
		input[i] = (input[i] & 0x7f) | (left ? 0x80 : 0);
	}
}

void input_utf8(unsigned char *input)
{
	text(input, "",
	     "Grüße aus dem Kern, καλημέρα, 内核扩展, 🦀! ");
	input[1000] = 0xff;
}

void input_regex(unsigned char *input)
{
	text(input, "", "abcbcd 4711x acd xyz 99 bottles, abd 0x1f ");
}

/* Aho and Corasick's automaton of a few words: see aho_corasick in parse.bpf.c. */
void input_automaton(unsigned char *input)
{
	static const char *const words[] = { "kernel", "nelson", "eltern",
					     "ring" };
	int child[24][32] = {}, fail[24] = {}, queue[24], nr = 1, end = 0;
	bool word_ends[24] = {};

	for (int w = 0; w < 4; w++) {
		int node = 0;

		for (const char *c = words[w]; *c; c++) {
			int *down = &child[node][*c & 31];

			if (!*down)
				*down = nr++;
			node = *down;
		}
		word_ends[node] = true;
	}
	for (int c = 0; c < 32; c++)
		if (child[0][c])
			queue[end++] = child[0][c];
	for (int i = 0; i < end; i++)
		for (int c = 0; c < 32; c++) {
			int *down = &child[queue[i]][c];

			if (*down) {
				fail[*down] = child[fail[queue[i]]][c];
				queue[end++] = *down;
			} else {
				*down = child[fail[queue[i]]][c];
			}
		}
	text(input, "", "a kernelson in the ringelternelson ");
	memmove(input + 768, input, INPUT - 768);
	for (int node = 0; node < 24; node++)
		for (int c = 0; c < 32; c++) {
			int next = node < nr ? child[node][c] : 0;

			input[node * 32 + c] = next |
					       (word_ends[next] ? 0x80 : 0);
		}
}

void input_base64(unsigned char *input)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	input_random(input);
	for (int i = 0; i < INPUT; i++)
		input[i] = digits[input[i] & 63];
}

/* Blocks of a few literals and a match: see decompress in codec.bpf.c. */
void input_compressed(unsigned char *input)
{
	int from = 0, to = 0;

	input_random(input);
	for (;;) {
		int literals = 6 + next() % 20, match = 4 + next() % 40;

		if (from + 3 + literals + 2 > INPUT ||
		    to + literals + match > 2048)
			break;
		input[from] = literals;
		input[from + 1] = match;
		to += literals;
		input[from + 2] = 1 + next() % (to < 255 ? to : 255);
		to += match;
		from += 3 + literals;
	}
	input[from] = input[from + 1] = input[from + 2] = 0;
}

/* A trie: see lpm in net.bpf.c. Nodes lie below nodes with a lower number. */
void input_trie(unsigned char *input)
{
	input_random(input);
	memset(input, 0, 208);
	for (int node = 0; node < 13; node++)
		for (int i = 0; i < 16; i++) {
			int down = node + 1 + next() % 6;

			input[node * 16 + i] =
				(next() % 3 ? next() % 16 : 0) << 4 |
				(down < 13 && next() % 4 ? down : 0);
		}
}

static void flow(unsigned char *ip)
{
	unsigned int sum = 0;

	memcpy(ip, "\x45\0\0\x28\0\0\x40\0\x40\6\0\0", 12);
	memcpy(ip + 16, "\x0a\0\0\1", 4);
	memcpy(ip + 22, "\1\xbb", 2);
	for (int i = 0; i < 20; i += 2)
		sum += ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + 10, ~(sum + (sum >> 16)));
}

/* Headers of flows, one of another protocol, and a ring: see load_balancer. */
void input_flows(unsigned char *input)
{
	input_random(input);
	for (int i = 0; i < 16; i++)
		flow(input + 40 * i);
	input[40 * 7 + 9] = 1;
}
