/* SPDX-License-Identifier: MIT */
/* The redactor's vocabulary: lists of words. Each list is a single string, since the shim can't have tables that need relocation. */
#include "redact/redact_parts.h"

/* clang-format off */
/* The bytes that end a word; their values are LIST_END and the constants beside. */
#define END         "\x80"
#define ANY_END     "\xA0" /* LIST_OPEN: the word may go on */

#define ANY         "\xC1" /* LIST_GLUED | SECRET_ANY */
#define SECRET      "\xC2" /* LIST_GLUED | SECRET_SECRET */
#define CREDENTIAL  "\xC3" /* LIST_GLUED | SECRET_CREDENTIAL */
#define PWD         "\xC4" /* LIST_GLUED | SECRET_PWD */
#define PASS        "\xC5" /* LIST_GLUED | SECRET_PASS */
#define LAST_ANY    "\x81" /* SECRET_ANY, and so on: */
#define LAST_CREDENTIAL "\x83"
#define LAST_PWD    "\x84"
#define LAST_PASS   "\x85"
#define LAST_AUTH   "\x96" /* WORD_BEFORE_KEY | SECRET_AUTH */
#define LAST_KEY    "\x87"
#define SIGNATURE   "\x88"
#define HEADER      "\x89"
#define LAST_DSN    "\x8B"
#define OF_KEY      "\x90" /* WORD_BEFORE_KEY */
#define OF_PUBLIC   "\x9A" /* WORD_BEFORE_KEY | SECRET_PUBLIC */

/* Words that end like one for a secret but don't denote one come first. */
const char redact_secret_words[] =
    "bypass" END "compass" END "askpass" END "rpass" END "multipass" END "lowpass" END "highpass" END "bandpass" END
    "allpass" END "storepasswd" END "keypasswd" END
    "password" ANY "passwd" ANY "passphrase" ANY "passcode" ANY "secret" SECRET "token" ANY
    "secrets" LAST_ANY "passwords" LAST_ANY "jwt" LAST_ANY "pat" LAST_CREDENTIAL "otp" LAST_PASS "pin" LAST_PASS
    "dsn" LAST_DSN "psk" LAST_CREDENTIAL
    "apikey" ANY "accesskey" ANY "accountkey" ANY "authkey" ANY "privatekey" CREDENTIAL
    "credential" CREDENTIAL "credentials" CREDENTIAL "creds" LAST_CREDENTIAL
    "pwd" PWD "pw" LAST_PWD "pass" PASS "bearer" LAST_ANY
    "authorization" HEADER "cookie" HEADER "auth" LAST_AUTH "key" LAST_KEY
    "sig" SIGNATURE "signature" SIGNATURE
    "api" OF_KEY "access" OF_KEY "account" OF_KEY "shared" OF_KEY "private" OF_KEY "subscription" OF_KEY
    "public" OF_PUBLIC "pub" OF_PUBLIC "host" OF_PUBLIC "cache" OF_PUBLIC "idempotency" OF_PUBLIC;

const char redact_references[] =
    "env:" ANY_END "file:" ANY_END "fd:" ANY_END "stdin" END "op:/" ANY_END "arn:" ANY_END "vault:" ANY_END "ssm:/" ANY_END
    "secretref:" ANY_END "id=" ANY_END "src=" ANY_END "source=" ANY_END "./" ANY_END "../" ANY_END "~/" ANY_END
    "/run/" ANY_END;

const char redact_aspects[] =
    "file" ANY_END "path" ANY_END "dir" END "url" END "uri" END "endpoint" END "host" END "port" END
    "serv" ANY_END "domain" END "realm" END "db" END "user" ANY_END "name" ANY_END "type" END "mode" END
    "method" ANY_END "mechanism" END "ttl" END "len" ANY_END "min" END "max" END "size" END
    "limit" ANY_END "count" END "age" END "policy" END "rule" ANY_END "provider" END "helper" END
    "manager" END "plugin" END "backend" END "store" END "cache" END "process" END "expir" ANY_END
    "lifetime" END "validity" END "timeout" END "duration" END "version" END "format" END "template" END
    "alg" ANY_END "scope" ANY_END "audience" END "issuer" END "strength" END "index" END "class" END
    "prompt" ANY_END "retries" END "attempts" END "command" END "cmd" END "stdin" END "fd" END "env" END
    "var" END "field" END "header" END "reset" END "change" END "rotation" END "enable" ANY_END
    "disable" ANY_END "require" ANY_END "label" END "desc" ANY_END "hint" END "arn" END "ref" END
    "source" END "authentication" END "id" END "ring" END;

const char redact_switches[] =
    "no" END "with" ANY_END "disable" END "enable" END "ask" END "prompt" END "show" END "hide" END
    "skip" END "need" END "allow" END "require" END "print" END "check" END "list" END "verify" END
    "validate" END "generate" END "has" END "export" END;

const char redact_switch_values[] =
    "0" END "1" END "true" END "false" END "yes" END "no" END "on" END "off" END "none" END "null" END
    "auto" END;

const char redact_auth_methods[] =
    "basic" END "digest" END "plain" END "login" END "ntlm" END "bearer" END "negotiate" END
    "kerberos" END "gssapi" END "oauth" ANY_END "ldap" END "pam" END "trust" END "md5" END
    "scram-sha-" ANY_END "key" END "iam" END "aad" END "msi" END "jwt" END "any" ANY_END;

#define GLUED_P   "\x88" /* PROGRAM_GLUED, and the index of the letter */
#define FAMILY_GLUED_P "\xA8" /* with LIST_OPEN */
#define FAMILY_P  "\xA0"
#define FAMILY_W  "\xA2"
#define FAMILY_CAPITAL_P "\xA1"
#define CAPITAL_P "\x81"
#define RUNNER_P  "\xC0" /* PROGRAM_RUNS */
#define USER_U    "\x9D" /* PROGRAM_USER */
#define SMALL_P   "\x80"
#define SMALL_A   "\x83"
#define NEXT_K    "\x94" /* PROGRAM_NEXT */

/* "login" is not a program but a subcommand of docker, podman, helm, az and oc: only after it does their -p take a password. */
const char redact_programs[] =
    "mysql" FAMILY_GLUED_P "mariadb" FAMILY_GLUED_P "mongo" FAMILY_P "ldap" FAMILY_W
    "mosquitto_" FAMILY_CAPITAL_P "sshpass" RUNNER_P "curl" USER_U "login" SMALL_P "redis-cli" SMALL_A
    "openssl" NEXT_K "sqlcmd" CAPITAL_P "bcp" CAPITAL_P "ipmitool" CAPITAL_P "zip" CAPITAL_P
    "unzip" CAPITAL_P "7z" GLUED_P "7za" GLUED_P;

#define ALNUM_16 "\xA4" /* LIST_OPEN and how many fours of letters and digits */
#define ALNUM_20 "\xA5"
#define ALNUM_28 "\xA7"
#define ALNUM_32 "\xA8"
#define NAMED_12 "\xB3" /* TOKEN_NAMED, too */
#define NAMED_16 "\xB4"
#define NAMED_20 "\xB5"
#define NAMED_28 "\xB7"
#define NAMED_32 "\xB8"
#define NAMED_40 "\xBA"
#define NAMED_60 "\xBF"

const char redact_tokens[] =
    "akia" ALNUM_16 "asia" ALNUM_16 "ghp_" ALNUM_20 "gho_" ALNUM_20 "ghs_" ALNUM_20 "ghu_" ALNUM_20
    "ghr_" ALNUM_20 "github_pat_" NAMED_20 "glpat-" NAMED_16 "glrt-" NAMED_16 "gldt-" NAMED_16
    "xox" NAMED_16 "xapp-" NAMED_12 "sk-" NAMED_40 "hf_" ALNUM_32 "npm_" ALNUM_28
    "pypi-age" NAMED_20 "dckr_pat_" NAMED_20 "aiza" NAMED_32
    "ya29." NAMED_20 "hvs." NAMED_20 "sk_live_" ALNUM_16 "rk_live_" ALNUM_16 "dop_v1_" ALNUM_32
    "sg." NAMED_60 "eyj" NAMED_28;
/* clang-format on */
