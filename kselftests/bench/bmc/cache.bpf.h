/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cache of BMC in eBPF, and its steps, which the programs of chain.bpf.c and of
 * whole.bpf.c consist of. The design is that of the paper (Ghigoff et al., "BMC: Accelerating
 * Memcached using Safe In-kernel Caching and Pre-stack Processing", NSDI 2021): an array of
 * entries, each with a lock, at the FNV-1a hash of the key.
 *
 * Each place in a packet is compared with the packet's end, and no function may be called
 * while a lock is held. A verifier goes through a loop round by round, and once for each way
 * out of the loop through what comes next. So a place that a loop has found goes through a
 * map, after which the verifier knows nothing of it.
 */
#ifndef _CACHE_BPF_H
#define _CACHE_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <stdbool.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define PORT 11211
/* The header of each datagram: id of the request, number of this datagram, of how many, 0. */
#define FRAME 8
#define MAX_KEY 250
#define MAX_KEYS 30
#define ENTRIES 16384
/* An item is "VALUE <key> <flags> <bytes>\r\n<value>\r\n", with values of 1000 bytes. */
#define MAX_ITEM 1304
#define MAX_MESSAGE 1400
#define MAX_SEGMENT 1500
#define END "END\r\n"
#define END_LEN (sizeof(END) - 1)
/* Packets have no options of IPv4. */
#define MESSAGE_AT                                      \
	(sizeof(struct ethhdr) + sizeof(struct iphdr) + \
	 sizeof(struct udphdr) + FRAME)

#define SEGMENT_AT (sizeof(struct ethhdr) + sizeof(struct iphdr))

#define FNV_BEGIN 2166136261u
#define FNV_PRIME 16777619

#define WORD sizeof(__u64)

/*
 * struct entry - an item
 * @len:	of the item; 0 if there is none
 */
struct entry {
	struct bpf_spin_lock lock;
	__u32 hash;
	__u64 len;
	__u64 item[MAX_ITEM / WORD];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, struct entry);
} cache SEC(".maps");

/*
 * struct wanted - a key of a request, as its item begins: "VALUE <key> "
 */
struct wanted {
	__u32 hash, len;
	union {
		__u64 words[264 / WORD];
		__u8 bytes[264];
	};
};

#define PREFIX 6

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_KEYS);
	__type(key, __u32);
	__type(value, struct wanted);
} keys SEC(".maps");

/*
 * struct request - the request that the CPU works on
 * @len:	of the message
 * @at:		the next byte of the message to look at
 * @keys:	how many keys were found
 * @items:	how long their items are
 * @written:	how much of the answer is in the packet
 * @key:	the next key whose item is written
 */
struct request {
	__u32 len, at, keys, items, written, key;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct request);
} requests SEC(".maps");

enum {
	GETS,
	SETS,
	HITS,
	MISSES,
	UPDATES,
	INVALIDATIONS,
	NR_STATS
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[NR_STATS]);
} stats SEC(".maps");

static __always_inline void count(__u32 stat)
{
	__u32 zero = 0;
	__u64 *counters = bpf_map_lookup_elem(&stats, &zero);

	if (counters)
		counters[stat]++;
}

static __always_inline struct request *get_request(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&requests, &zero);
}

static __always_inline struct entry *get_entry(__u32 hash)
{
	__u32 index = hash % ENTRIES;

	return bpf_map_lookup_elem(&cache, &index);
}

static __always_inline __u32 fnv(__u32 hash, __u8 byte)
{
	return (hash ^ byte) * FNV_PRIME;
}

static __always_inline bool ends_key(__u8 byte)
{
	return byte <= ' ' || byte == 0x7f;
}

/*
 * Keeps clang from computing a place in a packet again after it was compared with the end:
 * the verifier would not know the second one.
 */
#define KEEP(_at) asm volatile("" : "+r"(_at))

/* Returns the bytes to add for a packet of @len bytes. Pointers are subtracted in 64 bits only. */
static __always_inline int growth_to(struct xdp_md *ctx, __u32 len)
{
	__u64 size = (__u64)(long)ctx->data_end - (__u64)(long)ctx->data;

	KEEP(size);
	return (int)len - (int)size;
}

/* Texts of four and of two bytes, as numbers: eBPF has no memcmp(). */
#define TEXT2(_a, _b) ((_a) | (_b) << 8)
#define TEXT4(_a, _b, _c, _d) (TEXT2(_a, _b) | TEXT2(_c, _d) << 16)
#define AT2(_at) (*(const __u16 *)(_at))
#define AT4(_at) (*(const __u32 *)(_at))

enum kind {
	OTHER,
	GET,
	SEGMENT
};

/* Finds out what a packet is. @r->at says where the keys of a GET are, or a segment's data. */
static __always_inline enum kind classify(struct xdp_md *ctx, struct request *r)
{
	__u8 *data = (void *)(long)ctx->data,
	     *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	__u8 *frame = (void *)(udp + 1);

	if ((__u8 *)(udp + 1) > end)
		return OTHER;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || ip->version != 4 ||
	    ip->ihl != 5 || ip->frag_off & bpf_htons(0x3fff))
		return OTHER;
	if (udp->dest !=
	    bpf_htons(PORT)) /* which is at the same place in TCP */
		return OTHER;
	if (ip->protocol == IPPROTO_TCP) {
		if ((__u8 *)(tcp + 1) > end)
			return OTHER;
		r->at = tcp->doff * 4;
		return SEGMENT;
	}
	if (ip->protocol != IPPROTO_UDP || frame + FRAME + 4 > end)
		return OTHER;
	if (AT4(frame + 2) != bpf_htonl(1))
		return OTHER;
	if (AT4(frame + FRAME) != TEXT4('g', 'e', 't', ' '))
		return OTHER;
	*r = (struct request){
		.len = bpf_ntohs(udp->len) - sizeof(*udp) - FRAME, .at = 4
	};
	return GET;
}

enum found {
	MISS, /* the server answers */
	MORE,
	ALL
};

/* Looks for the next key of the request. */
static __always_inline enum found find_key(struct xdp_md *ctx,
					   struct request *r)
{
	__u8 *end = (void *)(long)ctx->data_end, *at;
	__u32 hash = FNV_BEGIN, n, nr = r->keys;
	struct wanted *wanted = bpf_map_lookup_elem(&keys, &nr);
	struct entry *entry;
	__u64 len;
	__u8 byte = 0;

	if (!wanted || r->at > MAX_MESSAGE)
		return MISS;
	at = (__u8 *)(long)ctx->data + MESSAGE_AT + r->at;
	wanted->words[0] = *(const __u64 *)"VALUE \0";
	for (n = 0; n <= MAX_KEY; n++) {
		if (at + 1 > end)
			return MISS;
		byte = *at++;
		if (ends_key(byte))
			break;
		wanted->bytes[PREFIX + n] = byte;
		hash = fnv(hash, byte);
	}
	if (n == 0 || n > MAX_KEY)
		return MISS;
	wanted->bytes[PREFIX + n] = ' ';
	wanted->len = PREFIX + n + 1;
	wanted->hash = hash;
	r->at += n + 1;
	r->keys = nr + 1;
	KEEP(at);
	if (byte == '\r') {
		if (at + 1 > end || *at != '\n' || r->at + 1 != r->len)
			return MISS;
	} else if (byte != ' ' || r->at >= r->len) {
		return MISS;
	}
	entry = get_entry(hash);
	if (!entry)
		return MISS;
	bpf_spin_lock(&entry->lock);
	len = entry->hash == hash ? entry->len : 0;
	bpf_spin_unlock(&entry->lock);
	if (!len) {
		count(MISSES);
		return MISS;
	}
	r->items += len;
	return byte == '\r' ? ALL : MORE;
}

static __always_inline void swap_bytes(__u8 *a, __u8 *b, int n)
{
	for (int i = 0; i < n; i++) {
		__u8 byte = a[i];

		a[i] = b[i];
		b[i] = byte;
	}
}

/* Makes room for the answer, and addresses the packet to its sender. */
static __always_inline bool prepare(struct xdp_md *ctx, struct request *r)
{
	__u32 len = MESSAGE_AT + r->items + END_LEN;
	struct ethhdr *eth;
	struct iphdr *ip;
	struct udphdr *udp;
	__u8 *data, *end, *frame;
	__be32 addr;
	__be16 port;

	if (r->items > MAX_MESSAGE - END_LEN ||
	    bpf_xdp_adjust_tail(ctx, growth_to(ctx, len)))
		return false;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (data + MESSAGE_AT > end)
		return false;
	eth = (void *)data;
	ip = (void *)(eth + 1);
	udp = (void *)(ip + 1);
	frame = (void *)(udp + 1);
	swap_bytes(eth->h_dest, eth->h_source, ETH_ALEN);
	addr = ip->saddr;
	ip->saddr = ip->daddr;
	ip->daddr = addr;
	ip->ttl = 64;
	port = udp->source;
	udp->source = udp->dest;
	udp->dest = port;
	udp->check = 0; /* none, which is allowed */
	*(__be32 *)(frame + 2) = bpf_htonl(1);
	*(__be16 *)(frame + 6) = 0;
	return true;
}

/* Returns whether the item, whose lock is held, is that of the key. */
static __always_inline bool is_of(const struct entry *entry,
				  const struct wanted *wanted)
{
	__u64 len = wanted->len;

	if (entry->hash != wanted->hash || entry->len <= len)
		return false;
	for (__u32 i = 0; i < sizeof(wanted->words) / WORD; i++) {
		__u64 difference = entry->item[i] ^ wanted->words[i];

		if ((i + 1) * WORD > len)
			return i * WORD == len ||
			       !(difference << 8 * (-len % WORD));
		if (difference)
			return false;
	}
	return false;
}

/*
 * Copies the item of the next key into the packet. An item that was dropped meanwhile is
 * left out: the client takes that for a miss.
 */
static __always_inline bool write_item(struct xdp_md *ctx, struct request *r)
{
	__u8 *end = (void *)(long)ctx->data_end, *to;
	__u32 nr = r->key, written = r->written, i;
	struct wanted *wanted = bpf_map_lookup_elem(&keys, &nr);
	struct entry *entry;
	__u64 len, last;

	if (!wanted || written > MAX_MESSAGE)
		return false;
	entry = get_entry(wanted->hash);
	if (!entry)
		return false;
	to = (__u8 *)(long)ctx->data + MESSAGE_AT + written;
	bpf_spin_lock(&entry->lock);
	len = 0;
	if (is_of(entry, wanted))
		len = entry->len;
	last = len - WORD;
	if (last > MAX_ITEM - WORD) {
		len = 0;
	} else {
		for (i = 0; i < MAX_ITEM / WORD; i++) {
			if ((i + 1) * WORD > len || to + WORD > end)
				break;
			*(__u64 *)to = entry->item[i];
			to += WORD;
		}
		/* The last word may overlap with the one before. */
		to = (__u8 *)(long)ctx->data + MESSAGE_AT + written + last;
		if (to + WORD > end)
			len = 0;
		else
			*(__u64 *)to = *(__u64 *)((__u8 *)entry->item + last);
	}
	bpf_spin_unlock(&entry->lock);
	r->written = written + len;
	r->key = nr + 1;
	return true;
}

static __always_inline __u16 ip_checksum(const struct iphdr *ip)
{
	const __u16 *words = (const void *)ip;
	__u32 sum = 0;

	for (int i = 0; i < (int)(sizeof(*ip) / sizeof(*words)); i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Ends the answer, and returns the verdict. */
static __always_inline int finish(struct xdp_md *ctx, struct request *r)
{
	__u8 *data = (void *)(long)ctx->data,
	     *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(data + sizeof(struct ethhdr));
	struct udphdr *udp = (void *)(ip + 1);
	__u32 written = r->written, len;
	__u8 *to;

	if (written > MAX_MESSAGE)
		return XDP_ABORTED;
	to = data + MESSAGE_AT + written;
	if (data + MESSAGE_AT > end || to + END_LEN > end)
		return XDP_ABORTED;
	__builtin_memcpy(to, END, END_LEN);
	len = MESSAGE_AT + written + END_LEN;
	udp->len = bpf_htons(len - sizeof(struct ethhdr) - sizeof(*ip));
	ip->tot_len = bpf_htons(len - sizeof(struct ethhdr));
	ip->check = 0;
	ip->check = ip_checksum(ip);
	if (written != r->items &&
	    bpf_xdp_adjust_tail(ctx, growth_to(ctx, len)))
		return XDP_ABORTED;
	count(HITS);
	return XDP_TX;
}

static __always_inline void drop_item(__u32 hash)
{
	struct entry *entry = get_entry(hash);
	bool dropped;

	if (!entry)
		return;
	bpf_spin_lock(&entry->lock);
	dropped = entry->hash == hash && entry->len;
	if (dropped)
		entry->len = 0;
	bpf_spin_unlock(&entry->lock);
	if (dropped)
		count(INVALIDATIONS);
}

/* Drops the item of the key after the next "set " in a segment. Returns whether there is one. */
static __always_inline bool drop_next(struct xdp_md *ctx, struct request *r)
{
	__u8 *segment = (__u8 *)(long)ctx->data + SEGMENT_AT, *at;
	__u8 *end = (void *)(long)ctx->data_end;
	__u32 hash = FNV_BEGIN, i;

	if (r->at > MAX_SEGMENT)
		return false;
	at = segment + r->at;
	for (i = 0; i < MAX_SEGMENT; i++) {
		if (at + 4 > end)
			return false;
		if (AT4(at) == TEXT4('s', 'e', 't', ' '))
			break;
		at++;
	}
	if (i == MAX_SEGMENT)
		return false;
	r->at += i + 4;
	count(SETS);
	i = *(volatile __u32 *)&r->at;
	if (i > 2 * MAX_SEGMENT)
		return false;
	at = segment + i;
	for (i = 0; i <= MAX_KEY; i++) {
		KEEP(at);
		if (at + 1 > end || ends_key(*at))
			break;
		hash = fnv(hash, *at++);
	}
	r->at += i;
	drop_item(hash);
	return true;
}

/* Returns whether a packet is an answer with a value, in one datagram. */
static __always_inline bool is_answer(struct __sk_buff *skb)
{
	__u8 *data = (void *)(long)skb->data,
	     *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	__u8 *frame = (void *)(udp + 1);

	if (frame + FRAME + PREFIX > end)
		return false;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || ip->version != 4 ||
	    ip->ihl != 5 || ip->frag_off & bpf_htons(0x3fff) ||
	    ip->protocol != IPPROTO_UDP || udp->source != bpf_htons(PORT))
		return false;
	if (AT4(frame + 2) != bpf_htonl(1))
		return false;
	return AT4(frame + FRAME) == TEXT4('V', 'A', 'L', 'U') &&
	       AT2(frame + FRAME + 4) == TEXT2('E', ' ');
}

/* Stores the item of an answer that has one only. */
static __always_inline void store_item(struct __sk_buff *skb, struct request *r)
{
	__u32 whole = skb->len, message = whole - MESSAGE_AT, value = 0;
	__u32 hash = FNV_BEGIN, len, i;
	__u8 *data, *end, *at, byte = 0;
	struct entry *entry;
	__u64 last;

	if (message < PREFIX + 9 + END_LEN || message > MAX_ITEM)
		return;
	if (whole > (__u32)(skb->data_end - skb->data) &&
	    bpf_skb_pull_data(skb, whole))
		return;
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	at = data + MESSAGE_AT + PREFIX;
	for (i = 0; i <= MAX_KEY; i++) {
		if (at + 1 > end)
			return;
		byte = *at++;
		if (ends_key(byte))
			break;
		hash = fnv(hash, byte);
	}
	if (i == 0 || byte != ' ')
		return;
	r->at = PREFIX + i + 1;
	len = *(volatile __u32 *)&r->at;
	if (len > MAX_ITEM)
		return;
	data = (void *)(long)*(volatile __u32 *)&skb->data;
	at = data + MESSAGE_AT + len;
	for (i = 0; i < 11; i++) { /* flags */
		if (at + 1 > end)
			return;
		byte = *at++;
		if (ends_key(byte))
			break;
	}
	if (byte != ' ')
		return;
	r->at = len + i + 1;
	len = *(volatile __u32 *)&r->at;
	if (len > MAX_ITEM)
		return;
	data = (void *)(long)*(volatile __u32 *)&skb->data;
	at = data + MESSAGE_AT + len;
	for (i = 0; i < 5; i++) {
		if (at + 1 > end)
			return;
		byte = *at++;
		if (byte < '0' || byte > '9')
			break;
		value = value * 10 + byte - '0';
	}
	if (i == 0 || byte != '\r' || at + 1 > end || *at != '\n')
		return;
	r->at = len + i + 2 + value + 2;
	len = *(volatile __u32 *)&r->at;
	KEEP(len);
	if (len < WORD || len > MAX_ITEM - END_LEN || len + END_LEN != message)
		return;
	data = (void *)(long)*(volatile __u32 *)&skb->data;
	at = data + MESSAGE_AT + len - 2;
	KEEP(at);
	if (at + 2 + END_LEN > end || AT4(at) != TEXT4('\r', '\n', 'E', 'N') ||
	    AT2(at + 4) != TEXT2('D', '\r') || at[6] != '\n')
		return;
	entry = get_entry(hash);
	if (!entry)
		return;
	last = len - WORD;
	bpf_spin_lock(&entry->lock);
	at = data + MESSAGE_AT;
	for (i = 0; i < MAX_ITEM / WORD; i++) {
		if ((i + 1) * WORD > len || at + WORD > end)
			break;
		entry->item[i] = *(__u64 *)at;
		at += WORD;
	}
	/* The last word may overlap with the one before. */
	at = data + MESSAGE_AT + last;
	if (last <= MAX_ITEM - WORD && at + WORD <= end)
		*(__u64 *)((__u8 *)entry->item + last) = *(__u64 *)at;
	entry->hash = hash;
	entry->len = len;
	bpf_spin_unlock(&entry->lock);
	count(UPDATES);
}

char _license[] SEC("license") = "GPL";

#endif
