// SPDX-License-Identifier: GPL-2.0
/*
 * Objects with signatures: known keys, refusals, and the log of a load. The
 * module keeps its keyring and its policy from test to test, and the last tests
 * make them stricter.
 */
#include <sys/prctl.h>

#include "signed.h"
#include "names/poke_unsafe.h"

#define TAIL 40 /* bytes after the message */
#define LENGTH_AT 32 /* from the end */
#define UNSIGNED "/sys/module/rex/parameters/unsigned"

static char load_log[1 << 16];

struct file {
	unsigned char *bytes;
	size_t size;
};

static struct file signed_by(const char *key)
{
	struct file file;
	char name[64];

	snprintf(name, sizeof(name), "hello.%s.o", key);
	file.bytes = (void *)read_signed(name, &file.size);
	return file;
}

static size_t message_size(const struct file *file)
{
	const unsigned char *length = file->bytes + file->size - LENGTH_AT;

	return length[0] << 24 | length[1] << 16 | length[2] << 8 | length[3];
}

static size_t object_size(const struct file *file)
{
	return file->size - TAIL - message_size(file);
}

static int load_bytes(const struct file *file)
{
	return load_file(file->bytes, file->size, load_log, sizeof(load_log));
}

/* 0, or the error number of the refusal. */
static int load_error(const struct file *file)
{
	int fd = load_bytes(file);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

#define EXPECT_REFUSED(_file, _error, _words)         \
	do {                                          \
		EXPECT_EQ(load_error(_file), _error); \
		EXPECT_CONTAINS(load_log, _words);    \
	} while (0)

static struct rex_image_info info_of(const struct file *file)
{
	int fd = load_bytes(file);
	struct rex_image_info info;

	ASSERT_MSG(fd >= 0, "%s: %s", strerror(errno), load_log);
	info = image_info_of(fd);
	close(fd);
	return info;
}

static struct file unsigned_hello(void)
{
	struct file file;

	file.bytes = (void *)read_all(object_path("hello"), &file.size);
	return file;
}

/* ---- known keys ---- */

TEST(objects_without_a_signature_load_and_have_no_signer)
{
	char *hash = shell("sha256sum %s", object_path("hello")), byte[3];
	struct file file = unsigned_hello();
	struct rex_image_info info = info_of(&file);

	EXPECT_STREQ(info.signer, "");
	for (int i = 0; i < REX_SHA256_LEN; i++) {
		snprintf(byte, sizeof(byte), "%02x", info.sha256[i]);
		EXPECT(!memcmp(byte, hash + 2 * i, 2));
	}
}

TEST(unknown_keys_count_as_no_signature)
{
	struct file file = signed_by("other");
	struct rex_image_info info = info_of(&file);

	EXPECT_STREQ(info.signer, "");
	EXPECT_CONTAINS(load_log, "the key is not known: Rex test key other");
}

TEST(images_have_the_name_of_their_signer)
{
	struct file file = signed_by("good");
	struct rex_prog_info prog = { .size = sizeof(prog), .prog_fd = -1 };
	struct rex_image_info info;

	add_cert("good");
	info = info_of(&file);
	EXPECT_STREQ(info.signer, "Rex test key good, serial 4711");
	prog.image_fd = load_bytes(&file);
	ASSERT(!ioctl(device(), REX_IOC_PROG_INFO, &prog));
	EXPECT_STREQ(prog.signer, info.signer);
	EXPECT(!memcmp(prog.sha256, info.sha256, sizeof(info.sha256)));
	close(prog.image_fd);
}

/* The kernel loads a module whose certificate has expired. */
TEST(certificates_that_have_expired_count_as_for_modules)
{
	struct file file = signed_by("expired");

	add_cert("expired");
	EXPECT_STREQ(info_of(&file).signer,
		     "Rex test key expired, serial 4713");
}

/* A key may be revoked by a process that has it in a keyring of its own. */
TEST(revoked_keys_are_refused)
{
	struct file file = signed_by("other");
	size_t size;
	char *cert = read_signed("other.der", &size);
	int key = syscall(SYS_add_key, "asymmetric", "other", cert, size,
			  KEY_SPEC_PROCESS_KEYRING);

	ASSERT(key > 0);
	ASSERT(!syscall(SYS_keyctl, KEYCTL_LINK, key, rex_keyring()));
	EXPECT_STREQ(info_of(&file).signer, "Rex test key other, serial 4712");
	ASSERT(!syscall(SYS_keyctl, KEYCTL_REVOKE, key));
	EXPECT_REFUSED(&file, EKEYREVOKED, "Rex test key other");
	ASSERT(!syscall(SYS_keyctl, KEYCTL_UNLINK, key, rex_keyring()));
	EXPECT_EQ(load_error(&file), 0);
	EXPECT_CONTAINS(load_log, "the key is not known");
}

/* The end of a signed file. */
#define SIGNED "~Module signature appended~\n"

/* A module of the kernel has a signature of its key; it is no Rex object. */
static struct file kernel_module(void)
{
	struct file file;

	free(shell("f=$(find /lib/modules -name 'veth.ko*' | head -n1); "
		   "case $f in *.xz) unxz -c $f;; *) cat $f;; esac "
		   ">/tmp/veth.ko"));
	file.bytes = (void *)read_all("/tmp/veth.ko", &file.size);
	return file;
}

/* The modules of a kernel that was built without a key have no signature. */
static bool is_signed(const struct file *file)
{
	size_t len = strlen(SIGNED);

	return file->size > len &&
	       !memcmp(file->bytes + file->size - len, SIGNED, len);
}

TEST(keys_of_the_kernel_are_known)
{
	struct file file = kernel_module();

	if (!is_signed(&file))
		SKIP("no module of this kernel is signed");
	EXPECT_REFUSED(&file, ENOEXEC, "section");
	EXPECT(!strstr(load_log, "the key is not known"));
	file.bytes[object_size(&file) / 2] ^= 1;
	EXPECT_REFUSED(&file, EKEYREJECTED, "the signature is wrong");
}

/* ---- wrong signatures ---- */

TEST(signatures_of_other_objects_are_refused)
{
	struct file good = signed_by("good"), other, spliced;
	size_t object;

	other.bytes = (void *)read_all(object_path("counts"), &other.size);
	object = object_size(&good);
	spliced.size = other.size + good.size - object;
	spliced.bytes = malloc(spliced.size);
	memcpy(spliced.bytes, other.bytes, other.size);
	memcpy(spliced.bytes + other.size, good.bytes + object,
	       good.size - object);
	EXPECT_REFUSED(&spliced, EKEYREJECTED, "the signature is wrong");
}

TEST(objects_that_were_changed_are_refused)
{
	struct file file = signed_by("good");
	size_t object = object_size(&file), at;

	for (at = 0; at < object; at += 61) {
		file.bytes[at] ^= 1 << at % 8;
		if (load_error(&file) != EKEYREJECTED)
			EXPECT_MSG(false, "byte %zu: %s", at, load_log);
		file.bytes[at] ^= 1 << at % 8;
	}
	EXPECT_EQ(load_error(&file), 0);
}

TEST(signatures_within_signatures_are_refused)
{
	struct file file = signed_by("good"), twice;
	size_t object = object_size(&file), rest = file.size - object;

	twice.size = file.size + rest;
	twice.bytes = malloc(twice.size);
	memcpy(twice.bytes, file.bytes, file.size);
	memcpy(twice.bytes + file.size, file.bytes + object, rest);
	EXPECT_REFUSED(&twice, EBADMSG, "sign the object as it was built");
}

TEST(lengths_beyond_the_file_are_refused)
{
	struct file file = signed_by("good");
	const unsigned int lengths[] = { 0, file.size, 0x7fffffff, 0x80000000,
					 0xffffffff };
	unsigned char *at = file.bytes + file.size - LENGTH_AT;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		at[0] = lengths[i] >> 24;
		at[1] = lengths[i] >> 16;
		at[2] = lengths[i] >> 8;
		at[3] = lengths[i];
		EXPECT_REFUSED(&file, EBADMSG, "its length is not within");
	}
}

/* ---- the keyring ---- */

/* Only root sees it in /proc/keys; its number may be guessed. */
static void expect_no_key_comes_in(int keyring, const char *cert, size_t size)
{
	EXPECT_ERRNO(syscall(SYS_add_key, "asymmetric", "x", cert, size,
			     keyring),
		     EACCES);
}

TEST(other_users_put_no_key_into_the_keyring)
{
	int keyring = rex_keyring();
	size_t size;
	char *cert = read_signed("other.der", &size);

	ASSERT(!setresuid(1000, 1000, 1000));
	expect_no_key_comes_in(keyring, cert, size);
}

TEST(root_of_a_user_namespace_puts_no_key_into_the_keyring)
{
	int keyring = rex_keyring();
	size_t size;
	char *cert = read_signed("other.der", &size);

	ASSERT(!setresuid(1000, 1000, 1000));
	ASSERT(!prctl(PR_SET_DUMPABLE, 1));
	ASSERT(!unshare(CLONE_NEWUSER));
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 1000 1");
	EXPECT_EQ(geteuid(), 0);
	expect_no_key_comes_in(keyring, cert, size);
}

/* ---- the policy ---- */

static struct rex_obj *poke_obj;

static void prepare_to_poke(void)
{
	poke_obj = load_object("poke_unsafe");
	attach(poke_obj, "poke");
}

/* Set the kernel's variable to 0: the switch would stay on for the tests after this one. */
static void clear(const char *symbol)
{
	char *text = read_all("/proc/kallsyms", NULL), *line, name[128];
	unsigned long long address;
	int found = 0;

	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, "%llx %*c %127s", &address, name) == 2 &&
		    !strcmp(name, symbol)) {
			map_set(poke_obj, "control", BYTE, 0);
			map_set(poke_obj, "control", ADDRESS, address);
			fire(POKE);
			map_set(poke_obj, "control", ADDRESS, 0);
			found++;
		}
	ASSERT_MSG(found, "no symbol %s", symbol);
	free(text);
}

static int write_unsigned(const char *value)
{
	int fd = open(UNSIGNED, O_WRONLY | O_CLOEXEC);
	int ret = write(fd, value, strlen(value)), error = errno;

	close(fd);
	errno = error;
	return ret;
}

TEST(unsigned_deny_is_final)
{
	struct file good = signed_by("good"), other = signed_by("other"),
		    none = unsigned_hello();

	prepare_to_poke();
	EXPECT_STREQ(read_all(UNSIGNED, NULL), "allow\n");
	EXPECT_EQ(write_unsigned("allow"), 5);
	EXPECT_ERRNO(write_unsigned("perhaps"), EINVAL);
	EXPECT_EQ(write_unsigned("deny"), 4);
	EXPECT_STREQ(read_all(UNSIGNED, NULL), "deny\n");
	EXPECT_ERRNO(write_unsigned("allow"), EPERM);
	EXPECT_REFUSED(&none, EPERM,
		       "no signature, and the parameter unsigned=deny");
	EXPECT_REFUSED(&other, ENOKEY, "no signature of a known key");
	EXPECT_EQ(load_error(&good), 0);
	clear("trust_denies_unsigned");
	EXPECT_EQ(load_error(&none), 0);
}

/* In all places: in the message, in the trailer, or with a part of the file missing. */
TEST(signatures_that_were_changed_do_not_load)
{
	struct file file = signed_by("good");
	size_t object = object_size(&file), size = file.size, at;

	prepare_to_poke();
	EXPECT_EQ(write_unsigned("deny"), 4);
	EXPECT_EQ(load_error(&file), 0);
	for (at = object; at < size; at++) {
		file.bytes[at] ^= 1 << at % 8;
		if (!load_error(&file))
			EXPECT_MSG(false, "byte %zu is of no account", at);
		file.bytes[at] ^= 1 << at % 8;
	}
	for (file.size = size - 1; file.size > object - 100; file.size -= 7)
		if (!load_error(&file))
			EXPECT_MSG(false, "%zu bytes load", file.size);
	clear("trust_denies_unsigned");
}

/*
 * Root's own keys are not enough if modules need the kernel's, since root could
 * evade a restriction on root.
 */
static void expect_keys_of_the_kernel_alone(const char *words)
{
	struct file good = signed_by("good"), none = unsigned_hello(),
		    module = kernel_module();

	EXPECT_REFUSED(&none, EPERM, words);
	EXPECT_REFUSED(&good, ENOKEY, words);
	if (is_signed(&module))
		EXPECT_REFUSED(&module, ENOEXEC, "section");
}

TEST(with_sig_enforce_the_kernels_keys_count_alone)
{
	prepare_to_poke();
	write_file("/sys/module/module/parameters/sig_enforce", "1");
	expect_keys_of_the_kernel_alone("module.sig_enforce requires one");
	clear("sig_enforce");
}

TEST(with_lockdown_the_kernels_keys_count_alone)
{
	prepare_to_poke();
	write_file("/sys/kernel/security/lockdown", "integrity");
	expect_keys_of_the_kernel_alone("locked down, requires one");
	clear("kernel_locked_down");
}

/* The policy cannot be relaxed again, so this is the last test. */
TEST(no_key_comes_into_a_restricted_keyring)
{
	struct file good = signed_by("good"), other = signed_by("other");

	ASSERT(!syscall(SYS_keyctl, KEYCTL_RESTRICT_KEYRING, rex_keyring(),
			NULL, NULL));
	EXPECT_ERRNO(try_add_cert("other"), EPERM);
	EXPECT_EQ(load_error(&other), 0);
	EXPECT_CONTAINS(load_log, "the key is not known");
	EXPECT_STREQ(info_of(&good).signer, "Rex test key good, serial 4711");
}
