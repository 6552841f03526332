// SPDX-License-Identifier: GPL-2.0
/* Parsers of what networks and programs send. */
#include <stdbool.h>

#include "pair.bpf.h"

static __always_inline bool is_digit(__u8 byte)
{
	return byte >= '0' && byte <= '9';
}

static __always_inline __u8 lower(__u8 byte)
{
	return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

/*
 * The parsers whose state takes many values are callbacks of bpf_loop(): the verifier
 * looks at one round of these, and at each round of a loop.
 */

/* A request: digests of the target and of Host, and the value of Content-Length. */
struct http {
	enum {
		METHOD,
		TARGET,
		VERSION,
		NAME,
		BLANKS,
		VALUE
	} state;
	__u32 target, host, length, lines;
	__u32 name, header;
};

static __always_inline __u32 digest_of(const char *name, int len)
{
	__u32 hash = DIGEST_BEGIN;

	for (int i = 0; i < len; i++)
		hash = digest(hash, name[i]);
	return hash;
}

#define DIGEST_OF(_name) digest_of(_name, sizeof(_name) - 1)

static long http_byte(__u64 i, struct scratch **scratch)
{
	const __u8 *in = (*scratch)->in;
	struct http *http = (struct http *)(*scratch)->state;
	__u8 byte;

	BOUND(i, 1023);
	byte = in[i];
	if (byte == '\r')
		return 0;
	if (byte == '\n') {
		if (http->state == NAME && http->name == DIGEST_BEGIN)
			return 1; /* an empty line */
		http->state = NAME;
		http->name = DIGEST_BEGIN;
		http->lines++;
		return 0;
	}
	switch (http->state) {
	case METHOD:
		if (byte == ' ')
			http->state = TARGET;
		break;
	case TARGET:
		if (byte == ' ')
			http->state = VERSION;
		else
			http->target = digest(http->target, byte);
		break;
	case VERSION:
		break;
	case NAME:
		if (byte != ':') {
			http->name = digest(http->name, lower(byte));
			break;
		}
		http->header = http->name;
		http->state = BLANKS;
		break;
	case BLANKS:
		if (byte == ' ')
			break;
		http->state = VALUE;
		/* fall through */
	case VALUE:
		if (http->header == DIGEST_OF("host"))
			http->host = digest(http->host, lower(byte));
		else if (http->header == DIGEST_OF("content-length"))
			http->length = http->length * 10 + byte - '0';
		break;
	}
	return 0;
}

PAIR_COPIED(http)
{
	struct http *http = (struct http *)s->state;

	*http = (struct http){ .target = DIGEST_BEGIN,
			       .host = DIGEST_BEGIN,
			       .name = DIGEST_BEGIN };
	bpf_loop(INPUT, http_byte, &s, 0);
	return http->target ^ rotate_left(http->host, 7) ^ http->length ^
	       http->lines << 16;
}

/* A JSON text: the sum of its numbers, its strings, members and greatest depth. */
struct json {
	__u32 sum, strings, members, depth, deepest, number;
	bool in_string, escaped, in_number;
};

static long json_byte(__u64 i, struct scratch **scratch)
{
	const __u8 *in = (*scratch)->in;
	struct json *json = (struct json *)(*scratch)->state;
	__u8 byte;

	BOUND(i, 1023);
	byte = in[i];
	if (json->in_string) {
		if (json->escaped)
			json->escaped = false;
		else if (byte == '\\')
			json->escaped = true;
		else if (byte == '"')
			json->in_string = false;
		return 0;
	}
	if (is_digit(byte)) {
		json->number = json->number * 10 + byte - '0';
		json->in_number = true;
		return 0;
	}
	if (json->in_number) {
		json->sum += json->number;
		json->number = 0;
		json->in_number = false;
	}
	switch (byte) {
	case '"':
		json->in_string = true;
		json->strings++;
		break;
	case ':':
		json->members++;
		break;
	case '{':
	case '[':
		json->depth++;
		if (json->depth > json->deepest)
			json->deepest = json->depth;
		break;
	case '}':
	case ']':
		json->depth--;
		break;
	}
	return 0;
}

PAIR_COPIED(json)
{
	struct json *json = (struct json *)s->state;

	*json = (struct json){};
	bpf_loop(INPUT, json_byte, &s, 0);
	return json->sum ^ json->strings << 24 ^ json->members << 16 ^
	       json->deepest << 8 ^ json->depth;
}

/* Twelve questions, each a name and a type: digests of both. */
struct dns {
	__u32 hash, questions;
	__u32 label; /* bytes of a label that are to come */
	__u32 tail; /* bytes of a type and a class that are to come */
};

static long dns_byte(__u64 i, struct scratch **scratch)
{
	const __u8 *in = (*scratch)->in;
	struct dns *dns = (struct dns *)(*scratch)->state;
	__u64 at = i + 12;
	__u8 byte;

	BOUND(at, 1023);
	byte = in[at];
	if (dns->label) {
		dns->hash = digest(dns->hash, lower(byte));
		dns->label--;
	} else if (dns->tail) {
		if (dns->tail == 3)
			dns->hash = digest(dns->hash, byte);
		dns->tail--;
		return !dns->tail && ++dns->questions == 12;
	} else if (byte) {
		dns->label = byte & 63;
		dns->hash = digest(dns->hash, '.');
	} else {
		dns->tail = 4;
	}
	return 0;
}

PAIR_COPIED(dns)
{
	struct dns *dns = (struct dns *)s->state;

	*dns = (struct dns){ .hash = DIGEST_BEGIN };
	bpf_loop(INPUT - 12, dns_byte, &s, 0);
	return dns->hash;
}

static __always_inline __u8 byte_at(const struct scratch *s, __u64 at)
{
	BOUND(at, 1023);
	return s->in[at];
}

static __always_inline __u32 be16(const struct scratch *s, __u32 at)
{
	return byte_at(s, at) << 8 | byte_at(s, at + 1);
}

/* A ClientHello: a digest of the server's name. */
PAIR_COPIED(tls_sni)
{
	__u32 at = 43, end, hash = DIGEST_BEGIN;

	if (s->in[0] != 22 || s->in[5] != 1)
		return 1;
	at += 1 + byte_at(s, at); /* session */
	at += 2 + be16(s, at); /* cipher suites */
	at += 1 + byte_at(s, at); /* compression */
	end = at + 2 + be16(s, at);
	at += 2;
	for (int i = 0; i < 32; i++) {
		__u32 type, length;

		if (at + 4 > end || at + 4 > INPUT)
			return 2;
		type = be16(s, at);
		length = be16(s, at + 2);
		at += 4;
		if (type) {
			at += length;
			continue;
		}
		length = be16(s, at + 3);
		at += 5;
		for (int k = 0; k < 255; k++) {
			if (k >= length)
				break;
			hash = digest(hash, byte_at(s, at + k));
		}
		return hash;
	}
	return 3;
}

/* Numbers of seven bits a byte, as protobuf has them. */
PAIR(varint)
{
	__u64 sum = 0, value = 0;
	int shift = 0;

	for (int i = 0; i < INPUT; i++) {
		value |= (__u64)(in[i] & 0x7f) << (shift & 63);
		if (in[i] & 0x80 && shift < 63) {
			shift += 7;
			continue;
		}
		sum += value;
		value = 0;
		shift = 0;
	}
	return sum ^ sum >> 32;
}

/* Counts the bytes from the beginning that are valid, and the characters in them. */
PAIR(utf8)
{
	__u32 characters = 0, valid = 0, need = 0;
	__u8 low = 0x80, high = 0xbf;

	for (int i = 0; i < INPUT; i++) {
		__u8 byte = in[i];

		if (need) {
			if (byte < low || byte > high)
				break;
			low = 0x80;
			high = 0xbf;
			if (--need == 0) {
				characters++;
				valid = i + 1;
			}
		} else if (byte < 0x80) {
			characters++;
			valid = i + 1;
		} else if (byte >= 0xc2 && byte <= 0xdf) {
			need = 1;
		} else if (byte >= 0xe0 && byte <= 0xef) {
			need = 2;
			if (byte == 0xe0)
				low = 0xa0;
			if (byte == 0xed)
				high = 0x9f;
		} else if (byte >= 0xf0 && byte <= 0xf4) {
			need = 3;
			if (byte == 0xf0)
				low = 0x90;
			if (byte == 0xf4)
				high = 0x8f;
		} else {
			break;
		}
	}
	return valid << 16 | characters;
}

/* The automaton of a(b|c)*d|[0-9]+x: how many matches end in the input. */
static const __u8 next_state[5][6] = {
	/* else a  b/c  d  0-9  x */
	{ 0, 1, 0, 0, 2, 0 }, { 0, 1, 1, 3, 2, 0 }, { 0, 1, 0, 0, 2, 4 },
	{ 0, 1, 0, 0, 2, 0 }, { 0, 1, 0, 0, 2, 0 },
};

static __always_inline __u8 class_of(__u8 byte)
{
	switch (byte) {
	case 'a':
		return 1;
	case 'b':
	case 'c':
		return 2;
	case 'd':
		return 3;
	case '0' ... '9':
		return 4;
	case 'x':
		return 5;
	default:
		return 0;
	}
}

PAIR(regex)
{
	__u32 matches = 0;
	__u8 state = 0;

	for (int i = 0; i < INPUT; i++) {
		if (state > 4)
			break;
		state = next_state[state][class_of(in[i])];
		if (state >= 3)
			matches++;
	}
	return matches;
}

/* The input has an automaton of 24 states and 32 classes of bytes, then a text. */
PAIR_COPIED(aho_corasick)
{
	__u32 state = 0, matches = 0;

	for (int i = 768; i < INPUT; i++) {
		__u64 at = state * 32 + (s->in[i] & 31);
		__u8 next;

		BOUND(at, 1023);
		next = s->in[at];
		if (next & 0x80)
			matches = matches * 3 + i;
		state = next & 0x7f;
		if (state > 23)
			break;
	}
	return matches;
}
