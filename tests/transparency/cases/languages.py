# SPDX-License-Identifier: MIT
"""Other languages' ways to start processes: Perl, Node, Java, Rust, Tcl, and whichever else is here."""
from case import Case, sh

PERL_HEAD = 'use strict; use POSIX qw(:sys_wait_h); $| = 1; my $view = $ENV{VIEW};\n'
NODE_HEAD = "const cp = require('child_process'); const view = process.env.VIEW;\n"
JAVA = r'''
cat > Main.java <<'END'
import java.io.*;
import java.util.*;
public class Main {
    static String run(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes());
        return text + "status " + process.waitFor();
    }
    public static void main(String[] arguments) throws Exception {
        System.out.println(run(new ProcessBuilder("sh", "-c", "echo from sh; exit 3")));
        System.out.println(run(new ProcessBuilder(System.getenv("VIEW"), "4")));
        System.out.println(run(new ProcessBuilder("pwd").directory(new File("/"))));
        ProcessBuilder clean = new ProcessBuilder("/usr/bin/env");
        clean.environment().clear();
        System.out.println(run(clean));
        try {
            run(new ProcessBuilder("/nonexistent"));
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
        Process sleeper = new ProcessBuilder("sleep", "9").start();
        sleeper.destroy();
        System.out.println(sleeper.waitFor());
        System.out.println(Runtime.getRuntime().exec("false").waitFor());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        System.exit(5);
    }
}
END
'''
RUST = r'''
cat > main.rs <<'END'
use std::os::unix::process::CommandExt;
use std::process::{exit, Command};
fn main() {
    println!("{:?}", Command::new("sh").args(["-c", "exit 3"]).status());
    println!("{:?}", Command::new("/nonexistent").status().map_err(|e| e.kind()));
    println!("{:?}", Command::new("pwd").current_dir("/").output());
    println!("{:?}", Command::new("/usr/bin/env").env_clear().output().map(|o| o.status));
    println!("{:?}", Command::new(std::env::var("VIEW").unwrap()).process_group(0).status());
    println!("{:?}", std::thread::spawn(|| Command::new("false").status()).join().unwrap());
    exit(if Command::new("sh").args(["-c", "kill -9 $$"]).status().unwrap().success() { 1 } else { 5 })
}
END
'''
NODE_FILES = r'''
cat > parent.js <<'END'
const p = require('child_process').fork('child.js', ['x'], {execArgv: []});
p.on('message', m => { console.log('parent got', m); p.send('leave') }).on('exit', (c, s) => console.log(c, s));
END
cat > child.js <<'END'
process.on('message', m => process.exit(5));
process.send({argv: process.argv.slice(2), channel: process.channel !== undefined});
END
cat > cluster.js <<'END'
const cluster = require('cluster'), {Worker} = require('worker_threads');
if (!cluster.isPrimary)
    process.exit(2);
cluster.fork().on('exit', (c, s) => console.log(c, s));
const work = "require('child_process').execSync('/bin/true'); process.exit(3)";
new Worker(work, {eval: true}).on('exit', c => console.log('worker', c));
END
'''
TCL = r'''
log_user 0
puts [exec echo a | cat]
catch {exec sh -c "exit 3"} e o
puts $e
puts [lrange [dict get $o -errorcode] 2 2]
spawn sh -c "read x; echo got \$x; exit 5"
send "typed\n"
expect "got typed"
expect eof
puts [lindex [wait] 3]
puts [exec $env(VIEW) 2>@stderr]
'''


def perl(name, text, **options):
    """A case that is a Perl script."""
    options.setdefault('names', ('perl', 'view'))
    return Case(f'perl_{name}', ('perl', '-e', PERL_HEAD + text), needs=('perl',), **options)


def node(name, text, **options):
    """A case that is a Node script."""
    options.setdefault('names', ('node', 'view'))
    return Case(f'node_{name}', ('node', '-e', NODE_HEAD + text), needs=('node',), **options)


CASES = [
    perl('fork_kinds', r'''
for my $leave (sub { exit 3 }, sub { exit 300 }, sub { kill 9, $$ }, sub { POSIX::_exit(4) }, sub { exec $view, 5 },
               sub { no warnings; exec "/nonexistent" or exit 6 }) {
    my $p = fork;
    $leave->() unless $p;
    print waitpid($p, 0) == $p, " $?\n";
}
print wait, " $!\n";
END { print "end block\n" if $? == 7 }
my $p = fork;
exit 7 unless $p;
1 until waitpid($p, WNOHANG) == $p;
print "$?\n";
for my $handler ("IGNORE", sub { print "child\n" }) {
    local $SIG{CHLD} = $handler;
    my $q = fork;
    exit 0 unless $q;
    select undef, undef, undef, 0.1;
    print wait == $q, " $?\n";
}
'''),
    perl('system_and_backticks', r'''
print system("exit 3"), " $?\n";
print system($view, 4), "\n";
print `echo a; exit 5`, "$?\n";
my @lines = `seq 3`;
print scalar @lines, "\n";
print system { "sh" } "renamed", "-c", 'echo $0; kill -9 $$';
print "\n";
no warnings;
print system("/nonexistent"), " $!\n";
print qx{$view >/dev/null; echo \$?};
'''),
    perl('open_kinds', r'''
use IPC::Open2;
use IPC::Open3;
open my $f, "-|", "sh", "-c", "echo a; exit 3";
print <$f>;
close $f;
print "$?\n";
open $f, "| cat; exit 4";
print $f "b\n";
close $f;
print "$?\n";
my $p = open3(my $in, my $out, undef, "cat; echo err >&2; exit 5");
print $in "c\n";
close $in;
print sort <$out>;
waitpid $p, 0;
print "$?\n";
$p = open2(my $o, my $i, $view);
close $i;
print <$o>;
waitpid $p, 0;
my $q = open $f, "-|";
if (!$q) {
    print "child\n";
    exit 6;
}
print <$f>;
close $f;
print "$?\n";
'''),
    perl('alarm_and_exec', r'''
use Time::HiRes qw(ualarm);
$SIG{ALRM} = sub { print "alarm\n" };
ualarm 50000;
wait;
select undef, undef, undef, 0.2;
print "end\n";
alarm 9;
exec $view, 8;
'''),
    perl('dies', r'system $view; die "dead\n"'),
    perl('leaves_with_an_alarm_set', 'use Time::HiRes qw(ualarm); system $view; ualarm 3000; exit 3'),
    node('exec_kinds', r'''
cp.exec('echo a; exit 3', (e, out) => {
    console.log(e.code, out);
    cp.execFile(view, ['4'], (e, out) => {
        console.log(e.code, out);
        cp.execFile('/nonexistent', e => {
            console.log(e.code);
            cp.exec('exec sleep 5', {timeout: 50}, e => console.log(e.killed, e.signal));
        });
    });
});
'''),
    node('spawn_kinds', r'''
const fs = require('fs');
const done = (name, p) => new Promise(r => p.on('exit', (c, s) => r(console.log(name, c, s))));
(async () => {
    await done('inherit', cp.spawn(view, ['3'], {stdio: 'inherit'}));
    await done('ignore', cp.spawn(view, ['3'], {stdio: 'ignore'}));
    const p = cp.spawn('cat', {stdio: ['pipe', 'pipe', 'inherit']});
    p.stdout.on('data', d => console.log(String(d)));
    p.stdin.end('through cat');
    await done('cat', p);
    const stdio = ['ignore', 'inherit', 'inherit', 'pipe', fs.openSync('/dev/null', 'r')];
    await done('descriptors', cp.spawn(view, {stdio: stdio}));
    await done('environment', cp.spawn(view, {stdio: 'inherit', env: {}, cwd: '/', argv0: 'renamed'}));
    const d = cp.spawn(view, {detached: true, stdio: 'inherit'});
    d.unref();
    await done('detached', d);
    const k = cp.spawn('sleep', ['5']);
    k.kill();
    await done('killed', k);
    await done('shell', cp.spawn('exit 6', {shell: true}));
    cp.spawn('/nonexistent').on('error', e => console.log(e.code));
    process.on('exit', c => console.log('leaving', c));
    process.exitCode = 7;
})();
'''),
    node('sync_kinds', r'''
const r = cp.spawnSync('sh', ['-c', 'cat; echo err >&2; exit 3'], {input: 'in'});
console.log(r.status, String(r.stdout), String(r.stderr));
console.log(cp.spawnSync('sleep', ['5'], {timeout: 50}).signal, cp.spawnSync('sh', ['-c', 'kill -9 $$']).signal);
console.log(cp.spawnSync('/nonexistent').error.code, String(cp.execSync('echo a')));
console.log(cp.spawnSync(view, {stdio: 'inherit'}).status);
process.exit(4);
'''),
    Case('node_fork', ('node', 'parent.js'), needs=('node',), setup=NODE_FILES),
    Case('node_cluster_and_workers', ('node', 'cluster.js'), needs=('node',), setup=NODE_FILES, normal=('order',),
         names=('node', 'true')),
    node('uncaught_error', "cp.execFileSync(view); throw new Error('thrown')"),
    node('is_killed', r'''
cp.execFileSync(view);
process.kill(process.pid, 'SIGTERM');
setTimeout(() => 0, 5000);
''', under=('preload', 'run')),
    Case('java_version', ('java', '-version'), needs=('java',)),
    sh('java_process_builder', 'javac Main.java && java Main; echo $?', setup=JAVA, needs=('java', 'javac'),
       names=('java', 'javac', 'view'), files=('*.class',)),
    sh('rust_kinds', 'rustc -C debuginfo=0 main.rs && ./main; echo $?', setup=RUST, needs=('rustc',),
       names=('rustc', 'main', 'view'), files=('main',)),
    Case('tcl_exec', ('expect', '-c', TCL), needs=('expect',), names=('expect', 'view')),
    Case('ruby_kinds', ('ruby', '-e', r'''
system("exit 3")
p $?.exitstatus
puts `echo a`
p Process.wait2(fork { exit! 4 })[1].exitstatus
Process.wait spawn(ENV["VIEW"])
exec ENV["VIEW"]
'''), needs=('ruby',), names=('ruby', 'view')),
    Case('php_kinds', ('php', '-r', r'''
system("exit 3", $r);
echo $r, shell_exec("echo a");
passthru(getenv("VIEW"));
echo proc_close(proc_open("exit 4", [], $pipes));
'''), needs=('php',), names=('php', 'view')),
    Case('sqlite_shell', ('sqlite3', ':memory:', '.shell echo a; exit 3'), needs=('sqlite3',), names=('sqlite3', 'sh')),
    Case('vim_shell', ('vim', '-u', 'NONE', '-es', '-c', '!echo a; exit 3', '-c', 'r !echo b', '-c', 'w out', '-c', 'q!'),
         needs=('vim',), names=('vim', 'sh')),
]
