// SPDX-License-Identifier: GPL-2.0
/*
 * Signs an object as the kernel's scripts/sign-file signs a module: a PKCS#7 message,
 * without the data, without the certificate and without attributes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include "objfile.h"
#include "sign.h"
#include "verbs.h"

static const char *sign_words[2];
static const char *sign_key, *sign_cert;

/* Returns OpenSSL's last error. */
static int sign_fail_openssl(const char *what, const char *path)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	return rexctl_fail(REXCTL_FAILED, "%s %s: %s", what, path,
			   reason ?: "not as expected");
}

static EVP_PKEY *sign_read_key(const char *path)
{
	BIO *in = BIO_new_file(path, "rb");
	EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, NULL) :
			     NULL;

	if (!key)
		sign_fail_openssl("no private key in PEM in", path);
	BIO_free(in);
	return key;
}

/* Reads a certificate in PEM or DER. */
static X509 *sign_read_cert(const char *path)
{
	BIO *in = BIO_new_file(path, "rb");
	X509 *cert = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;

	if (in && !cert && !BIO_reset(in))
		cert = d2i_X509_bio(in, NULL);
	if (!cert)
		sign_fail_openssl("no certificate in PEM or DER in", path);
	BIO_free(in);
	return cert;
}

#define SIGN_FLAGS (CMS_BINARY | CMS_DETACHED | CMS_NOCERTS | CMS_STREAM)

/* Returns the message for @size bytes at @object, in DER. */
static BIO *sign_make_message(const void *object, size_t size, EVP_PKEY *key,
			      X509 *cert)
{
	CMS_ContentInfo *cms =
		CMS_sign(NULL, NULL, NULL, NULL, SIGN_FLAGS | CMS_PARTIAL);
	BIO *data = BIO_new_mem_buf(object, size), *out = BIO_new(BIO_s_mem());
	bool made = cms && data && out &&
		    CMS_add1_signer(cms, cert, key, EVP_sha256(),
				    SIGN_FLAGS | CMS_NOATTR | CMS_NOSMIMECAP) &&
		    CMS_final(cms, data, NULL, SIGN_FLAGS) == 1 &&
		    i2d_CMS_bio(out, cms) == 1;

	CMS_ContentInfo_free(cms);
	BIO_free(data);
	if (made)
		return out;
	BIO_free(out);
	return NULL;
}

static bool sign_put_file(FILE *out, const struct rexctl_objfile *file,
			  const char *message, size_t size)
{
	unsigned char tail[REXCTL_SIGNATURE_TAIL];

	rexctl_signature_tail(size, tail);
	return fwrite(file->buf, 1, file->size, out) == file->size &&
	       fwrite(message, 1, size, out) == size &&
	       fwrite(tail, 1, sizeof(tail), out) == sizeof(tail);
}

/* Writes a new file and renames it, so the old file is never half written. */
static int sign_write(const struct rexctl_objfile *file, const char *message,
		      size_t size, const char *path)
{
	char temp[PATH_MAX];
	struct stat st;
	FILE *out;
	int fd, err;

	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >=
	    (int)sizeof(temp))
		return rexctl_fail_errno(ENAMETOOLONG, "%s", path);
	fd = mkostemp(temp, O_CLOEXEC);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out)
		return rexctl_fail_errno(errno, "cannot write %s", temp);
	if (stat(sign_words[0], &st) || fchmod(fd, st.st_mode & 0777) ||
	    !sign_put_file(out, file, message, size)) {
		err = errno;
		fclose(out);
	} else {
		err = fclose(out) || rename(temp, path) ? errno : 0;
	}
	if (!err)
		return REXCTL_OK;
	unlink(temp);
	return rexctl_fail_errno(err, "cannot write %s", path);
}

static int sign_object(const struct rexctl_objfile *file, EVP_PKEY *key,
		       X509 *cert)
{
	const char *path = sign_words[1] ?: sign_words[0];
	BIO *message;
	char *bytes;
	long size;
	int status;

	if (!X509_check_private_key(cert, key))
		return rexctl_fail(REXCTL_FAILED,
				   "%s is not the certificate of the key %s",
				   sign_cert, sign_key);
	message = sign_make_message(file->buf, file->size, key, cert);
	if (!message)
		return sign_fail_openssl("cannot sign", sign_words[0]);
	size = BIO_get_mem_data(message, &bytes);
	if (file->size + size + REXCTL_SIGNATURE_TAIL > REX_MAX_ELF_SIZE)
		status = rexctl_fail(
			REXCTL_FAILED,
			"%s is too large with a signature: the limit is %u bytes",
			sign_words[0], REX_MAX_ELF_SIZE);
	else
		status = sign_write(file, bytes, size, path);
	BIO_free(message);
	return status;
}

static int sign_run(void)
{
	struct rexctl_objfile file;
	int status = rexctl_objfile_open(&file, sign_words[0]);
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;

	if (!status && (file.signer[0] || file.bad_signature[0]))
		status = rexctl_fail(
			REXCTL_FAILED,
			"%s ends with a signature: sign the object as it was built",
			sign_words[0]);
	if (!status) {
		key = sign_read_key(sign_key);
		cert = key ? sign_read_cert(sign_cert) : NULL;
		status = cert ? sign_object(&file, key, cert) : REXCTL_FAILED;
	}
	X509_free(cert);
	EVP_PKEY_free(key);
	rexctl_objfile_close(&file);
	return status;
}

static const struct argp_option sign_options[] = {
	{ "key", 'k', "FILE", 0, "private key, in PEM", 0 },
	{ "cert", 'c', "FILE", 0, "its certificate, in PEM or DER", 0 },
	{ 0 },
};

static error_t sign_parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'k':
		sign_key = arg;
		return 0;
	case 'c':
		sign_cert = arg;
		return 0;
	case ARGP_KEY_END:
		if (!sign_key || !sign_cert)
			argp_error(state, "--key and --cert are needed");
		break;
	}
	return rexctl_parse_words(key, arg, state, sign_words, 1, 2);
}

const struct rexctl_verb rexctl_verb_sign = {
	.name = "sign",
	.args_doc = "FILE [OUTPUT]",
	.summary = "Sign an object, as a kernel module is signed.",
	.doc = "Without OUTPUT, FILE gets the signature. The kernel has to know the certificate: rexctl(8) says how it learns it. A passphrase is asked for.",
	.options = sign_options,
	.parse = sign_parse,
	.run = sign_run,
};
