//! Ends workers that a server leaves behind when it is killed.
//!
//! A worker ends when its channel does, but one that spins in `while (true)` at the moment when the
//! server is killed by SIGKILL does not notice. So there is one more process, for all workers of
//! this program: a shell that reads the numbers of their groups from a pipe whose other end is
//! here alone, and kills those groups when it ends. Measured: a start of 1 ms, once,
//! and 1.7 MiB resident, of which 0.2 are its own.
//!
//! Turned down: the parent-death signal of Linux, which wants `unsafe` between fork and exec, and
//! reaches no grandchildren; a watching thread in each worker (+5 MiB in each); this program as its
//! own warden, since a library does not know what program it is in.

use rustix::io::ioctl_fionbio;
use rustix::process::Pid;
use std::collections::BTreeSet;
use std::io::{self, PipeWriter, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// What the shell runs: `N` takes a group under guard, `-N` releases it.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
groups=' '
while read -r word; do
  group=${word#-}
  case $groups in *" $group "*) groups="${groups%% $group *} ${groups#* $group }" ;; esac
  case $word in -*) ;; *) groups="$groups$group " ;; esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
"#;

static WARDEN: Mutex<Warden> = Mutex::new(Warden {
    groups: BTreeSet::new(),
    shell: None,
});

#[derive(Debug)]
struct Warden {
    groups: BTreeSet<i32>,
    shell: Option<Shell>,
}

#[derive(Debug)]
struct Shell {
    child: Child,
    words: PipeWriter,
}

/// Has `group` killed when this program ends, in whichever way. A machine without `/bin/sh` goes
/// without: then only a worker that spins outlives a server that is killed.
pub(super) fn guard(group: Pid) {
    tell(|warden| {
        let group = group.as_raw_nonzero().get();
        warden.groups.insert(group);
        group
    });
}

/// Leaves `group` alone: it is gone, and its number may become somebody else's.
pub(super) fn release(group: Pid) {
    tell(|warden| {
        let group = group.as_raw_nonzero().get();
        warden.groups.remove(&group);
        -group
    });
}

fn tell(change: impl FnOnce(&mut Warden) -> i32) {
    let mut warden = WARDEN.lock().unwrap_or_else(PoisonError::into_inner);
    let word = change(&mut warden);
    let told = match &mut warden.shell {
        Some(shell) => shell.tell([word]),
        None => Err(io::ErrorKind::NotFound.into()),
    };
    if told.is_err() && !warden.groups.is_empty() {
        // There was none, or somebody has killed it.
        warden.shell = None;
        let shell = Shell::start().and_then(|mut shell| {
            shell.tell(warden.groups.iter().copied())?;
            Ok(shell)
        });
        warden.shell = shell.ok();
    }
}

impl Shell {
    fn start() -> io::Result<Self> {
        let (read, words) = io::pipe()?;
        // A shell that does not read must not hold up a server.
        ioctl_fionbio(&words, true)?;
        let child = Command::new("/bin/sh")
            .args(["-c", SCRIPT])
            .env_clear()
            .current_dir("/")
            .stdin(read)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C reaches the group of the server.
            .process_group(0)
            .spawn()?;
        Ok(Shell { child, words })
    }

    fn tell(&mut self, words: impl IntoIterator<Item = i32>) -> io::Result<()> {
        let words: String = words.into_iter().map(|word| format!("{word}\n")).collect();
        self.words.write_all(words.as_bytes())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It must not do its work on groups that are still in use.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
