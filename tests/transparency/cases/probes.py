# SPDX-License-Identifier: MIT
"""The probes themselves: what a program sees at its start and in its children, and how the functions that we wrap behave."""
from case import Case, sh

BOTH = ('preload', 'run')


def probe(name, *command, **options):
    """A probe as the root of the run and, by name_below_a_shell, as a child."""
    words = ' '.join(command)
    first = command[0].rpartition('/')[2].replace('$VIEW', 'view')
    return [Case(name, command, names=(first,), under=BOTH, **options),
            sh(f'{name}_below_a_shell', f'{words}; echo status $?', names=('sh', first), **options)]


def complaint(name, **options):
    """The store can't be reached, and what we would say about it finds nobody who listens."""
    return Case(f'complaint_to_{name}', ('sh', '-c', 'exit 3'), stores=False, **options)


CASES = [
    *probe('view', '$VIEW', '5'),
    *probe('view_in_fork_child', '$VIEW', 'fork', 'x'),
    *probe('view_in_system', '$VIEW', 'system', '$VIEW'),
    *probe('view_in_spawned_child', '$VIEW', 'spawn', '$VIEW', '7'),
    *probe('view_in_vforked_child', '$VIEW', 'exec', '$VIEW', '7'),
    *probe('returns_and_errno', '$BUILT/returns'),
    *[case for way in ('exit', '_exit', '_Exit', 'quick_exit', 'abort', 'raw', 'raw_thread', 'thread', 'linger', 'fork', 'signal9',
                       'signal13', 'signal15', 'signal17', 'main')
      for case in probe(f'end_by_{way}', '$BUILT/endings', way)],
    *[case for way in ('exit', '_exit', 'quick_exit', 'fork', 'exec')
      for case in probe(f'seccomp_filter_then_{way}', '$BUILT/filtered', way)],
    *[case for way in ('path', 'argv', 'envp', 'string', 'spawn', 'waitpid', 'waitid')
      for case in probe(f'bad_pointer_{way}', '$BUILT/pointers', way)],
    *[case for way in ('spawn', 'vfork', 'fork', 'execlp') for size in ('8192', '0')
      for case in probe(f'small_stack_{way}_{size}', '$BUILT/small_stack', way, size)],
    *[case for way in ('alarm', 'handler', 'thread') for case in probe(f'after_main_{way}', '$BUILT/after_main', way)],
    *[case for way in ('clone', 'bare', 'nested', 'daemon') for case in probe(f'children_by_{way}', '$BUILT/clones', way)],
    *[case for way in ('odd', 'large', 'changed') for case in probe(f'environment_{way}', '$BUILT/environs', way)],
    *probe('storm_of_signals', '$BUILT/storm'),
    *probe('unwinding', '$BUILT/unwound'),
    *probe('loader_error', '$BUILT/loader_error'),
    Case('view_on_a_terminal', ('$VIEW',), tty=True, names=('view',), under=BOTH),
    sh('view_without_standard_descriptors', '''
$VIEW <&- >file 2>&-; echo $?
cat file
$VIEW <&- 2>file2 >&-; echo $?
cat file2
''', names=('sh', 'view')),
    sh('view_with_descriptors', '''
exec 3<&0 5>five 9>&1
$VIEW
$VIEW 5>&- 7<five
exec 9>&-
$VIEW
''', names=('sh', 'view')),
    sh('view_with_signals_ignored', '''
trap '' HUP INT PIPE USR1
trap 'echo caught' TERM
$VIEW
''', names=('sh', 'view')),
    sh('view_with_limits', 'umask 027; ulimit -n 64; ulimit -f 4096; ulimit -c 0; ulimit -s 4096; cd /; $VIEW',
       names=('sh', 'view')),
    complaint('a_broken_pipe', stderr='broken'),
    complaint('a_full_pipe', stderr='full'),
]
