# SPDX-License-Identifier: MIT
"""Makes up programs. A program is a tree of plain dicts and lists, so that it can be kept as JSON and made smaller bit by bit:

  scene   what the launcher sets before it: {'subreaper': True, 'umask': '777', ...}
  form    the compiler it is for; 'sh' and 'bash' are scripts
  main    a list of steps; ctor, dtor and lib hold more of them
  step    {'op': NAME, ...}; 'body' is a list of steps that another process, thread or handler does

Everything happens once: a program has no loops, so it starts no more processes than it has steps.
"""
import random

FORMS = ['dyn'] * 12 + ['static', '32', 'musl', 'musl', 'sh', 'sh', 'bash']
SCRIPTS = ('sh', 'bash')
SIGNALS = [1, 2, 10, 12, 13, 14, 15, 17]
DEADLY = [6, 9, 11, 15]
WAITS = ['waitpid'] * 4 + ['wait', 'wait3', 'wait4', 'any', 'raw', 'waitid', 'peek', 'nohang', 'none', 'all', 'all']
ENVS = ['same'] * 4 + ['empty', 'null', 'many', 'twice']
EXECS = ['execve', 'execv', 'execvp', 'execvpe', 'execl', 'execlp', 'execle', 'fexecve', 'path_fexecve', 'execveat', 'relative',
         'raw']
TARGETS = ['leaf_dyn'] * 4 + ['leaf_static', 'leaf_32', 'leaf_32_static', 'leaf_musl', 'leaf_asan', 'to_sh', 'to_words', 'to_blank',
                              'to_asan', 'to_asan_open', 'to_32', 'to_musl', 'to_env', 'to_script', 'no_line', 'no_interpreter',
                              'not_executable', 'folder', 'missing', 'leaf_other_user', 'to_other_user']
UNEDITED = ['leaf_dyn', 'leaf_static', 'to_sh', 'missing', 'folder', 'not_executable']  # by a system call of its own: nobody can edit
SHOWN = ['env', 'mask', 'dispositions', 'limits', 'children', 'descriptors', 'self']
EXITS = ['exit', '_exit', '_Exit', 'quick_exit', 'exit_group', 'abort', 'signal', 'thread_exit']
COMMANDS = ['exit 3', 'leaf_dyn; exit 4', 'exec leaf_static', 'kill -9 $$', '(leaf_dyn) | cat', 'leaf_dyn & wait', 'true', 'leaf_asan',
            'leaf_32', 'leaf_musl puts', 'to_asan']


class Maker:
    """One program from one seed."""

    def __init__(self, seed):
        self.dice = random.Random(f'life {seed}')
        self.left = self.dice.randint(2, 20)  # steps that may still be made
        self.form = 'dyn'

    def program(self):
        """All of it."""
        self.form = self.dice.choice(FORMS)
        made = {'scene': self.scene(), 'form': self.form}
        if self.form in SCRIPTS:
            return made | {'main': self.script(2) + [self.script_end()]}
        made['main'] = self.steps('main', 3)
        for part in ('ctor', 'dtor'):
            if self.dice.random() < 0.15:
                made[part] = self.steps(part, 1)
        if self.form == 'dyn' and self.dice.random() < 0.2:
            made['lib'] = {'how': self.dice.choice(['needed', 'opened']), 'ctor': self.steps('ctor', 1),
                           'dtor': self.steps('dtor', 1)}
        return made

    def scene(self):
        """Mostly nothing; else one thing or two."""
        odd = {'subreaper': True, 'ignore': self.dice.choice([17, 13, 2, 15]), 'block': self.dice.choice([17, 15, 14, 2]),
               'umask': self.dice.choice(['0', '777', '77']), 'stack': self.dice.choice([128, 256, 1024]),
               'descriptors': self.dice.choice([4, 8, 64]), 'variables': 600, 'close': self.dice.choice([0, 1, 2]),
               'stdout': self.dice.choice(['broken', 'full']), 'user': True, 'processes': self.dice.choice([2, 3, 5, 8]), 'slow': True}
        chosen = self.dice.sample(sorted(odd), self.dice.choice([0, 0, 1, 1, 2]))
        return {name: odd[name] for name in chosen}

    def steps(self, where, depth):
        """Some steps, the last of which ends what they are in, or doesn't."""
        made = []
        if where == 'handler':
            made.append(self.make_show(0))
        for _ in range(self.dice.randint(1, 5)):
            if self.left <= 0:
                break
            self.left -= 1
            made.append(self.step(where, depth))
        if where in ('main', 'fork', 'clone', 'vfork') or self.dice.random() < 0.3:
            made.append(self.end(where))
        return made

    def end(self, where):
        """How a process ends, or what returns into it."""
        if where == 'vfork':
            how = self.dice.choice(['_exit', '_exit', 'exec', 'exec', 'exit', 'signal', 'exit_group'])
        else:
            how = self.dice.choice(['return'] * 4 + EXITS + ['exec'] * 2)
        if how == 'exec':
            return self.exec_step()
        number = self.dice.choice(DEADLY) if how == 'signal' else self.dice.choice([0, 0, 1, 3, 42, 255])
        return {'op': 'end', 'how': how, 'number': number}

    def exec_step(self):
        """Become a target."""
        how = self.dice.choice(EXECS)
        is_raw = how == 'raw' or (how == 'execveat' and self.form == 'musl')  # which has no such function
        return {'op': 'exec', 'how': how, 'target': self.dice.choice(UNEDITED if is_raw else TARGETS),
                'env': self.dice.choice(ENVS)}

    def step(self, where, depth):
        """One step. A child that borrows memory, and what has no depth left, does simple things."""
        simple = ['say', 'puts', 'show', 'show', 'flush', 'block', 'raise', 'environ', 'limit', 'close', 'spoil', 'fill', 'no_privileges']
        more = ['fork'] * 4 + ['vfork'] * 2 + ['clone', 'spawn', 'spawn', 'system', 'popen', 'wordexp', 'thread', 'thread', 'atexit',
                'atexit', 'on_exit', 'at_quick_exit', 'handle', 'kill_child', 'lock', 'reaper', 'session', 'orphan', 'daemon',
                'new_ids', 'namespace', 'failing_exec', 'hold', 'terminal', 'filter', 'rewritten', 'largest']
        if where in ('vfork', 'clone'):
            name = self.dice.choice(['say', 'show', 'failing_exec', 'no_privileges'])
        else:
            name = self.dice.choice(simple + (more * 2 if depth > 0 else ['spawn', 'system', 'kill_child']))
        return getattr(self, 'make_' + name, lambda depth: {'op': name})(depth)

    # Each of these makes the step of its name.
    def make_puts(self, _):
        return {'op': 'puts', 'line': self.dice.random() < 0.8}

    def make_show(self, _):
        return {'op': 'show', 'what': self.dice.choice(SHOWN)}

    def make_block(self, _):
        return {'op': 'block', 'signal': self.dice.choice(SIGNALS)}

    def make_raise(self, _):
        return {'op': 'raise', 'signal': self.dice.choice(SIGNALS)}

    def make_environ(self, _):
        return {'op': 'environ', 'how': self.dice.choice(['clear', 'null', 'none', 'no_preload', 'home', 'more'])}

    def make_limit(self, _):
        what, value = self.dice.choice([('RLIMIT_NOFILE', 4), ('RLIMIT_NOFILE', 16), ('RLIMIT_STACK', 131072), ('RLIMIT_FSIZE', 0),
                                        ('RLIMIT_NPROC', 1), ('RLIMIT_CORE', 0)])
        return {'op': 'limit', 'what': what, 'value': value}

    def make_close(self, _):
        return {'op': 'close', 'which': self.dice.choice(['0', '1', '2', 'others', 'all'])}

    def make_spoil(self, _):
        return {'op': 'spoil', 'how': self.dice.choice(['broken', 'full'])}

    def make_fork(self, depth):
        return {'op': 'fork', 'how': self.dice.choice(['fork', 'fork', 'fork', 'raw', 'raw_clone']),
                'wait': self.dice.choice(WAITS), 'body': self.steps('fork', depth - 1)}

    def make_orphan(self, depth):
        return {'op': 'orphan', 'body': self.steps('fork', depth - 1)}

    def make_daemon(self, depth):
        return {'op': 'daemon'}

    def make_vfork(self, depth):
        return {'op': 'vfork', 'wait': self.dice.choice(WAITS), 'body': self.steps('vfork', depth - 1)}

    def make_clone(self, depth):
        return {'op': 'clone', 'flags': self.dice.choice(['0', 'CLONE_VM | CLONE_VFORK', 'CLONE_VFORK', 'CLONE_FILES']),
                'wait': self.dice.choice(WAITS), 'body': self.steps('clone', depth - 1)}

    def make_spawn(self, _):
        return {'op': 'spawn', 'how': self.dice.choice(['plain', 'plain', 'path', 'mask', 'group', 'files', 'chdir']),
                'target': self.dice.choice(TARGETS), 'env': self.dice.choice(ENVS), 'wait': self.dice.choice(WAITS)}

    def make_failing_exec(self, _):
        return {'op': 'exec', 'how': self.dice.choice(EXECS), 'target': self.dice.choice(['missing', 'folder', 'not_executable']),
                'env': self.dice.choice(ENVS)}

    def make_system(self, _):
        return {'op': 'system', 'command': self.dice.choice(COMMANDS)}

    def make_popen(self, _):
        return {'op': 'popen', 'command': self.dice.choice(COMMANDS)}

    def make_thread(self, depth):
        return {'op': 'thread', 'how': self.dice.choice(['joined', 'joined', 'small', 'left']),
                'body': self.steps('thread', depth - 1)}

    def make_atexit(self, depth):
        return {'op': 'atexit', 'body': self.steps('handler', depth - 1)}

    def make_on_exit(self, depth):
        return {'op': 'on_exit', 'body': self.steps('handler', depth - 1)}

    def make_at_quick_exit(self, depth):
        return {'op': 'at_quick_exit', 'body': self.steps('handler', depth - 1)}

    def make_handle(self, depth):
        return {'op': 'handle', 'signal': self.dice.choice(SIGNALS), 'small': self.dice.random() < 0.3,
                'flags': self.dice.choice(['0', 'SA_RESTART', 'SA_RESETHAND', 'SA_NOCLDWAIT']),
                'body': self.steps('handler', depth - 1)}

    def make_kill_child(self, _):
        return {'op': 'kill_child', 'signal': self.dice.choice(DEADLY)}

    def make_new_ids(self, _):
        return {'op': 'new_ids', 'id': 65534}

    def make_hold(self, _):
        return {'op': 'hold', 'target': self.dice.choice(TARGETS)}

    def make_rewritten(self, _):
        return {'op': 'rewritten', 'how': self.dice.choice(['script', 'link']), 'first': self.dice.choice(['leaf_dyn', 'leaf_32', 'leaf_asan']),
                'second': self.dice.choice(['leaf_asan', 'leaf_32', 'leaf_dyn'])}

    def make_terminal(self, _):
        return {'op': 'terminal', 'target': self.dice.choice(TARGETS)}

    def make_namespace(self, _):
        return {'op': 'namespace', 'flags': self.dice.choice(['CLONE_NEWUSER', 'CLONE_NEWPID', 'CLONE_NEWNS', 'CLONE_NEWUTS'])}

    # Scripts.
    def script(self, depth):
        """Some steps of a shell."""
        made = []
        for _ in range(self.dice.randint(1, 4)):
            self.left -= 1
            made.append(self.script_step(depth if self.left > 0 else 0))
        return made

    def script_step(self, depth):
        """One step of a shell."""
        name = self.dice.choice(['run', 'run', 'run', 'line', 'line'] + ['subshell', 'pipe', 'background', 'trap', 'group'] * (depth > 0))
        if name == 'run':
            return {'op': 'run', 'words': self.dice.choice(['', '', 'env -i PATH="$PATH" ', 'nohup ', 'A=1 ', 'exec 3>&1; ', 'env -u LD_PRELOAD ',
                                                            'timeout 5 ', 'command ', 'setsid ', 'nice ']),
                    'target': self.dice.choice(TARGETS)}
        if name == 'line':
            return {'op': 'line', 'text': self.dice.choice(
                ['umask 777', 'ulimit -n 16', 'ulimit -s 256', 'exec 1>&-', 'exec 0<&-', 'exec 2>/dev/null', 'trap "" CHLD', 'set -e',
                 'unset LD_PRELOAD', 'cd /', 'echo text', 'x=$(leaf_dyn puts); say "got $x"', 'eval "exit 3" | cat', 'sh -c "kill -9 \\$\\$"',
                 'cat <<E | leaf_dyn puts\ntext\nE', 'test "$(echo $(leaf_dyn puts))" = leaf', 'leaf_dyn puts | leaf_32 puts | leaf_musl',
                 'f() { leaf_dyn; return 2; }; f', 'kill -USR1 $$', '(exec leaf_32)', '(trap - PIPE; yes) | head -1', '! leaf_dyn', 'exec 0</dev/null',
                 'for i in 1 2 3; do export A$i=$i; done', 'exec 1>/dev/full', 'false || say or', 'PATH=/nowhere:$PATH', 'ulimit -f 0'])}
        if name == 'trap':
            return {'op': 'trap', 'signal': self.dice.choice(['EXIT', 'EXIT', 'TERM', 'CHLD', 'INT']), 'body': self.script(depth - 1)}
        return {'op': name, 'body': self.script(depth - 1)}

    def script_end(self):
        """How a script ends."""
        return {'op': 'line', 'text': self.dice.choice(['exit 0', 'exit 3', 'kill -9 $$', 'kill -TERM $$', 'exec leaf_dyn', 'exec leaf_static',
                                                        'exec to_sh', ':', 'exec missing', 'exec leaf_asan', 'wait'])}


def make(seed, avoided=()):
    """The program of a seed: the first of its row that has nothing that is avoided."""
    for turn in range(1000):
        made = Maker(f'{seed}.{turn}').program()
        if not any(shows(made) for shows in avoided):
            return made
    raise RuntimeError('everything is avoided')


def steps_of(tree):
    """Every step in a program, or in a part of one."""
    if isinstance(tree, dict):
        if 'op' in tree:
            yield tree
        for part in tree.values():
            yield from steps_of(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from steps_of(part)
