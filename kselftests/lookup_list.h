/* SPDX-License-Identifier: GPL-2.0 */
/* Generated from kmod/maps.def: `make gen`. */
#ifndef _REX_LOOKUP_LIST_H
#define _REX_LOOKUP_LIST_H

#define LOOKUPS                                                              \
	"rex_lookup_array", "rex_update_array", "rex_delete_array",          \
		"rex_lookup_hash", "rex_update_hash", "rex_delete_hash",     \
		"rex_lookup_lpm_trie", "rex_update_lpm_trie",                \
		"rex_delete_lpm_trie", "rex_lookup_lru_hash",                \
		"rex_update_lru_hash", "rex_delete_lru_hash",                \
		"rex_lookup_lru_percpu_hash", "rex_update_lru_percpu_hash",  \
		"rex_delete_lru_percpu_hash", "rex_lookup_percpu_array",     \
		"rex_update_percpu_array", "rex_delete_percpu_array",        \
		"rex_lookup_percpu_hash", "rex_update_percpu_hash",          \
		"rex_delete_percpu_hash", "rex_push_queue", "rex_pop_queue", \
		"rex_peek_queue", "rex_push_stack", "rex_pop_stack",         \
		"rex_peek_stack"

#endif /* _REX_LOOKUP_LIST_H */
