# SPDX-License-Identifier: MIT
"""Secrets of many forms in many places of a real job, and a search for them wherever dtrack writes."""
import os

import forms
import tap
from planting import Planted, found, read_tree
from refusing import Refusing
from shim import processes

# Written raw by others than dtrack: these stay in the spool, and go no further.
RAW_IN_SPOOL = ('lines',)
CREDENTIALS = 'credentials'


def none_of(secrets, data, where):
    """End the running test when the bytes hold one."""
    left = found(secrets, data)
    tap.check(not left, f'{len(left)} secrets are in {where}: {left[:5]}')


def stored(**variables):
    """A job that has been stored, in a sandbox to be closed."""
    job = Planted(**variables)
    tap.same(job.finish(job.start()), b'', 'what the job complained about')
    return job


def refused_by(server, job):
    """Give the job a store that refuses, with credentials in every place that takes them."""
    job.variables.update(
        DTRACK_STORE=f"azure://runs azure://other?sv=2021&sig={job.new(CREDENTIALS)}",
        AZURE_STORAGE_CONNECTION_STRING=f'BlobEndpoint=http://127.0.0.1:{server.port}/account;'
        f"SharedAccessSignature=sv=2021-08-06&ss=b&sig={job.new(CREDENTIALS)}")


def a_search_finds_what_is_there():
    with stored(DTRACK_ARGS='full') as job:
        tap.check(len(job.all()) >= 120, f'only {len(job.all())} secrets are planted')
        tap.same(len(set(job.all())), len(job.all()), 'number of different secrets')
        rows = read_tree(job.store).replace(b'\\"', b'"').replace(b'\\\\', b'\\')
        tap.same(sorted(found(job.secrets['arguments'], rows)), sorted(job.secrets['arguments']),
                 'what DTRACK_ARGS=full keeps')
        none_of(job.all('arguments', 'marks', 'folders'), rows, 'the store with DTRACK_ARGS=full')


def no_secret_is_in_the_store_or_shown():
    with stored() as job:
        tap.check(len(processes(job.outcome())) > 120, 'not every process was recorded')
        none_of(job.all(), read_tree(job.store), 'the store')
        for words in (['show'], ['runs'], ['runs', '--json'], ['export', '--format', 'ndjson'], ['collection', 'show']):
            out = job.dtrack(*words)
            tap.check(len(out) > 40, f'dtrack {words} prints {out!r}')
            none_of(job.all(), out, f'the output of dtrack {words}')


def only_names_of_programs_are_kept_when_asked():
    with stored(DTRACK_ARGS='name') as job:
        none_of(job.all(), read_tree(job.store), 'the store with DTRACK_ARGS=name')
        rows = processes(job.outcome(), 'curl')
        tap.check(rows and all(row['args'] == ['curl'] and row['args_cut'] for row in rows), f'curl was kept as {rows[:1]}')


def no_secret_is_in_the_spool_of_a_job_that_runs():
    with Planted() as job:
        process = job.start()
        spool = read_tree(job.spool)
        tap.check(b'kubectl' in spool, 'the spool holds no command line')
        none_of(job.all(*RAW_IN_SPOOL), spool, 'the spool')
        shown = job.dtrack('show')
        tap.check(b'kubectl' in shown, f'a running job is shown as {shown!r}')
        none_of(job.all(), shown, 'what is shown of a running job')
        job.finish(process)


def no_secret_is_in_what_a_refused_job_leaves_and_says():
    with Refusing() as server, Planted() as job:
        refused_by(server, job)
        complaint = job.finish(job.start())
        tap.check(b'dtrack' in complaint, f'a refused job complains {complaint!r}')
        none_of(job.all(), complaint, 'the complaint')
        tap.check(os.listdir(job.spool), 'the run was not kept')
        none_of(job.all(*RAW_IN_SPOOL), read_tree(job.spool), 'the spool that was kept')
        said = job.dtrack('flush')
        tap.check(b'kept' in said, f'flush says {said!r}')
        none_of(job.all(), said, 'what flush says')
        for words in (['runs'], ['collection', 'show'], ['export', '--format', 'ndjson']):
            none_of(job.all(), job.dtrack(*words), f'the output of dtrack {words}')


def no_secret_in_a_mistyped_store_is_quoted_or_kept():
    with Planted() as job:
        for url in ('https://me:{}@h/c?sig={}', 's3://me:{}@b', 'azure://me:{}@c', 'azure://c?sv=1&sig={}', 'file://me:{}@h/x',
                    'DefaultEndpointsProtocol=https;AccountName=n;AccountKey={}', 'SharedAccessSignature=sv=1&sig={}'):
            job.variables['DTRACK_STORE'] = url.replace('{}', job.new(CREDENTIALS))
            said = job.run('true').stderr.encode()
            tap.check(b'cannot open' in said, f'{url}: {said!r}')
            none_of(job.all(), said + job.dtrack('runs') + job.dtrack('flush'), f'the complaint about {url}')
        none_of(job.all(), read_tree(job.spool), 'the spool')


def rules_that_cannot_be_read_keep_the_run_until_they_can():
    with Planted() as job:
        words = os.path.join(job.path, 'words')
        for rules, complaint in (('pin,--phrase', b'word 2'), (f'file:{words}', b'No such file'), ('file:words', b'absolute'),
                                 ('two words', b'word 1')):
            job.variables['DTRACK_REDACT'] = rules
            said = job.run('true').stderr.encode()
            tap.check(b'DTRACK_REDACT' in said and complaint in said and said.count(b'\n') == 1, f'{rules}: {said!r}')
            tap.check(b'DTRACK_REDACT' in job.dtrack('flush'), f'{rules}: flush says nothing')
        tap.same(sum(name.startswith('run-') for name in os.listdir(job.spool)), 4, 'number of kept runs')
        with open(words, 'w', encoding='ascii') as file:
            file.write('# ours\n  deploy-phrase \n\ncorp-pin # and this\n')
        job.variables['DTRACK_REDACT'] = f'file:{words}'
        tap.same(job.dtrack('flush').count(b'stored'), 4, 'number of runs stored in the end')


def a_mistake_in_the_rules_is_neither_said_nor_kept():
    """Somebody gives the secret itself, not its name; in the variable, or in a file."""
    with Planted() as job:
        words = os.path.join(job.path, 'words')
        for rules in ('{}!', 'pin,{} x', 'pin,--{}', 'file:{}', 'file:/{}', 'file:' + words, '{}=x', '"{}"', '\t{}\x1b'):
            secret = job.new('rules')
            with open(words, 'w', encoding='ascii') as file:
                file.write(f'# ours\n\n{secret}!x\n')
            job.variables['DTRACK_REDACT'] = rules.replace('{}', secret)
            said = job.run('true').stderr.encode()
            tap.check(b'DTRACK_REDACT' in said, f'{rules}: {said!r}')
            none_of(job.all(), said, f'the complaint about {rules}')
            none_of(job.all(), job.dtrack('flush') + job.dtrack('show') + job.dtrack('runs'), f'what is said of {rules}')
            none_of(job.all(), read_tree(job.spool) + read_tree(job.store), f'what is kept with {rules}')


def a_file_may_hold_the_users_words():
    with Planted() as job:
        words = os.path.join(job.path, 'words')
        with open(words, 'w', encoding='ascii') as file:
            file.write('\n'.join(forms.RULES.split(',')))
        job.variables['DTRACK_REDACT'] = f'file:{words}'
        tap.same(job.finish(job.start()), b'', 'what the job complained about')
        none_of(job.all(), read_tree(job.store), 'the store')


def guardian_of(job):
    """The process that guards the job's run."""
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as file:
                words = file.read().split(b'\0')
        except OSError:
            continue
        if b'--guard' in words and any(word.startswith(job.spool.encode()) for word in words):
            return pid
    raise tap.Failure('the run has no guardian')


def memory_of(pid):
    """What a process holds: the bytes of its stack, where its environment is, and of all the rest."""
    stack, rest = [], []
    with open(f'/proc/{pid}/maps', encoding='ascii', errors='replace') as maps, open(f'/proc/{pid}/mem', 'rb') as memory:
        for line in maps:
            start, end = (int(part, 16) for part in line.split()[0].split('-'))
            if not line.split()[1].startswith('rw'):
                continue
            memory.seek(start)
            (stack if '[stack]' in line else rest).append(memory.read(end - start))
    return b''.join(stack), b''.join(rest)


def memory_while_sending_holds_the_environment_and_what_it_must_read():
    tap.needs_plain_build('their memory is too large to be read')
    with Refusing() as server, Planted() as job:
        refused_by(server, job)
        server.answers.clear()
        process = job.start()
        process.stdin.write(b'\n')
        process.stdin.flush()
        tap.check(server.asked.wait(60), 'the store was not asked')
        try:
            stack, rest = memory_of(guardian_of(job))
        except PermissionError as error:
            raise tap.Skip(f'memory of other processes cannot be read: {error}') from error
        finally:
            server.answers.set()
            job.finish(process)
        tap.same(sorted(found(job.secrets['environment'], stack)), sorted(job.secrets['environment']),
                 'the environment in the memory')
        none_of(job.all('environment', 'ci', 'name', CREDENTIALS), stack, 'the stack')
        none_of(job.all(*RAW_IN_SPOOL, CREDENTIALS), rest, 'the memory')


tap.run([a_search_finds_what_is_there, no_secret_is_in_the_store_or_shown, only_names_of_programs_are_kept_when_asked,
         no_secret_is_in_the_spool_of_a_job_that_runs, no_secret_is_in_what_a_refused_job_leaves_and_says,
         no_secret_in_a_mistyped_store_is_quoted_or_kept, rules_that_cannot_be_read_keep_the_run_until_they_can,
         a_mistake_in_the_rules_is_neither_said_nor_kept, a_file_may_hold_the_users_words,
         memory_while_sending_holds_the_environment_and_what_it_must_read])
