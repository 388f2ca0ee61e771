# SPDX-License-Identifier: MIT
"""The forms that secrets come in: command lines with a place for one. {} is a word of small letters, which nothing but its
place gives away; a name in braces is a token as its issuer makes them."""
import random
import string

ALNUM = string.ascii_letters + string.digits
HEX = '0123456789abcdef'

# What a token looks like: what it starts with, what it is made of, how long that is.
TOKENS = {
    'aws': ('AKIA', string.ascii_uppercase + string.digits, 16),
    'aws_session': ('ASIA', string.ascii_uppercase + string.digits, 16),
    'github': ('ghp_', ALNUM, 36),
    'github_oauth': ('gho_', ALNUM, 36),
    'github_user': ('ghu_', ALNUM, 36),
    'github_server': ('ghs_', ALNUM, 36),
    'github_refresh': ('ghr_', ALNUM, 36),
    'github_fine': ('github_pat_', ALNUM + '_', 82),
    'gitlab': ('glpat-', ALNUM + '_-', 20),
    'slack': ('xoxb-', ALNUM + '-', 40),
    'slack_user': ('xoxp-', ALNUM + '-', 40),
    'npm': ('npm_', ALNUM, 36),
    'pypi': ('pypi-AgEIcHlwaS5vcmc', ALNUM + '_-', 90),
    'google': ('AIza', ALNUM + '_-', 35),
    'google_oauth': ('ya29.', ALNUM + '_-', 60),
    'stripe': ('sk_live_', ALNUM, 24),
    'openai': ('sk-proj-', ALNUM + '_-', 60),
    'vault': ('hvs.', ALNUM, 40),
    'docker': ('dckr_pat_', ALNUM + '_-', 27),
    'digitalocean': ('dop_v1_', '0123456789abcdef', 64),
    'jwt': ('eyJhbGciOiJIUzI1NiJ9.eyJz', ALNUM + '_-', 60),
    'key': ('', ALNUM, 40),
    'stripe_test': ('sk_test_', ALNUM, 24),
    'stripe_hook': ('whsec_', ALNUM, 32),
    'stripe_restricted': ('rk_test_', ALNUM, 24),
    'shopify': ('shpat_', HEX, 32),
    'grafana': ('glsa_', ALNUM, 32),
    'databricks': ('dapi', HEX, 32),
    'pulumi': ('pul-', HEX, 40),
    'linear': ('lin_api_', ALNUM, 40),
    'rubygems': ('rubygems_', HEX, 48),
    'age': ('AGE-SECRET-KEY-1', '023456789ACDEFGHJKLMNPQRSTUVWXYZ', 58),
    'terraform': ('a1B2c3D4e5F6g7.atlasv1.', ALNUM, 67),
    'sendgrid': ('SG.', ALNUM + '_-', 66),
    'mailgun': ('key-', HEX, 32),
    'sk_ant': ('sk-ant-api03-', ALNUM + '_-', 80),
    'gitlab_trigger': ('glptt-', HEX, 40),
    'gitlab_agent': ('glagent-', ALNUM + '_-', 50),
    'newrelic': ('NRAK-', string.ascii_uppercase + string.digits, 27),
    'postman': ('PMAK-', HEX, 24),
    'figma': ('figd_', ALNUM + '_-', 40),
    'notion': ('ntn_', ALNUM, 46),
    'atlassian': ('ATATT3', ALNUM + '_-', 60),
    'doppler': ('dp.pt.', ALNUM, 43),
    'sentry': ('sntrys_', ALNUM, 60),
    'tailscale': ('tskey-auth-', ALNUM + '-', 30),
    'circleci': ('CCIPAT_', ALNUM + '_', 60),
    'buildkite': ('bkua_', HEX, 40),
    'replicate': ('r8_', ALNUM, 37),
    'square': ('sq0atp-', ALNUM + '_-', 22),
    'supabase': ('sbp_', HEX, 40),
    'planetscale': ('pscale_tkn_', ALNUM, 43),
    'slack_app': ('xapp-1-', ALNUM + '-', 60),
    'dynatrace': ('dt0c01.', ALNUM, 64),
    'onepassword': ('ops_eyJ', ALNUM, 100),
    'azure_client': ('abc8Q~', ALNUM + '_-~.', 34),
    'docker_org': ('dckr_oat_', ALNUM + '_-', 32),
    'telegram': ('AA', ALNUM + '_-', 33),
    'digits': ('', '23456789', 8),
    'hex': ('', HEX, 64),
}

# Each line is one command; '|' stands between its words.
LINES = '''
x|--password|{}
x|--password={}
x|--db-password|{}
x|--dbPassword={}
x|--ssh_passphrase={}
x|-password|{}
x|--auth|me:{}
x|--client-secret|{}
x|--api-key={}
x|--access-key|{}
x|--oauth2-bearer|{}
x|--key|{key}
mysql|-uroot|-p{}|db
mariadb-dump|-p{}
mongo|-u|me|-p|{}
ldapsearch|-D|cn=x|-w|{}
redis-cli|-a|{}|ping
sqlcmd|-U|sa|-P|{}
7z|a|-p{}|a.7z
zip|-P|{}|a.zip|f
mosquitto_pub|-P|{}
git|clone|https://me:{}@host.example/r
pip|install|git+https://me:{}@host.example/r
psql|postgres://u:{}@db:5432/d
redis-cli|-u|redis://:{}@h:6379/0
x|amqps://u:{}@h/v
x|mongodb+srv://u:{}@h/d
x|--url=https://u:p@{}@h/v
git|clone|https://{github}@github.com/o/r
psql|host=h user=u password={} dbname=d
az|storage|--connection-string|AccountName=n;AccountKey={key};EndpointSuffix=core.windows.net
x|BlobEndpoint=https://a/;SharedAccessSignature=sv=2021&sig={}
x|Endpoint=sb://n/;SharedAccessKeyName=r;SharedAccessKey={key}
x|Server=s;Uid=u;Pwd={};
x|Server=tcp:s,1433;User ID=u;Password=my {};Encrypt=yes
azcopy|copy|https://a.blob.core.windows.net/c?sv=2021-08-06&sig={}%3D&se=2026
curl|https://h/p?token={}&x=1
curl|https://h/p?x=1&password={}
curl|https://h/p?key={}
curl|-H|Authorization: Basic {}
curl|-H|Authorization: Bearer {}
curl|-H|Authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=h, Signature={}
wget|--header=Authorization: token {}
curl|-H|Cookie: session={}; a=b
curl|-H|X-Api-Key: {}
curl|-H|PRIVATE-TOKEN: {}
http|POST|h|PRIVATE-TOKEN:{}
git|-c|http.extraheader=AUTHORIZATION: basic {}|fetch
curl|-u|me:{}|https://h
curl|-sSu|me:{}
curl|-ume:{}
curl|--proxy-user=me:{}
curl|-d|{"user":"u","password":"{}","n":1}
curl|-d|{'clientSecret': '{}'}
curl|--data|grant_type=password&username=u&password={}
curl|-F|token={}
x|Bearer {}
x|{aws}
x|{aws_session}
x|{github}
x|a/{github_oauth}/b
x|data={github_user},next
x|"{github_server}"
x|{github_refresh}
x|{github_fine}
x|{gitlab}
x|{slack}
x|{slack_user}
x|{npm}
x|{pypi}
x|{google}
x|{google_oauth}
x|{stripe}
x|{openai}
x|{vault}
x|{docker}
x|{digitalocean}
x|{jwt}
env|AWS_SECRET_ACCESS_KEY={key}|x
env|GITHUB_TOKEN={}|x
env|PGPASSWORD={}|psql
docker|run|-e|PASS={}|img
docker|build|--build-arg|TOKEN={}|.
docker|login|-u|me|-p|{}|reg
az|login|--service-principal|-u|x|-p|{}
sshpass|-p|{}|ssh|h
sshpass|-p{}|ssh|h
openssl|rsa|-passin|pass:{}
openssl|enc|-k|{}
keytool|-storepass|{}
kubectl|--token|{}|get|pods
kubectl|create|secret|generic|s|--from-literal=password={}
helm|install|--set|a=1,auth.rootPassword={}|c
terraform|apply|-var|db_password={}
terraform|apply|-var|db={password="{}"}
aws|configure|set|aws_session_token|{}
npm|config|set|//registry/:_authToken|{}
java|-Dspring.datasource.password={}|-jar|a.jar
mount|-o|username=me,password={},uid=0
sh|-c|: curl -u 'me:{}' https://h
sh|-c|: mysql -u root -p{} ; : next
sh|-c|TOKEN={} true --env prod
sh|-c|: deploy --password "my {}" --to x
sh|-c|: "{\\"secret\\":\\"{}\\",\\"x\\":1}"
psql|-c|ALTER ROLE me PASSWORD '{}'
mysql|-e|CREATE USER u IDENTIFIED BY '{}'
x|--deploy-phrase|{}
x|Corp-Pin={}
'''.strip().splitlines()

# Names that only the user knows to be secrets: the last two lines.
RULES = 'deploy-phrase,corp-pin'


def token(kind):
    """A new token of that kind; '' is a plain word."""
    if not kind:
        return ''.join(random.choices(string.ascii_lowercase, k=18))
    start, letters, count = TOKENS[kind]
    text = ''.join(random.choices(letters, k=count))
    # one in thousands has no digit or ends in '-', and would not be known by its form
    return start + text if text[-1].isalnum() and any(c.isdigit() for c in text) else token(kind)


def planted(line):
    """The words of a line with a new secret in them, and the secret."""
    for kind in ['', *TOKENS]:
        mark = '{' + kind + '}'
        if mark in line:
            secret = token(kind)
            return line.replace(mark, secret).split('|'), secret
    raise ValueError(line)
