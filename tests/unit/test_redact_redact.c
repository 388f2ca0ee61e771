/* SPDX-License-Identifier: MIT */
#include "redact/redact.h"

#include <stdlib.h>

#include "base/buf.h"
#include "test.h"

/* A command line with '|' between its arguments, and what must be left of it. */
struct example {
    const char *in, *want;
};

#define AWS_ID \
    "AKIA"     \
    "IOSFODNN7EXAMPLE"
#define JWT "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N"
#define PEM "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA0Z3VS5JJ\nabc+/=\n-----END RSA PRIVATE KEY-----"
#define ACCOUNT_KEY "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

static const struct example secrets[] = {
    /* options, with the value glued or behind */
    {"x|--password|hunter2", "x|--password|***"},
    {"x|--password=hunter2", "x|--password=***"},
    {"x|--password=hun ter 2", "x|--password=***"},
    {"x|--password=a,b;c&d=", "x|--password=***"},
    {"x|--db-password|hunter2|-v", "x|--db-password|***|-v"},
    {"x|--dbPassword=hunter2", "x|--dbPassword=***"},
    {"x|--passwd|hunter2", "x|--passwd|***"},
    {"x|--ssh_passphrase=a b", "x|--ssh_passphrase=***"},
    {"x|--client-secret|s3cr3t", "x|--client-secret|***"},
    {"x|--token|-abc", "x|--token|***"},
    {"x|--github-token=abc", "x|--github-token=***"},
    {"x|--api-key|1234", "x|--api-key|***"},
    {"x|--apikey=1234", "x|--apikey=***"},
    {"x|--access-key|abcd", "x|--access-key|***"},
    {"x|--account-key|abcd", "x|--account-key|***"},
    {"x|--private-key=MIIEabc+d==", "x|--private-key=***"},
    {"x|--credential|abc", "x|--credential|***"},
    {"x|--auth|user:hunter2", "x|--auth|***"},
    {"x|--auth=letmein", "x|--auth=***"},
    {"x|-password|hunter2", "x|-password|***"},
    {"keytool|-storepass|changeit|-keypass|changeit2", "keytool|-storepass|***|-keypass|***"},
    {"openssl|enc|-pass|pass:hunter2", "openssl|enc|-pass|***"},
    {"openssl|rsa|-passin|pass:hunter2", "openssl|rsa|-passin|pass:***"},
    {"x|--key|q9X2bV7dTz4LmN8pRs1W", "x|--key|***"},
    {"x|--key=0123456789abcdef0123456789abcdef", "x|--key=***"},
    {"x|--oauth2-bearer|abc", "x|--oauth2-bearer|***"},
    {"x|--password|hunter2|--token|abc", "x|--password|***|--token|***"},
    {"x|--password|--token|abc", "x|--password|--token|***"},
    /* variables and definitions */
    {"env|API_TOKEN=abc|make", "env|API_TOKEN=***|make"},
    {"env|PGPASSWORD=hunter2|psql", "env|PGPASSWORD=***|psql"},
    {"env|MYSQL_PWD=hunter2", "env|MYSQL_PWD=***"},
    {"env|DB_PASS=hunter2", "env|DB_PASS=***"},
    {"env|DB_PASSWORD_2=hunter2", "env|DB_PASSWORD_2=***"},
    {"env|SECRET_KEY_BASE=abc", "env|SECRET_KEY_BASE=***"},
    {"docker|run|-e|REGISTRY_AUTH=dXNlcjpwYXNz|img", "docker|run|-e|REGISTRY_AUTH=***|img"},
    {"docker|build|--build-arg|NPM_TOKEN=abc|.", "docker|build|--build-arg|NPM_TOKEN=***|."},
    {"java|-Dspring.datasource.password=hunter2|-jar|a.jar", "java|-Dspring.datasource.password=***|-jar|a.jar"},
    {"cc|-DAPI_KEY=\"abc\"|a.c", "cc|-DAPI_KEY=\"***\"|a.c"},
    {"kubectl|create|--from-literal=password=hunter2", "kubectl|create|--from-literal=password=***"},
    {"helm|install|--set|a=1,auth.rootPassword=x|c", "helm|install|--set|a=1,auth.rootPassword=***|c"},
    {"terraform|apply|-var|db_password=hunter2", "terraform|apply|-var|db_password=***"},
    {"mount|-o|username=me,password=hunter2,uid=0", "mount|-o|username=me,password=***,uid=0"},
    /* connection strings and URLs */
    {"x|AccountName=n;AccountKey=" ACCOUNT_KEY ";EndpointSuffix=core.windows.net",
     "x|AccountName=n;AccountKey=***;EndpointSuffix=core.windows.net"},
    {"x|AccountKey=" ACCOUNT_KEY ";AccountName=n", "x|AccountKey=***;AccountName=n"},
    {"x|BlobEndpoint=https://a.b/;SharedAccessSignature=sv=2021&sig=abc%3D",
     "x|BlobEndpoint=https://a.b/;SharedAccessSignature=sv=2021&sig=***"},
    {"x|Endpoint=sb://n/;SharedAccessKeyName=r;SharedAccessKey=abcd=",
     "x|Endpoint=sb://n/;SharedAccessKeyName=r;SharedAccessKey=***"},
    {"x|Server=tcp:s,1433;Initial Catalog=d;User ID=u;Password=my pass;Encrypt=yes",
     "x|Server=tcp:s,1433;Initial Catalog=d;User ID=u;Password=***;Encrypt=yes"},
    {"x|Server=s;Uid=u;Pwd=hunter2;", "x|Server=s;Uid=u;Pwd=***;"},
    {"az|https://a.blob.core.windows.net/c?sv=2021-08-06&sig=aB%2Bc%3D&se=2026",
     "az|https://a.blob.core.windows.net/c?sv=2021-08-06&sig=***&se=2026"},
    {"x|https://a/p?token=abc&x=1#f", "x|https://a/p?token=***&x=1#f"},
    {"x|https://a/p?X-Amz-Credential=abc%2F1&X-Amz-Security-Token=xyz&x=1",
     "x|https://a/p?X-Amz-Credential=***&X-Amz-Security-Token=***&x=1"},
    {"git|clone|https://me:hunter2@github.com/o/r", "git|clone|https://me:***@github.com/o/r"},
    {"git|clone|https://ghp_"
     "0123456789abcdefghijABCDEFGHIJ012345:x@github.com/o/r",
     "git|clone|https://***@github.com/o/r"},
    {"curl|-u|ghp_"
     "0123456789abcdefghijABCDEFGHIJ012345:x",
     "curl|-u|***"},
    {"curl|-u|https://me:hunter2@h", "curl|-u|https://me:***@h"},
    {"git|clone|https://0123456789abcdef0123456789abcdef@host/r", "git|clone|https://***@host/r"},
    {"x|postgres://u:p@ssw0rd@db:5432/d", "x|postgres://u:***@db:5432/d"},
    {"x|postgres://u:pass/w0rd@db:5432/d", "x|postgres://u:***@db:5432/d"},
    {"x|redis://:hunter2@h:6379/0", "x|redis://:***@h:6379/0"},
    {"x|--url=amqp://u:hunter2@h/v", "x|--url=amqp://u:***@h/v"},
    /* headers and tokens */
    {"curl|-H|Authorization: Bearer abc.def", "curl|-H|Authorization: ***"},
    {"curl|-H|authorization:Basic dXNlcjpwYXNz", "curl|-H|authorization:***"},
    {"curl|--header=Proxy-Authorization: Digest a=\"b\", c", "curl|--header=Proxy-Authorization: ***"},
    {"curl|-H|X-Vault-Token: hvs", "curl|-H|X-Vault-Token: ***"},
    {"curl|-H|X-Api-Key:abc", "curl|-H|X-Api-Key:***"},
    {"curl|-H|PRIVATE-TOKEN: abc", "curl|-H|PRIVATE-TOKEN: ***"},
    {"curl|-H|Cookie: session=abc; x=y", "curl|-H|Cookie: ***"},
    {"x|Bearer abc", "x|Bearer ***"},
    {"x|" AWS_ID, "x|***"},
    {"x|--id=ASIA"
     "IOSFODNN7EXAMPLE",
     "x|--id=***"},
    {"x|ghp_"
     "0123456789abcdefghijABCDEFGHIJ012345",
     "x|***"},
    {"x|a/gho_"
     "0123456789abcdefghijABCDEFGHIJ012345/b",
     "x|a/***/b"},
    {"x|github_pat_"
     "11ABCDEFG0abcdefghijkl_mnop",
     "x|***"},
    {"x|glpat-"
     "abcdefghij0123456789",
     "x|***"},
    {"x|xoxb-"
     "1234567890-abcdefghij",
     "x|***"},
    {"x|npm_"
     "0123456789abcdefghijABCDEFGHIJ012345",
     "x|***"},
    {"x|" JWT, "x|***"},
    {"x|data=" JWT ",next", "x|data=***,next"},
    {"x|" PEM, "x|***"},
    {"x|key is " PEM " end", "x|key is *** end"},
    {"http|POST|h|PRIVATE-TOKEN:abc", "http|POST|h|PRIVATE-TOKEN:***"},
    {"curl|-HAuthorization: Bearer abc", "curl|-HAuthorization:***"},
    {"curl|-H|Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=abc", "curl|-H|Authorization: ***"},
    {"git|-c|http.extraheader=AUTHORIZATION: basic abc|clone", "git|-c|http.extraheader=AUTHORIZATION: ***|clone"},
    {"curl|--cookie|session=abc", "curl|--cookie|***"},
    {"pip|install|git+https://me:hunter2@h/r", "pip|install|git+https://me:***@h/r"},
    {"x|amqps://u:hunter2@h:5671/v|mongodb+srv://u:p@h/d", "x|amqps://u:***@h:5671/v|mongodb+srv://u:***@h/d"},
    {"x|HostName=h;DeviceId=d;SharedAccessKey=abc=", "x|HostName=h;DeviceId=d;SharedAccessKey=***"},
    {"x|jdbc:postgresql://h/d?user=u&password=hunter2", "x|jdbc:postgresql://h/d?user=u&password=***"},
    {"x|xoxe-"
     "1234567890-abcdefghij",
     "x|***"},
    {"x|ghu_"
     "0123456789abcdefghijABCDEFGHIJ012345|ghr_"
     "0123456789abcdefghijABCDEFGHIJ012345",
     "x|***|***"},
    {"x|AIza"
     "SyA0123456789abcdefghijklmnopqrstuv",
     "x|***"},
    {"x|ya29."
     "a0AfH6SMBx0123456789abc",
     "x|***"},
    {"x|sk_live_"
     "0123456789abcdef01234567",
     "x|***"},
    {"x|sk-"
     "proj-0123456789abcdefghij_ABCDEFGHIJ0123456789",
     "x|***"},
    {"env|GITHUB_TOKEN=x|cmd", "env|GITHUB_TOKEN=***|cmd"},
    {"docker|run|-ePASS=x|img", "docker|run|-ePASS=***|img"},
    {"terraform|apply|-var|db={password=\"x\"}", "terraform|apply|-var|db={password=\"***\"}"},
    {"x|{'password': 'x', 'n': 1}", "x|{'password': '***', 'n': 1}"},
    {"curl|--data|grant_type=password&password=x&client_secret=y",
     "curl|--data|grant_type=password&password=***&client_secret=***"},
    {"psql|host=h user=u password=x dbname=d", "psql|host=h user=u password=*** dbname=d"},
    {"gradle|-PapiToken=x", "gradle|-PapiToken=***"},
    {"msbuild|/p:Password=x", "msbuild|/p:Password=***"},
    /* names joined with others, in the plural, with a type, and of other tokens */
    {"env|SSHPASS=abc|ADMINPASS=abc|APP_SECRETS=abc|DB_PASS=12345678",
     "env|SSHPASS=***|ADMINPASS=***|APP_SECRETS=***|DB_PASS=***"},
    {"keytool|-deststorepass|abc|-destkeypass|abc", "keytool|-deststorepass|***|-destkeypass|***"},
    {"x|--pat|abc|--jwt|abc|--otp=123456|CARD_PIN=1234", "x|--pat|***|--jwt|***|--otp=***|CARD_PIN=***"},
    {"x|--dsn|u:abc@tcp(h:3306)/db|SENTRY_DSN=https://abc@h/1", "x|--dsn|***|SENTRY_DSN=***"},
    {"cmake|-DSIGN_PASSWORD:STRING=abc|.", "cmake|-DSIGN_PASSWORD:STRING=***|."},
    {"x|os.environ['DB_PASSWORD'] = 'abc'|$ENV{TOKEN} = \"abc\"",
     "x|os.environ['DB_PASSWORD'] = '***'|$ENV{TOKEN} = \"***\""},
    {"x|{\"user\":\"u\",\"pass\":\"abc\"}|{'db_pass': 'abc'}|{\"auth\":\"abc\"}",
     "x|{\"user\":\"u\",\"pass\":\"***\"}|{'db_pass': '***'}|{\"auth\":\"***\"}"},
    {"curl|-H|Ocp-Apim-Subscription-Key: abc|-H|DD-APPLICATION-KEY: abc",
     "curl|-H|Ocp-Apim-Subscription-Key: ***|-H|DD-APPLICATION-KEY: ***"},
    {"x|--header|X-Api-Key|abc|Authorization:|Bearer abc", "x|--header|X-Api-Key|***|Authorization:|***"},
    {"jq|--arg|password|abc|.", "jq|--arg|password|***|."},
    {"heroku|config:set|API_TOKEN|abc", "heroku|config:set|API_TOKEN|***"},
    {"sh|-c|sed -i s/PASSWORD=.*/PASSWORD=abc/ f", "sh|-c|sed -i s/PASSWORD=.*/PASSWORD=*** f"},
    {"x|--password|$ecret|--password=${X:-abc}", "x|--password|***|--password=***"},
    /* programs */
    {"openssl|enc|-k|hunter2|-K|00ff", "openssl|enc|-k|***|-K|***"},
    {"mysql|-uroot|-phunter2|db", "mysql|-uroot|-p***|db"},
    {"/usr/bin/mysqldump|-phunter2", "/usr/bin/mysqldump|-p***"},
    {"mariadb|-phunter2", "mariadb|-p***"},
    {"sshpass|-p|hunter2|ssh|-p|22|h", "sshpass|-p|***|ssh|-p|22|h"},
    {"sshpass|-phunter2|ssh|h", "sshpass|-p***|ssh|h"},
    {"curl|-u|me:hunter2|https://h", "curl|-u|me:***|https://h"},
    {"curl|-sSu|me:hunter2", "curl|-sSu|me:***"},
    {"curl|-ume:hunter2", "curl|-ume:***"},
    {"curl|-x|p|-U|me:hunter2", "curl|-x|p|-U|me:***"},
    {"curl|--user|me:hunter2", "curl|--user|me:***"},
    {"curl|--proxy-user=me:hunter2", "curl|--proxy-user=me:***"},
    {"sudo|mysql|-phunter2", "sudo|mysql|-p***"},
    {"timeout|5|/usr/bin/sshpass|-phunter2", "timeout|5|/usr/bin/sshpass|-p***"},
    {"docker|login|-u|me|-p|hunter2|reg", "docker|login|-u|me|-p|***|reg"},
    {"az|login|--service-principal|-u|x|-p|hunter2", "az|login|--service-principal|-u|x|-p|***"},
    {"redis-cli|-a|hunter2|ping", "redis-cli|-a|***|ping"},
    {"ldapsearch|-D|cn=x|-w|hunter2", "ldapsearch|-D|cn=x|-w|***"},
    {"aws|configure|set|aws_secret_access_key|abc", "aws|configure|set|aws_secret_access_key|***"},
    {"npm|config|set|//registry/:_authToken|abc", "npm|config|set|//registry/:_authToken|***"},
    {"npm|config|set|//registry/:_authToken=abc", "npm|config|set|//registry/:_authToken=***"},
    {"npm|config|set|_authToken|abc", "npm|config|set|_authToken|***"},
    {"dtrack-mark|set|db_password|abc", "dtrack-mark|set|db_password|***"},
    {"dtrack-mark|set|--|db_password|abc", "dtrack-mark|set|--|db_password|***"},
    {"dtrack-mark|event|token|abc", "dtrack-mark|event|token|***"},
    /* command lines in one argument */
    {"sh|-c|curl -H 'Authorization: Bearer abc' https://h", "sh|-c|curl -H 'Authorization: ***' https://h"},
    {"sh|-c|TOKEN=abc ./deploy --env prod", "sh|-c|TOKEN=*** ./deploy --env prod"},
    {"bash|-lc|mysql -u root -phunter2 < a.sql", "bash|-lc|mysql -u root -p*** < a.sql"},
    {"sh|-c|mysql -p'hunter 2' db; echo -phello", "sh|-c|mysql -p'***' db; echo -phello"},
    {"sh|-c|deploy --password \"my pass\" --to x", "sh|-c|deploy --password \"***\" --to x"},
    {"sh|-c|curl -u me:hunter2 h && sshpass -p x ssh h", "sh|-c|curl -u me:*** h && sshpass -p *** ssh h"},
    {"psql|-c|ALTER ROLE me PASSWORD 'hunter2'", "psql|-c|ALTER ROLE me PASSWORD '***'"},
    {"mysql|-e|CREATE USER u IDENTIFIED BY 'hunter2'", "mysql|-e|CREATE USER u IDENTIFIED BY '***'"},
    {"python|-c|password = 'hunter2'; go()", "python|-c|password = '***'; go()"},
    {"curl|-d|{\"user\":\"u\",\"password\":\"hunter2\",\"n\":1}",
     "curl|-d|{\"user\":\"u\",\"password\":\"***\",\"n\":1}"},
    {"curl|-d|{\"token\": \"abc\", \"x\": \"y\"}", "curl|-d|{\"token\": \"***\", \"x\": \"y\"}"},
    {"sh|-c|echo \"{\\\"secret\\\":\\\"abc\\\",\\\"x\\\":1}\"",
     "sh|-c|echo \"{\\\"secret\\\":\\\"***\\\",\\\"x\\\":1}\""},
};

static const char *const innocents[] = {
    "cc|-O2|-Wall|-I/usr/include|-Isrc/token|-DNDEBUG|-c|src/main.c|-o|build/main.o",
    "cc|-DTOKEN_MAX=64|-DPASSWORD_LEN=16|-DENABLE_AUTH=1|-DVERSION=\"1.2\"",
    "cc|-Wp,-MMD,a.d|-Wl,--as-needed|-fstack-protector-strong|-march=x86-64|-std=c11",
    "clang|-Rpass=inline|-fpass-plugin=x.so|--target=x86_64-linux-gnu",
    "ffmpeg|-i|in.mkv|-pass|2|-passlogfile|p",
    "git|log|--author=me|--format=%H %an",
    "git|-c|credential.helper=store|push|origin|main",
    "git|clone|git@github.com:owner/repo.git",
    "git|clone|https://github.com/owner/repo.git",
    "git|clone|https://me@github.com/owner/repo.git",
    "git|show|0123456789abcdef0123456789abcdef01234567",
    "git|fetch|--keep|--no-tags|origin|+refs/heads/*:refs/remotes/origin/*",
    "x|--authority|https://login.example/t",
    "x|--tokenize|words",
    "x|--tokens|100|--max-tokens=100",
    "x|--secretary=ann",
    "x|--bypass=cache|--compass|n",
    "x|--password-file|/run/secrets/p",
    "x|--password-file=/run/secrets/p",
    "x|--token-ttl|3600|--token-url=https://h/t",
    "x|--passphrase-fd|3|a",
    "docker|login|--password-stdin|reg",
    "docker|run|-p|8080:80|secret:latest|auth:1.2",
    "psql|--no-password|mydb",
    "sudo|--askpass|--prompt|me|id",
    "gh|auth|login|--with-token",
    "kubectl|get|secret|db-token|-o|yaml",
    "kubectl|--authorization-mode=RBAC|--service-account-key-file=/etc/k.pub",
    "ansible-playbook|--private-key|~/.ssh/id_rsa|site.yml",
    "ansible-playbook|--private-key=/home/me/.ssh/id_ed25519|--ask-become-pass",
    "x|--credentials|gcp.json|--credential=./creds/key.json",
    "env|GOOGLE_APPLICATION_CREDENTIALS=/etc/gcp/key.json",
    "env|PWD=/home/me|OLDPWD=/tmp|SHELL=/bin/bash|HOME=/root",
    "env|TOKENIZERS_PARALLELISM=false|GIT_ASKPASS=/bin/x|SSH_AUTH_SOCK=/tmp/s|KEYBOARD=us",
    "env|AUTH_TYPE=basic|AUTH_URL=https://h|SECRET_NAME=db|PASSWORD=|AUTH=none",
    "ssh|-o|PasswordAuthentication=no|-o|NumberOfPasswordPrompts=0|-i|~/.ssh/key|h",
    "ssh|-p|22|-o|PubkeyAuthentication=yes|me@host|uptime",
    "openssl|req|-key|server.key|-passin|file:/run/p|-out|a.csr",
    "openssl|rsa|-passin|env:KEYPASS",
    "x|--key|release|--key=build/cache|--cache-key=linux-x64-0123456789abcdef0123456789abcdef",
    "x|--public-key=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
    "sort|--key=2,2n|-k|1|--key|3",
    "curl|-fsSL|https://host:8443/path/@scope/pkg|-o|a.tgz",
    "curl|-u|me|https://h:80/",
    "curl|-H|Accept: application/json|-X|POST|https://h/api?page=2&size=10",
    "curl|-H|Content-Type: text/plain; charset=utf-8|https://h",
    "mysql|-P|3306|-p|db",
    "docker|run|--name|mongo|-p|27017:27017|-p|127.0.0.1:80:80/tcp|mongo:7",
    "docker|run|--name|mysql|-p3306:3306|mysql:8",
    "mysql|-uroot|-h|localhost|-e|SELECT 1",
    "unzip|-p|a.zip|b",
    "mkdir|-p|/a/b/c",
    "tar|-xzpf|a.tar.gz|-C|/x",
    "rsync|-az|me@host::module/path|./",
    "bazel|build|//app/auth:lib|//pkg/secret:token",
    "x|std::token::Kind|ns::secret::id",
    "x|12:30:59|C:\\Users\\me|a:b:c|urn:isbn:123",
    "make|-j8|CC=gcc|CFLAGS=-O2 -g|V=1|PASS=2|prefix=/usr",
    "cmake|-DCMAKE_BUILD_TYPE=Release|-DWITH_PASSWORD=ON|-S|.|-B|build",
    "npm|install|--no-audit|@scope/pkg@1.2.3|npm_config_registry=x",
    "npm|run|build|--|--mode=production",
    "sed|-e|s/^token *//|f",
    "grep|-q|-----BEGIN CERTIFICATE-----|f.pem",
    "grep|-rn|eyJ|src",
    "x|eyJhbGciOi|AKIASHORT|ghp_short|xox-b|glpat",
    "x|https://docs.example/authorization/bearer?lang=en#auth",
    "x|kill -s TERM 12|sig=TERM|--sig=9",
    "x|a bearer of good news|basic training",
    "sh|-c|for f in *.c; do cc -c \"$f\"; done && echo 'all done: ok'",
    "sh|-c|test -f key.pem && exec ./run --key key.pem",
    "python|-c|import tokenize; print(tokenize.TokenInfo)",
    "node|-e|console.log(`${1 + 1}: x`)",
    "awk|-F:|{print $1}|/etc/passwd",
    "docker|run|--rm|-v|/a/b:/c:ro|-w|/c|registry.example:5000/team/auth-service:1.0",
    "java|-Xmx2g|-cp|a.jar:b.jar|-Djava.security.auth.login.config=jaas.conf|Main",
    "gcc|-pthread|-pipe|-pg|-print-search-dirs|-fprofile-use=a.profdata|-Wp,-D_FORTIFY_SOURCE=2|tokenize.py",
    "x|--passes=3|--keyring|/usr/share/keyrings/a.gpg|--keyboard=us|key.c|keys.h|secrets.yaml|token.rs",
    "scp|-P|2222|author@host:path|me@h:/srv/key|.",
    "wget|https://host:8080/x@y|https://host/@scope/x:1",
    "cargo|build|--features|auth,tokens|--package|secret-service",
    "docker|pull|auth:1.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "tar|-cpf|x.tar|-p|--preserve-permissions|--checkpoint=100",
    "rsync|-avzP|--password-file=/run/p|src/|me@host:/dst",
    "ninja|-C|build|-j|8|lib/base/redact_token.c.o",
    "pytest|-k|test_password and not token|--basetemp=/tmp/x",
    "cp|-p|a|b|install|-p|-m|644|passwd.5|/usr/share/man",
    "sh|-c|deploy --token ${TOKEN} --password \"$pw\" && curl -u \"$U:$P\" -H \"Authorization: Bearer $T\" h",
    "sh|-c|export TOKEN=$(cat f); PASS=$1; git clone https://$U:$P@h/r; x --token=${{ secrets.T }}",
    "sh|-c|x --password={{ pw }}",
    "git|commit|-m|token: fix expiry of sessions|-m|Fix password: handling of blanks",
    "sed|-i|s/^PASSWORD=.*/PASSWORD=$NEW/|-e|s/password=[^&]*//|-e|s/(token: ).*/x/",
    "docker|service|create|--secret|db_password|--secret|id=token,env=TOKEN|img",
    "aws|secretsmanager|get-secret-value|--secret-id|prod-db|helm|--set|existingSecret=db-secret",
    "curl|-F|token=</run/token|-F|password=@/run/p|-H|Idempotency-Key: abc-def",
    "keytool|-storepasswd|-keystore|k|-list|gcc|-DTOKEN_RING|-DPIN_COUNT=40|x.c",
    "echo|PASS: test_auth|Password: must have 8 characters|password: ***",
    "ffmpeg|-af|lowpass=f=3000|-Rpass=inline|--pin|13|PASS=2",
    "ld|-plugin|/usr/libexec/gcc/liblto_plugin.so|-plugin-opt=-pass-through=-lgcc|-pie|-z|now",
    "dtrack-mark|set|image_mb|412|dtrack-mark|start|token",
    "gh|secret|set|NAME|--body-file|x|git|remote|set-url|origin|https://h/r",
    "go|test|./...|-run|TestToken|-count=1",
    "x|\xFF\xFE|caf\xC3\xA9=\xC3\xBC|",
    "x||-|--|---|=|:|==|://|::|@",
};

/* The redacted command line, each argument in room that is more than enough or, if `tight`, just enough. */
static void redact_line(struct buf *out, const char *rules, const char *line, bool tight)
{
    struct redactor r;
    redact_init(&r, rules);
    buf_clear(out);
    for (const char *at = line, *end; at; at = *end ? end + 1 : NULL) {
        end = strchr(at, '|');
        end = end ? end : at + strlen(at);
        size_t len = (size_t)(end - at), room = REDACT_ROOM(len) + (tight ? 0 : 100);
        char *arg = malloc(len + 1), *made = malloc(room + 1);
        memcpy(arg, at, len);
        arg[len] = '\0'; /* so that a byte read behind it is noticed */
        size_t got = redact_arg(&r, arg, len, made, room);
        buf_add(out, made, got);
        buf_str(out, *end ? "|" : "");
        free(arg);
        free(made);
    }
}

TEST(secrets_vanish_and_nothing_else)
{
    auto_buf out = BUF_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
        redact_line(&out, NULL, secrets[i].in, false);
        CHECK_STR(buf_text(&out), secrets[i].want);
        redact_line(&out, NULL, secrets[i].want, false); /* what has been redacted stays as it is */
        CHECK_STR(buf_text(&out), secrets[i].want);
    }
    CHECK(ARRAY_LEN(secrets) >= 60);
}

TEST(innocent_arguments_stay_byte_for_byte)
{
    auto_buf out = BUF_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(innocents); i++) {
        redact_line(&out, NULL, innocents[i], true);
        CHECK_STR(buf_text(&out), innocents[i]);
    }
    CHECK(ARRAY_LEN(innocents) >= 60);
}

static const char *redacted(struct buf *out, const char *text)
{
    size_t len = strlen(text), room = REDACT_ROOM(len);
    char *in = malloc(len + 1), *made = malloc(room);
    memcpy(in, text, len + 1);
    buf_clear(out);
    buf_add(out, made, redact_text(NULL, in, len, made, room));
    free(in);
    free(made);
    return buf_text(out);
}

TEST(text_is_cleaned_line_by_line)
{
    static const struct example texts[] = {
        {"Authorization: Basic abc\nAccept: */*\n", "Authorization: ***\nAccept: */*\n"},
        {"cannot PUT 'https://u:hunter2@h/c?sig=abc&sv=1': 403", "cannot PUT 'https://u:***@h/c?sig=***&sv=1': 403"},
        {"{\"password\": \"a\\\"b\", \"user\": \"u\"}", "{\"password\": \"***\", \"user\": \"u\"}"},
        {"password: hunter2\nuser: me\n", "password: ***\nuser: me\n"},
        {"export API_TOKEN=abc; export B=1", "export API_TOKEN=***; export B=1"},
        {"PASSWORD=\"a b\"'c' make", "PASSWORD=*** make"},
        {"--password --verbose", "--password --verbose"},
        {"run --token abc --verbose", "run --token *** --verbose"},
        {"(mysql -pabc)", "(mysql -p***)"},
        {"can't log in with password=ab'c;d)e", "can't log in with password=***"},
        {"can't log in (password: ab,c)d), user: me", "can't log in (password: ***), user: me"},
        {"{password: abc, user: me}", "{password: ***, user: me}"},
        {"password=a\\ b c", "password=*** c"},
        {"password=abc&user=me", "password=***&user=me"},
        {"$(TOKEN=abc) && x", "$(TOKEN=***) && x"},
        {"found " AWS_ID ".", "found ***."},
        {"SyntaxError: Unexpected token '}' in JSON", "SyntaxError: Unexpected token '}' in JSON"},
        {"built 12 files in 3 s: ok", "built 12 files in 3 s: ok"},
        {"", ""},
    };
    auto_buf out = BUF_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        CHECK_STR(redacted(&out, texts[i].in), texts[i].want);
        CHECK_STR(redacted(&out, texts[i].want), texts[i].want);
    }
}

TEST(words_of_the_users_own_are_secrets_too)
{
    static const struct example lines[] = {
        {"x|--deploy-phrase|abc|--deploy-phrases|abc", "x|--deploy-phrase|***|--deploy-phrases|abc"},
        {"env|DEPLOY-PHRASE=abc|PUN=1234|SPUN=1", "env|DEPLOY-PHRASE=***|PUN=***|SPUN=1"},
        {"sh|-c|run --pun 1234 && x -p 1", "sh|-c|run --pun *** && x -p 1"},
        {"curl|-H|X-Corp: abc|-d|{\"pun\": \"12\"}", "curl|-H|X-Corp: ***|-d|{\"pun\": \"***\"}"},
        {"x|-q|abc|-qabc|-r|abc", "x|-q|***|-qabc|-r|abc"},
        {"x|--password|abc", "x|--password|***"},
    };
    static const char *const harmless[] = {"", ",", ",,,", "pu", "punn", "file:/etc/pun", "\xFF,\x80", "pun;x"};
    auto_buf out = BUF_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        redact_line(&out, "pun,,deploy-phrase,x-corp,q", lines[i].in, false);
        CHECK_STR(buf_text(&out), lines[i].want);
    }
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
        redact_line(&out, harmless[i], "x|--pun|1234|PUN=1|q", false);
        CHECK_STR(buf_text(&out), "x|--pun|1234|PUN=1|q");
    }
}

TEST(result_never_exceeds_its_room_and_tells)
{
    static const char arg[] = "--x=https://me:hunter2@host/path";
    static const char want[] = "--x=https://me:***@host/path";
    for (size_t room = 0; room <= sizeof want; room++) {
        char out[sizeof want + 1];
        memset(out, '#', sizeof out);
        struct redactor r;
        redact_init(&r, NULL);
        size_t len = redact_arg(&r, arg, sizeof arg - 1, out, room);
        size_t expected = room < sizeof want - 1 ? room : sizeof want - 1;
        CHECK(len == expected);
        CHECK(!memcmp(out, want, len));
        CHECK(out[len] == '#');
        CHECK(r.cut == (room < sizeof want - 1));
    }
}

TEST(cut_flag_sticks_until_cleared)
{
    struct redactor r;
    char out[4];
    redact_init(&r, NULL);
    CHECK(redact_arg(&r, "abcdefgh", 8, out, sizeof out) == 4 && r.cut);
    CHECK(redact_arg(&r, "ab", 2, out, sizeof out) == 2 && r.cut);
    r.cut = false;
    CHECK(redact_arg(&r, "ab", 2, out, sizeof out) == 2 && !r.cut);
}

/* Text made to be looked at again and again. Without a bound each of these takes half a minute. */
TEST(hostile_input_takes_linear_time)
{
    static const char *const units[] = {
        "key=",    "eyJ-",     "://a:b",        "-----BEGIN A-----", ";a",   "pwd=/",    "\"",
        "a:\"",    "--key ",   "Bearer ",       "token=1,",          "ghp_", "sk_live_", "xoxb-",
        "key\\\"", "curl -u ", "mysql -p8:8/,", "curl -ua,",         "by '", "--key 'a"};
    const size_t size = (size_t)1 << 19;
    char *in = malloc(size + 1), *out = malloc(REDACT_ROOM(size));
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        size_t unit = strlen(units[i]);
        for (size_t at = 0; at < size; at++)
            in[at] = units[i][at % unit];
        in[size] = 0;
        struct redactor r;
        redact_init(&r, NULL);
        CHECK(redact_text(NULL, in, size, out, REDACT_ROOM(size)) > 0);
        CHECK(redact_arg(&r, in, size, out, REDACT_ROOM(size)) > 0);
        CHECK(!r.cut);
    }
    free(in);
    free(out);
}

TEST_MAIN(CASE(secrets_vanish_and_nothing_else), CASE(innocent_arguments_stay_byte_for_byte),
          CASE(text_is_cleaned_line_by_line), CASE(words_of_the_users_own_are_secrets_too),
          CASE(result_never_exceeds_its_room_and_tells), CASE(cut_flag_sticks_until_cleared),
          CASE(hostile_input_takes_linear_time))
