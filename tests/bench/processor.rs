//! What a process and those that it has started take of the machine, from /proc.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

/// How long one tick of the times in /proc is: USER_HZ, 100 on every Linux in use.
const TICK: Duration = Duration::from_millis(10);

/// `process` and all that it has started and that still run.
fn family(process: u32) -> BTreeSet<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .expect("this benchmark runs on Linux")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, u32::try_from(stat(id)?[1]).ok()?)))
        .collect();
    let mut family = BTreeSet::from([process]);
    loop {
        let known = family.len();
        for (id, parent) in &parents {
            if family.contains(parent) {
                family.insert(*id);
            }
        }
        if family.len() == known {
            return family;
        }
    }
}

/// The numbers of `/proc/ID/stat` behind the name, of which the first, a letter, counts as 0.
fn stat(id: u32) -> Option<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, numbers) = text.rsplit_once(") ")?;
    let number = |word: &str| word.parse().unwrap_or_default();
    Some(numbers.split(' ').map(number).collect())
}

/// The processor time of `process`, of all that it has started, and of those of them that it has
/// seen end.
pub(crate) fn time(process: u32) -> Duration {
    let ticks: u64 = family(process)
        .into_iter()
        .filter_map(stat)
        .map(|stat| stat[11..=14].iter().sum::<u64>())
        .sum();
    TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// The processor time of all that this program has started and seen end.
pub(crate) fn ended() -> Duration {
    let stat = stat(std::process::id()).expect("this program has its times in /proc");
    TICK * u32::try_from(stat[13] + stat[14]).unwrap_or(u32::MAX)
}

/// The resident memory of `process` alone and of all that it has started, in MiB.
pub(crate) fn memory(process: u32) -> (f64, f64) {
    let resident = |id: u32| {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kibibytes.unwrap_or_default() / 1024.0
    };
    let others = family(process).into_iter().filter(|id| *id != process);
    (resident(process), others.map(resident).sum())
}

/// Ends `process` and all that it has started.
pub(crate) fn end(process: &mut Child) {
    let family = family(process.id());
    let _ = process.kill();
    let _ = process.wait();
    for id in family {
        // Some have ended with it. There is no other way to signal a process without `unsafe`.
        let _ = Command::new("kill")
            .args(["-9", &id.to_string()])
            .stderr(std::process::Stdio::null())
            .status();
    }
}
