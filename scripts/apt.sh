# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages of another Debian suite than this machine's, without a trace in its
# apt: a separate apt root, with the machine's mirror and keyring. Source it
# after lib.sh; it adds functions and KEYRING.

# Print the host's mirror of SUITE: the one that the host's apt uses for its
# release (or for security updates), never a name that this project chose.
mirror_of() { # mirror_of SUITE
	local want=debian uri release label
	case $1 in *-security) want=security ;; esac
	apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(LABEL)' \
		'Created-By: Packages' |
	while IFS='|' read -r uri release label; do
		case $release/$label/$uri in
		*-security/*|*/Debian-Security/*|*/debian-security*)
			[ $want = security ] || continue ;;
		bookworm/*|bookworm-updates/*|*stable/Debian/*|sid/*|trixie/*)
			[ $want = debian ] || continue ;;
		*)	continue ;;
		esac
		echo "$uri"
		break
	done
}

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Write the apt root NAME for SUITES, comma separated; set APT_OPTS.
apt_root() { # apt_root NAME SUITES
	local root=$REX_CACHE/apt/$1 suite uri
	mkdir -p "$root/lists/partial" "$root/cache/archives/partial"
	: >"$root/status"
	: >"$root/sources.list"
	for suite in ${2//,/ }; do
		uri=$(mirror_of "$suite")
		if [ -z "$uri" ]; then
			warn "no mirror for $suite in this machine's apt sources"
			continue
		fi
		echo "deb [signed-by=$KEYRING] $uri $suite main" >>"$root/sources.list"
	done
	# shellcheck disable=SC2034 # for those that source this
	APT_OPTS=(
		-o Dir::Etc::sourcelist="$root/sources.list"
		-o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferences=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null
		-o Dir::State="$root"
		-o Dir::State::lists="$root/lists"
		-o Dir::State::status="$root/status"
		-o Dir::Cache="$root/cache"
		-o APT::Architecture=amd64
		-o APT::Architectures=amd64
		-o APT::Sandbox::User="$(id -un 2>/dev/null || id -u)"
		-o Acquire::Languages=none
		-o Acquire::Retries=3
	)
}

# Run apt-get update in the apt root NAME quietly, with its output in LOG.
apt_update() { # apt_update NAME TEXT LOG [OPTION]...
	with_progress APT "$2" "megabytes_in 0 $REX_CACHE/apt/$1/lists" \
		logged "$3" apt-get "${APT_OPTS[@]}" "${@:4}" -q update &&
		! grep -q '^[EW]: Failed to fetch' "$3"
}

# Print the size in bytes of PACKAGE[=VERSION]...
download_size() { # download_size PACKAGE...
	apt-get "${APT_OPTS[@]}" -q --print-uris download "$@" | awk '{ sum += $3 } END { print sum + 0 }'
}

# Download PACKAGEs into the folder DIR.
apt_download() { # apt_download DIR TEXT PACKAGE...
	local dir=$1 text=$2
	shift 2
	(
		cd "$dir" || exit
		with_progress FETCH "$text" "megabytes_in $(download_size "$@") $dir" \
			apt-get "${APT_OPTS[@]}" -qq download "$@" >&2
	)
}
