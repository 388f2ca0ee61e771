# SPDX-License-Identifier: MIT
"""Turns a program into text: C, or a script. Knows what each step is in both; life.h has what is longer than a line."""
import program

HEAD = '#include "life.h"\n\n'


class Text:
    """One C file as it grows. Steps are named by their number, and so is all that they say."""

    def __init__(self, form):
        self.form, self.functions, self.number = form, [], 0

    def function(self, head, steps, last='', end='exit'):
        """Write a function; what is inside of it comes before it. `end` is what a return from it would be."""
        lines = [line for step in steps for line in self.step(step, end)]
        self.functions.append(head + '\n{\n' + ''.join(f'    {line}\n' for line in lines + [last] if line) + '}\n\n')

    def body(self, kind, steps):
        """Write the function of a body; its name."""
        self.number += 1
        name = f'{kind}_{self.number}'
        head, last, end = {
            'child': ('void {}(void)', 'exit(0);', 'exit'), 'cloned': ('int {}(void *unused)', '_exit(unused != 0);', '_exit'),
            'thread': ('void *{}(void *unused)', 'return unused;', 'thread'), 'atexit': ('void {}(void)', '', 'handler'),
            'on_exit': ('void {}(int status, void *unused)', '', 'handler'), 'handler': ('void {}(int number)', '', 'handler'),
        }[kind]
        first = {'on_exit': [f'say("{name} %d %d", status, unused != NULL);'], 'handler': [f'say("{name} of %d", number);'],
                 'atexit': [f'say("{name}");']}.get(kind, [])
        self.function('static ' + head.format(name), [{'op': 'text', 'lines': first}] + steps, last, end)
        return name

    def step(self, step, end):
        """The lines of a step."""
        self.number += 1
        name, number = f'"{self.number}"', self.number
        return getattr(self, 'c_' + step['op'], _simple)(step, name, number, end)

    # Each of these writes the step of its name: (step, its name as a C string, its number, how a return ends).
    def c_text(self, step, *_):
        return step['lines']

    def c_end(self, step, name, number, end):
        how, value = step['how'], step['number']
        if how == 'return':
            how = {'exit': 'exit', '_exit': '_exit', 'main': 'return', 'thread': 'return', 'handler': 'return'}[end]
            if how == 'return':
                return [{'main': f'return {value};', 'thread': 'return unused;', 'handler': 'return;'}[end]]
        return [f'say({name} " ends by {how}");', {'exit_group': f'syscall(SYS_exit_group, {value});', 'abort': 'abort();',
                'signal': f'raise({value});', 'thread_exit': 'pthread_exit(NULL);'}.get(how, f'{how}({value});')]

    def c_exec(self, step, name, *_):
        return [f'become({name}, "{step["how"]}", "{step["target"]}", "{step["env"]}");']

    def c_fork(self, step, name, number, _):
        body = self.body('child', step['body'])
        return [f'pid_t pid_{number} = fork_by("{step["how"]}");', f'if (pid_{number} == 0)', f'    {body}();',
                f'await({name}, "{step["wait"]}", pid_{number});']

    def c_orphan(self, step, name, number, _):
        body = self.body('child', step['body'])
        return [f'pid_t pid_{number} = fork();', f'if (pid_{number} == 0) {{', '    if (fork() == 0)', f'        {body}();',
                '    _exit(5);', '}', f'await({name}, "waitpid", pid_{number});']

    def c_daemon(self, step, name, *_):
        return [f'say({name} " daemon %d", daemon(1, 1));']

    def c_vfork(self, step, name, number, _):
        lines = [line for inner in step['body'] for line in self.step(inner, '_exit')]
        return [f'pid_t pid_{number} = vfork();', f'if (pid_{number} == 0) {{'] + ['    ' + line for line in lines] + \
               ['    _exit(0);', '}', f'await({name}, "{step["wait"]}", pid_{number});']

    def c_clone(self, step, name, number, _):
        body = self.body('cloned', step['body'])
        return [f'pid_t pid_{number} = clone_by({step["flags"]}, {body});', f'await({name}, "{step["wait"]}", pid_{number});']

    def c_spawn(self, step, name, number, _):
        return [f'pid_t pid_{number} = spawn({name}, "{step["how"]}", "{step["target"]}", "{step["env"]}");',
                f'await({name}, "{step["wait"]}", pid_{number});']

    def c_system(self, step, name, *_):
        return [f'tell({name}, "system", system("{step["command"]}"));']

    def c_popen(self, step, name, *_):
        return [f'by_popen({name}, "{step["command"]}");']

    def c_thread(self, step, name, *_):
        return [f'start_thread({name}, "{step["how"]}", {self.body("thread", step["body"])});']

    def c_atexit(self, step, name, *_):
        return [f'say({name} " atexit %d", atexit({self.body("atexit", step["body"])}));']

    def c_on_exit(self, step, name, *_):
        if self.form == 'musl':
            return self.c_atexit(step, name)
        return [f'say({name} " on_exit %d", on_exit({self.body("on_exit", step["body"])}, NULL));']

    def c_at_quick_exit(self, step, name, *_):
        return [f'say({name} " at_quick_exit %d", at_quick_exit({self.body("atexit", step["body"])}));']

    def c_handle(self, step, name, *_):
        body = self.body('handler', step['body'])
        return [f'handle({step["signal"]}, {body}, {step["flags"]}, {int(step["small"])});']


def _simple(step, name, number, _):
    """The steps that are one line."""
    return [{
        'say': 'say({name} " is here");',
        'puts': 'printf({name} " out%s", ' + ('"\\n"' if step.get('line') else '""') + ');',
        'flush': 'say({name} " flush %d", fflush(NULL));',
        'show': 'show({name}, "{what}");',
        'block': 'block({name}, {signal});',
        'raise': 'say({name} " raises"); raise({signal});',
        'environ': 'change_environ("{how}");',
        'limit': 'change_limit({what}, {value});',
        'close': 'close_descriptors("{which}");',
        'hold': 'hold_target({name}, "{target}");',
        'terminal': 'on_terminal({name}, "{target}");',
        'filter': 'filter_calls({name});',
        'rewritten': 'run_rewritten({name}, "{how}", "{first}", "{second}");',
        'largest': 'become_largest({name});',
        'no_privileges': 'say({name} " no privileges %d", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));',
        'fill': 'fill_descriptors();',
        'spoil': 'spoil_stdout("{how}");',
        'wordexp': 'by_wordexp({name});',
        'kill_child': 'kill_child({name}, {signal});',
        'lock': 'lock_stdout();',
        'reaper': 'say({name} " reaper %d", prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));',
        'session': 'say({name} " session %d", setsid() > 0);',
        'new_ids': 'say({name} " setuid %d", setuid({id}));',
        'namespace': 'say({name} " unshare %d", unshare({flags}));',
    }[step['op']].format(name=name, **{key: value for key, value in step.items() if key not in ('op', 'line')})]


def c_text(made):
    """The program, and its library if it has one."""
    text = Text(made['form'])
    for part, attribute in (('ctor', 'constructor'), ('dtor', 'destructor')):
        if part in made:
            text.function(f'static __attribute__(({attribute})) void {part}(void)', made[part], end='handler')
    lib = made.get('lib')
    opened = [{'op': 'text', 'lines': ['say("opened %d", dlopen("./liblife.so", RTLD_NOW) != NULL);']}]
    main = (opened if lib and lib['how'] == 'opened' else []) + made['main']
    text.function('int main(void)', main, 'return 0;', 'main')
    return HEAD + ''.join(text.functions)


def lib_text(made):
    """The library alone. Its names begin where those of the program can't be."""
    text = Text(made['form'])
    text.number = 1000
    text.function('static __attribute__((constructor)) void begin(void)', made['lib']['ctor'], end='handler')
    text.function('static __attribute__((destructor)) void end(void)', made['lib']['dtor'], end='handler')
    return HEAD + ''.join(text.functions)


class Script:
    """A script as it grows."""

    def __init__(self):
        self.number = 0

    def lines(self, steps):
        """The lines of some steps, each of which tells how it went."""
        return '\n'.join(self.step(step) for step in steps) or ':'

    def step(self, step):
        """One step."""
        self.number += 1
        told = f'say "{self.number} $?"'
        if step['op'] == 'run':
            return f'{step["words"]}{step["target"]} puts; {told}'
        if step['op'] == 'line':
            return f'{step["text"]}\n{told}'
        if step['op'] == 'trap':
            name = f'on_{self.number}'
            return f'{name}() {{\nsay {name}\n{self.lines(step["body"])}\n}}\ntrap {name} {step["signal"]}'
        inner = self.lines(step['body'])
        return {'subshell': f'(\n{inner}\n); {told}', 'pipe': f'{{\n{inner}\n}} | cat; {told}',
                'background': f'{{\n{inner}\n}} &\nwait $!; {told}', 'group': f'{{\n{inner}\n}}; {told}'}[step['op']]


def script_text(made):
    """The script."""
    head = 'say() { echo "$@" >>/proc/self/fd/190; }\n'
    return f'#!/bin/{made["form"]}\n' + head + Script().lines(made['main']) + '\n'


def text_of(made):
    """For a reader."""
    if made['form'] in program.SCRIPTS:
        return script_text(made)
    return c_text(made) + ('/* its library */\n' + lib_text(made) if 'lib' in made else '')
