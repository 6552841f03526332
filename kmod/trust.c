// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/key.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/verification.h>

#include "security.h"
#include "trust.h"

/* ---- the policy ---- */

static bool trust_denies_unsigned;

static int trust_set_unsigned(const char *value, const struct kernel_param *kp)
{
	if (sysfs_streq(value, "deny")) {
		WRITE_ONCE(trust_denies_unsigned, true);
		return 0;
	}
	if (!sysfs_streq(value, "allow"))
		return -EINVAL;
	return READ_ONCE(trust_denies_unsigned) ? -EPERM : 0;
}

static int trust_get_unsigned(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n",
			  READ_ONCE(trust_denies_unsigned) ? "deny" : "allow");
}

static const struct kernel_param_ops trust_unsigned_ops = {
	.set = trust_set_unsigned,
	.get = trust_get_unsigned,
};

/* The parameter's name is no type here. */
#define TRUST_PARAMETER unsigned
module_param_cb(TRUST_PARAMETER, &trust_unsigned_ops, NULL, 0644);
MODULE_INFO(
	parm,
	"unsigned:allow or deny objects without a signature of a known key; deny is for good");

/* Returns what requires signatures of modules, or NULL. */
static const char *trust_kernel_requires(void)
{
	if (is_module_sig_enforced())
		return "module.sig_enforce requires one";
	if (rex_locked_down())
		return "the kernel, which is locked down, requires one";
	return NULL;
}

static const char *trust_requires(void)
{
	if (READ_ONCE(trust_denies_unsigned))
		return "the parameter unsigned=deny of rex.ko requires one";
	return trust_kernel_requires();
}

/* ---- keys ---- */

static struct key *trust_keyring;

/*
 * Root of the first user namespace may fill and restrict the keyring, as it may
 * fs-verity's.
 */
int rex_trust_init(void)
{
	trust_keyring = keyring_alloc(".rex", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
				      current_cred(),
				      KEY_POS_SEARCH | KEY_USR_VIEW |
					      KEY_USR_READ | KEY_USR_WRITE |
					      KEY_USR_SEARCH | KEY_USR_SETATTR,
				      KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	return PTR_ERR_OR_ZERO(trust_keyring);
}

void rex_trust_exit(void)
{
	key_revoke(trust_keyring);
	key_put(trust_keyring);
}

static int trust_verify_by(const struct rex_signature *sig, const void *file,
			   struct key *keys)
{
	return verify_pkcs7_signature(file, sig->object_size, sig->message,
				      sig->message_size, keys,
				      VERIFYING_MODULE_SIGNATURE, NULL, NULL);
}

/* -ENOKEY means that no known key has signed it. */
static int trust_verify(const struct rex_signature *sig, const void *file)
{
	int ret = trust_verify_by(sig, file, VERIFY_USE_SECONDARY_KEYRING);

	if (ret == -ENOKEY && IS_ENABLED(CONFIG_INTEGRITY_PLATFORM_KEYRING))
		ret = trust_verify_by(sig, file, VERIFY_USE_PLATFORM_KEYRING);
	if (ret == -ENOKEY && !trust_kernel_requires())
		ret = trust_verify_by(sig, file, trust_keyring);
	return ret;
}

/* ---- the decision ---- */

static int trust_refuse_unsigned(int err, const char *signer,
				 struct rex_log *log)
{
	const char *why = trust_requires();

	if (!why)
		return 0;
	if (err == -EPERM)
		rex_log_err(log,
			    "the object has no signature, and %s: rexctl sign makes it",
			    why);
	else
		rex_log_err(log,
			    "the object has no signature of a known key, and %s; it has that of %s",
			    why, signer);
	return err;
}

int rex_trust_check(struct rex_signature *sig, const void *file,
		    struct rex_log *log)
{
	int ret;

	if (!sig->message)
		return trust_refuse_unsigned(-EPERM, NULL, log);
	ret = trust_verify(sig, file);
	if (!ret)
		return 0;
	if (ret == -ENOKEY) {
		ret = trust_refuse_unsigned(-ENOKEY, sig->signer, log);
		if (!ret)
			rex_log_dbg(log,
				    "taken as an object without a signature: the key is not known: %s",
				    sig->signer);
	} else {
		rex_log_err(log, "the signature %s (%d): %s",
			    ret == -EKEYREJECTED || ret == -EBADMSG ?
				    "is wrong" :
				    "could not be checked",
			    ret, sig->signer);
	}
	sig->signer[0] = '\0';
	return ret;
}
