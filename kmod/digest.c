// SPDX-License-Identifier: GPL-2.0
#include <linux/kmod.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <crypto/hash.h>

#include "digest.h"

#define DIGEST_NAME "sha256"
#define DIGEST_PORTABLE "sha256-generic"

/* The kernel's code for this CPU uses vector registers, and meanwhile the task keeps the CPU. */
#define DIGEST_PIECE SZ_16K

/* The kernel's best code; NULL: its portable function. */
static struct crypto_shash *digest_best __ro_after_init;

static int digest_by_best(const u8 *data, size_t size, u8 *digest)
{
	SHASH_DESC_ON_STACK(desc, digest_best);
	int err;

	desc->tfm = digest_best;
	err = crypto_shash_init(desc);
	while (!err && size) {
		unsigned int piece = min_t(size_t, size, DIGEST_PIECE);

		err = crypto_shash_update(desc, data, piece);
		data += piece;
		size -= piece;
		cond_resched();
	}
	return err ?: crypto_shash_final(desc, digest);
}

void rex_digest(const void *data, size_t size, u8 digest[SHA256_DIGEST_SIZE])
{
	if (!digest_best || digest_by_best(data, size, digest))
		sha256(data, size, digest);
}

static bool __init digest_is_portable(struct crypto_shash *tfm)
{
	return !strcmp(crypto_tfm_alg_driver_name(crypto_shash_tfm(tfm)),
		       DIGEST_PORTABLE);
}

static void __init digest_find(void)
{
	struct crypto_shash *tfm = crypto_alloc_shash(DIGEST_NAME, 0, 0);

	digest_best = IS_ERR(tfm) ? NULL : tfm;
}

/* The code for this CPU is a module, which udev loads on most machines. */
void __init rex_digest_init(void)
{
	digest_find();
	if (!digest_best || !digest_is_portable(digest_best))
		return;
	if (request_module("crypto-sha256-ssse3"))
		return;
	crypto_free_shash(digest_best);
	digest_find();
}

void rex_digest_exit(void)
{
	crypto_free_shash(digest_best);
}
