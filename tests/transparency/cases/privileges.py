# SPDX-License-Identifier: MIT
"""Programs that change who they are or what they see: users, namespaces, limits."""
from case import Case, sh

# A copy of the probe that runs as its owner, and one for everybody.
SETUID = 'cp $VIEW mine; cp $BUILT/endings ends; chown 1234:1234 mine ends; chmod 6755 mine ends; cp $VIEW yours; chmod 755 yours; cp $VIEW shut; chmod 711 shut'
NOBODY = 'setpriv --reuid=4321 --regid=4321 --clear-groups'


def root(name, text, **options):
    """A case for root."""
    needs = ('root', *options.pop('needs', ()))
    return sh(name, text, needs=needs, **options)


CASES = [
    sh('sudo_without_a_password', '''
sudo -n true; echo $?
sudo -n sh -c "exit 3"; echo $?
sudo -k
''', needs=('sudo',), names=('sudo',)),
    root('sudo_to_another_user', '''
sudo -n -u nobody id -un
sudo -n -u nobody $VIEW
sudo -n -E $VIEW
sudo -n nonexistent; echo $?
sudo -n -b true
sleep 0.1
''', needs=('sudo',), names=('sudo',)),
    root('su_to_another_user', '''
su nobody -s /bin/sh -c "id -un; $VIEW; exit 3"; echo $?
su -s /bin/sh -l nobody -c pwd
su nobody; echo $?
su nouser; echo $?
runuser -u nobody -- $VIEW
''', needs=('su', 'runuser'), names=('su',)),
    root('setpriv_kinds', f'{NOBODY} $VIEW; setpriv --no-new-privs $VIEW; setpriv --no-new-privs sh -c "$VIEW; ls -d /"; setpriv --bounding-set -all --inh-caps -all $VIEW; setpriv --pdeathsig KILL $VIEW; '
         f'{NOBODY} sh -c "env -i $VIEW; exit 3"; echo $?', needs=('setpriv',), names=('setpriv', 'view')),
    root('setuid_copy_run_as_another_user', f'{NOBODY} ./mine; {NOBODY} ./mine spawn ./yours; {NOBODY} ./yours spawn ./mine; {NOBODY} ./yours exec ./mine 3; {NOBODY} ./ends quick_exit; echo $?; ./mine; {NOBODY} ./shut',
         setup=SETUID, needs=('setpriv',), names=('setpriv',)),
    root('setuid_copy_with_a_bare_preload', f'{NOBODY} ./mine; {NOBODY} sh -c "./mine; ./yours"', setup=SETUID,
         needs=('setpriv',), preload='libm.so.6:{}', names=('setpriv',)),
    root('file_capabilities', f'{NOBODY} ./able; {NOBODY} sh -c "./able; exec ./able"; ./able',
         setup='cp $VIEW able; chmod 755 able; setcap cap_net_raw+ep able', needs=('setpriv', 'setcap'),
         names=('setpriv',)),
    root('unshare_kinds', r'''
unshare -m $VIEW
unshare -pf --mount-proc sh -c "echo \$\$; $VIEW; true; exit 3"; echo $?
unshare -u sh -c "hostname x; hostname"
unshare -n ls /sys/class/net
unshare -pf --kill-child sh -c "sleep 5 & exit 4"; echo $?
unshare -mpf sh -c "mount -t tmpfs none /tmp; ls /tmp; /bin/true; exec /bin/true"; echo $?
''', needs=('unshare', 'hostname'), names=('unshare', 'view'), lives_on=('sleep', 'sh')),
    sh('unshare_of_users', '''
unshare -Ur $VIEW
unshare -U id -u
unshare -Urm sh -c "$VIEW; exit 3"; echo $?
unshare -Urpf --mount-proc $VIEW
''', needs=('unshare',), names=('unshare', 'view')),
    root('nsenter_kinds', '''
sleep 5 & nsenter -t $! -m -u $VIEW
nsenter -t $! -p -F true
nsenter -t $! -n -w true; echo $?
kill $!
wait $!; echo $?
''', needs=('nsenter',), names=('nsenter', 'view')),
    sh('prlimit_kinds', '''
prlimit --nofile=20:30 $VIEW
prlimit --fsize=0 $VIEW 3 >/dev/null; echo $?
prlimit --core=0 --nproc=500 sh -c "$VIEW; exit 3"; echo $?
prlimit --as=100000000 $VIEW
prlimit --memlock=0 --stack=200000 $VIEW
''', needs=('prlimit',), names=('prlimit', 'view')),
    Case('setpriv_as_root', ('setpriv', '--reuid=4321', '--regid=4321', '--clear-groups', '$VIEW', 'spawn', '$VIEW'),
         needs=('root', 'setpriv'), names=('setpriv',)),
    Case('no_new_privileges_as_root', ('setpriv', '--no-new-privs', '$VIEW', 'spawn', '$VIEW'), needs=('setpriv',),
         names=('setpriv', 'view'), under=('preload', 'run')),
    Case('chroot_as_root', ('chroot', '.', '/sh', '-c', 'echo inside; exit 3'), setup='cp /bin/busybox sh',
         needs=('root', 'busybox'), names=('chroot',)),
    Case('unshare_as_root', ('unshare', '-pf', '--mount-proc', 'sh', '-c', '$VIEW; echo $$; exit 3'),
         needs=('root', 'unshare'), names=('unshare', 'view'), under=('preload', 'run')),
    Case('unshare_of_users_as_root', ('unshare', '-Ur', 'sh', '-c', '$VIEW; exit 3'), needs=('unshare',),
         names=('unshare',), under=('preload', 'run')),
    Case('nice_ignoring_and_blocking',
         ('env', '--ignore-signal=CHLD', '--block-signal=TERM', 'nice', '-n', '3', 'sh', '-c', '$VIEW; exit 3'),
         names=('env', 'view')),
    Case('personality', ('setarch', '-R', '$VIEW', 'exec', '$VIEW'), needs=('setarch',), names=('view',)),
    Case('prlimit_as_root_of_the_run', ('prlimit', '--nofile=4', '--fsize=0', 'sh', '-c', 'exit 3'),
         needs=('prlimit',), names=('prlimit',)),
    root('bubblewrap', '''
bwrap --dev-bind / / --unshare-pid --die-with-parent $VIEW
bwrap --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin --proc /proc sh -c "ls /; /bin/true; exit 3"
echo $?
''', needs=('bwrap',), names=('bwrap', 'view')),
    root('capsh_drops', '''
capsh --drop=cap_net_raw -- -c $VIEW
capsh --uid=4321 -- -c "id -u"
''', needs=('capsh',), names=('capsh',)),
]
