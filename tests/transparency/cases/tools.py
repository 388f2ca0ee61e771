# SPDX-License-Identifier: MIT
"""Tools of a deployment: version control, transfer, packages, terminals, tracers."""
from case import Case, sh

GIT = 'git init -q -b main repo; cd repo; git config user.email t@example.com; git config user.name t; echo a > a; git add a'
DATES = {'GIT_AUTHOR_DATE': '@1 +0000', 'GIT_COMMITTER_DATE': '@1 +0000', 'GIT_CONFIG_NOSYSTEM': '1'}


def git(name, text, **options):
    """Git in a fresh repository with one file added."""
    options.setdefault('names', ('git',))
    return sh(f'git_{name}', f'cd repo; {text}', setup=GIT, needs=('git',), variables=DATES, files=('repo/.git/*', 'copy/.git/*'), **options)


CASES = [
    git('commits_with_hooks', r'''
printf "#!/bin/sh\n$VIEW 2>&1\nexit \$H\n" > .git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
H=3 git commit -m x; echo $?
H=0 git commit -m x; echo $?
git log --oneline --stat
git status --short --branch
git rev-parse HEAD
''', names=('git', 'view')),
    git('collects_garbage', '''
git commit -qm x
for i in 1 2 3; do echo $i > a; git commit -qam $i; done
git gc -q
git count-objects -v | grep packs
git fsck
git repack -adq
git rebase -q --exec "cat a" HEAD~2
git bisect start HEAD HEAD~3 >/dev/null
git bisect run sh -c "exit 1" | tail -n 1
''', names=('git', 'cat', 'sh')),
    git('clones', '''
git commit -qm x
cd ..
git clone -q repo copy
git clone -q --bare file://$PWD/repo bare
cd copy
echo b > b
git add b
git commit -qm b
git push -q origin HEAD:other
git fetch -q
git -c alias.z="!echo z; $VIEW" z
GIT_PAGER=cat git -p log --oneline
GIT_EXTERNAL_DIFF=echo git diff HEAD~1 | wc -l
rm -rf ../bare
''', names=('git', 'view')),
    sh('rsync_local', '''
rsync -a --info=name src/ dst
rsync -ac src/ dst
rsync -a --delete src/b/ dst
rsync -a -e /bin/false host:x y 2>/dev/null; echo $?
rsync nothing x 2>/dev/null; echo $?
ls -R dst
''', setup='mkdir -p src/b; echo a > src/a; echo b > src/b/c', needs=('rsync',), names=('rsync',)),
    sh('ssh_refused', '''
ssh -V
ssh -F /dev/null -o BatchMode=yes -p 1 127.0.0.1 true; echo $?
ssh -F /dev/null -o ProxyCommand="exit 3" x true; echo $?
ssh-keygen -q -t ed25519 -N "" -f key
test -s key.pub; echo $?
scp -q -P 1 -o BatchMode=yes 127.0.0.1:x . ; echo $?
''', needs=('ssh',), names=('ssh',), files=('key*', '.ssh*'), normal=('numbers',)),
    sh('ssh_agent', '''
eval $(ssh-agent) >/dev/null
ssh-add -l; echo $?
ssh-agent -k >/dev/null
ssh-agent sh -c "ssh-add -l; exit 3"; echo $?
''', needs=('ssh-agent',), names=('ssh-agent', 'sh')),
    sh('man_pages', '''
man -P cat ls | head -n 5
man -w sh | wc -l
man nothing; echo $?
man -P "head -n 1" 1 bash
apropos -s 1 nothing; echo $?
whatis ls
''', needs=('man',), names=('man',), variables={'MANWIDTH': '80'}),
    sh('man_formats_a_page', r'''
printf ".TH X 1\n.SH NAME\nx - y\n.TS\nl l.\na\tb\n.TE\n" > x.1
man -l x.1
man -P cat -l x.1 | cat
gzip -n x.1
man -P cat ./x.1.gz
groff -man -Tascii -t x.1.gz >/dev/null; echo $?
''', needs=('man', 'groff'), names=('man', 'groff')),
    sh('file_with_its_filter', '''
file -b /bin/sh $VIEW /etc/passwd /dev/null /nothing
file -i /etc/passwd
echo x | file -
gzip -nk x
file -Sz x.gz
file -z x.gz; echo $?
''', setup='echo text > x', needs=('file',), names=('file',), normal=('addresses',)),
    Case('file_as_root', ('file', '/bin/sh', '/etc/passwd'), needs=('file',), under=('preload', 'run')),
    sh('less_through_a_pipe', '''
seq 100 | less | tail -n 1
LESSOPEN="|cat %s" less x | cat
''', setup='seq 5 > x', needs=('less',), names=('less', 'cat')),
    Case('less_on_a_terminal', ('less', '-X', 'x'), stdin='q', tty=True, setup='seq 5 > x', needs=('less',),
         normal=('carriage',)),
    sh('tmux_session', '''
T="tmux -S sock -f /dev/null"
$T new-session -d -x 80 -y 24 "sh"
$T send-keys "echo typed; exec cat" Enter
sleep 0.3
$T capture-pane -p | grep -c typed
$T new-window -d "$VIEW > view; exit 3"
sleep 0.2
cat view
$T list-windows -F "#W" | wc -l
$T run-shell "echo ran; exit 4"; echo $?
$T if-shell true "display -p yes"
$T kill-server
sleep 0.05
$T ls 2>&1 | wc -l
''', needs=('tmux',), names=('tmux', 'view', 'cat'), lives_on=('tmux', 'tmux: server'), normal=('numbers',),
       files=('sock', 'view')),
    Case('script_records', ('script', '-q', '-e', '-c', '$VIEW 5', 'typescript'), needs=('script',),
         names=('script', 'view'), files=('typescript',)),
    Case('script_on_a_terminal', ('script', '-q', '-e', '-c', 'tty >/dev/null; echo $?; exit 6', '/dev/null'),
         tty=True, needs=('script',), names=('script', 'sh')),
    sh('gdb_batch', r'''
gdb -q -nx -batch -ex "break main" -ex run -ex "info inferiors" -ex next -ex continue -ex "print \$_exitcode" --args $VIEW 3
echo $?
''', needs=('gdb',), normal=('addresses', 'numbers'), names=('gdb',)),
    sh('gdb_follows_children', r'''
gdb -q -nx -batch -ex "set follow-fork-mode child" -ex "set detach-on-fork on" -ex run --args sh -c "$VIEW 3; exit 4" 2>&1 | grep -v -i "thread\|inferior\|attach\|detach\|debuginfod"
gdb -q -nx -batch -ex "shell echo a" -ex "python import os; print(os.system('exit 3'))"
''', needs=('gdb',), normal=('addresses', 'numbers'), names=('gdb',)),
    sh('gdb_backtrace_of_a_waiting_process', '''
gdb -q -nx -batch -ex "handle SIGALRM stop nopass" -ex run -ex "bt -3" $BUILT/unwound 2>&1 | grep -c "in main"
''', needs=('gdb',), names=('gdb',)),
    sh('strace_of_some_calls', r'''
strace -f -qq -e trace=chdir,kill -e signal=none sh -c "cd /; $VIEW 3; kill -TERM \$\$"; echo $?
strace -c -o /dev/null true
strace -o log -e trace=write echo x
cat log
strace -f -o /dev/null $VIEW spawn $VIEW
strace -D -qq -e trace=chdir true
''', needs=('strace',), normal=('numbers',), names=('strace', 'view'), lives_on=('strace',)),
    sh('ltrace_and_ldd', '''
ldd /bin/true
ldd /nothing; echo $?
ldd $BUILT/bare
LD_TRACE_LOADED_OBJECTS=1 /bin/true
LD_DEBUG=help /bin/true | wc -l
/lib64/ld-linux-x86-64.so.2 /bin/echo through the loader
/lib64/ld-linux-x86-64.so.2 --preload libm.so.6 $VIEW
''', needs=('built:bare', 'ldd'), normal=('addresses',), names=('ldd',)),
    sh('valgrind_of_a_program', '''
valgrind -q --error-exitcode=9 /bin/true; echo $?
valgrind -q --trace-children=yes $VIEW exec $VIEW 3; echo $?
''', needs=('valgrind',), normal=('numbers',), names=('valgrind',), timeout=120),
    sh('apt_simulation', '''
apt-get --simulate -qq install tree
apt-cache policy dash | head -n 3
apt-get nothing; echo $?
apt-config dump | wc -l
''', needs=('apt-get',), names=('apt-get', 'apt-cache')),
    sh('dpkg_kinds', r'''
mkdir -p p/DEBIAN p/usr/share/p
printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: t <t@example.com>\nDescription: d\n" > p/DEBIAN/control
echo x > p/usr/share/p/x
dpkg-deb --root-owner-group -b p p.deb
dpkg-deb -c p.deb | cut -c 1-30
dpkg-deb -I p.deb | wc -l
dpkg-deb -x p.deb out
find out
dpkg-query -W -f "\${Status}\n" dash
dpkg-query -S /bin/dash
dpkg --print-architecture
dpkg -l nothing; echo $?
dpkg-deb -R /nothing y; echo $?
''', needs=('dpkg-deb',), names=('dpkg-deb', 'dpkg-query', 'tar'), files=('p.deb',)),
    sh('dpkg_architecture', '''
dpkg-architecture -qDEB_HOST_ARCH
dpkg-parsechangelog -l /nothing; echo $?
''', needs=('dpkg-architecture',), names=('dpkg-architecture',)),
    sh('openssl_kinds', '''
echo x | openssl dgst -sha256
openssl version | cut -c 1-7
openssl enc -aes-128-cbc -pbkdf2 -pass pass:x -S 00 -in f | wc -c
openssl nothing; echo $?
''', setup='echo text > f', needs=('openssl',), names=('openssl',)),
    sh('curl_file', r'''
curl -s file://$PWD/f
curl -sS file:///nothing; echo $?
curl -sS http://127.0.0.1:1/; echo $?
curl -s -o out -w "%{size_download}\n" file://$PWD/f
''', setup='echo text > f', needs=('curl',), names=('curl',)),
    sh('wget_refused', 'wget -q -t 1 http://127.0.0.1:1/; echo $?', needs=('wget',), names=('wget',)),
    sh('jq_bc_dc', '''
echo "{}" | jq -c .
echo "2^70" | bc
echo "2 3 + p !echo x" | dc
''', needs=('jq', 'bc', 'dc'), names=('bc',)),
    sh('parallel_and_watch', 'parallel -j2 echo ::: a b | sort', needs=('parallel',), names=('parallel',)),
    sh('npm_version', '''
npm --version
cd p && npm run -s x; echo $?
''', setup='mkdir p; echo \'{"scripts": {"x": "$VIEW; exit 3"}}\' > p/package.json', needs=('npm',), names=('node',),
       variables={'npm_config_logs_max': '0'}, files=('.npm/*',), normal=('durations', 'debian_times')),
    # Its files are named by the time; what they hold is nobody's business.
    Case('chromium_dumps_a_page', ('sh', '-c', 'setpriv --reuid=1234 --regid=1234 --clear-groups chromium --headless=new --disable-gpu '
                                   '--no-first-run --user-data-dir=$HOME/profile --dump-dom "data:text/html,<p>seen</p>" 2>/dev/null; '
                                   's=$?; rm -rf profile; exit $s'),
         needs=('chromium', 'root', 'setpriv'), names=('sh',), timeout=90,
         files=('.config/*', '.cache/*', '.local/*', '.pki/*'),
         lives_on=('chromium', 'chrome', 'chrome_crashpad_handler')),
]
