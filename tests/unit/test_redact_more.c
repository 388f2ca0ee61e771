/* SPDX-License-Identifier: MIT */
#include "redact/redact_more.h"

#include <stdlib.h>

#include "redact/redact_buf.h"
#include "redact/redact_line.h"
#include "test.h"

/* A command line with '|' between its arguments, and what the fold must leave of it. */
struct example {
    const char *in, *want;
};

static const struct example lines[] = {
    {"ssh-keygen|-N|abc|-f|f|-Pabc", "ssh-keygen|-N|***|-f|f|-P***"},
    {"/usr/bin/twine|upload|-u|u|-pabc|d", "/usr/bin/twine|upload|-u|u|-p***|d"},
    {"sudo|-u|www|htpasswd|-cb|f|me|abc", "sudo|-u|www|htpasswd|-cb|f|me|***"},
    {"htpasswd|-nb|me|abc", "htpasswd|-nb|me|***"},
    {"etcdctl|--user=root:abc|get|k", "etcdctl|--user=root:***|get|k"},
    {"curl|-x|me:abc@p:3128|-b|a=abc|-E|c.pem:abc|h", "curl|-x|me:***@p:3128|-b|a=***|-E|c.pem:***|h"},
    {"curl|-x|p:3128|-b|cookies.txt|-E|c.pem|h", "curl|-x|p:3128|-b|cookies.txt|-E|c.pem|h"},
    {"lftp|-e|open -u me,abc sftp://h; ls", "lftp|-e|open -u me,*** sftp://h; ls"},
    {"sqlplus|-s|me/abc@//h:1521/x|@/a/b.sql", "sqlplus|-s|me/***@//h:1521/x|@/a/b.sql"},
    {"nuget|push|-Source|s|a.nupkg|abc", "nuget|push|-Source|s|a.nupkg|***"},
    {"nuget|push|a.nupkg|-Source|s", "nuget|push|a.nupkg|-Source|s"},
    {"sh|-c|cd x && az keyvault secret set --value 'a b' -n n; echo --value x",
     "sh|-c|cd x && az keyvault secret set --value '***' -n n; echo --value x"},
    {"sh|-c|twine upload -p \"$PW\" d && cat -p x", "sh|-c|twine upload -p \"$PW\" d && cat -p x"},
    {"kubectl|create|secret|generic|n|--from-literal=a=abc|--from-file=b=./b",
     "kubectl|create|secret|generic|n|--from-literal=a=***|--from-file=b=./b"},
    {"xfreerdp|/u:me|/p:abc|/v:h", "xfreerdp|/u:me|/p:***|/v:h"},
    {"mc|alias|set|my|https://h|KEY|abc|--api|s3", "mc|alias|set|my|https://h|KEY|***|--api|s3"},
    {"docker|exec|c|rabbitmqctl|add_user|u|abc", "docker|exec|c|rabbitmqctl|add_user|u|***"},
    {"ssh|h|rabbitmqctl add_user u abc", "ssh|h|rabbitmqctl add_user u ***"},
    {"lftp|-c|open -u u,abc h; put f", "lftp|-c|open -u u,*** h; put f"},
    {"nuget.exe|push|a.nupkg|abc", "nuget.exe|push|a.nupkg|***"},
    {"make|-p|abc|ls|-N|x", "make|-p|abc|ls|-N|x"},
    {"x|<login><password>abc</password><name>me</name></login>",
     "x|<login><password>***</password><name>me</name></login>"},
    {"curl|https://f.azurewebsites.net/api/f?a=1&code=abc&b=2",
     "curl|https://f.azurewebsites.net/api/f?a=1&code=***&b=2"},
    {"curl|https://h/api/f?code=404", "curl|https://h/api/f?code=404"},
    {"curl|https://api.telegram.org/bot1:AA/send", "curl|https://api.telegram.org/bot***/send"},
    {"x|jdbc:oracle:thin:me/abc@//h:1521/x", "x|jdbc:oracle:thin:me/***@//h:1521/x"},
};

TEST(programs_and_forms_are_known)
{
    auto_buf out = BUF_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct redact_line line;
        redact_line_init(&line, NULL);
        buf_clear(&out);
        char *copy = strdup(lines[i].in), *rest = copy;
        for (char *arg; (arg = strsep(&rest, "|"));) {
            redact_line_put(&out, &line, arg);
            buf_str(&out, rest ? "|" : "");
        }
        free(copy);
        CHECK_STR(buf_text(&out), lines[i].want);
    }
}

TEST(tokens_are_known_in_any_text)
{
    auto_buf out = BUF_EMPTY;
    redact_put_text(&out, NULL,
                    "got whsec_"
                    "0123456789abcdefghijKLMN, not whsec_short or dapi_function_of_mine_without_digits");
    CHECK_STR(buf_text(&out), "got ***, not whsec_short or dapi_function_of_mine_without_digits");
}

TEST(every_rule_has_places_and_fits)
{
    for (const struct redact_rule *rule = redact_rules; rule->command; rule++) {
        CHECK(rule->places && *rule->places);
        CHECK(strlen(rule->places) > 1);
    }
}

/* Text made to be looked at again and again; each would take minutes without a bound. */
TEST(hostile_text_takes_linear_time)
{
    static const char *const units[] = {"<password ",   "<password>", "http/", "a=",  "https://hooks.slack.com/",
                                        "jdbc:oracle:", "az ",        "(((",   "'\"", "\\'",
                                        ";|&",          "whsec_1~"};
    const size_t size = (size_t)1 << 19;
    char *in = malloc(size + 1);
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        auto_buf out = BUF_EMPTY;
        struct redact_line line;
        for (size_t at = 0; at < size; at++)
            in[at] = units[i][at % strlen(units[i])];
        in[size] = '\0';
        redact_line_init(&line, NULL);
        redact_line_put(&out, &line, "sh");
        redact_line_put(&out, &line, "-c");
        redact_line_put(&out, &line, in);
        CHECK(!out.error && out.len > 0);
    }
    free(in);
}

TEST_MAIN(CASE(programs_and_forms_are_known), CASE(tokens_are_known_in_any_text), CASE(every_rule_has_places_and_fits),
          CASE(hostile_text_takes_linear_time))
