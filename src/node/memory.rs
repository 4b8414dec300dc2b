//! How much memory a process has.

/// Bytes of memory that the process `pid` has in use, where the system tells it by a file.
pub(crate) fn resident_bytes(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    resident(&status)
}

/// `VmRSS` of a Linux `status` file, which is in KiB.
fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_where_it_is_told() {
        assert_eq!(
            resident("Name:\tnode\nVmRSS:\t   51234 kB\n"),
            Some(51234 * 1024)
        );
        // A process that has ended and is not waited for.
        assert_eq!(resident("Name:\tnode\nState:\tZ (zombie)\n"), None);
        assert_eq!(resident("VmRSS: many kB\n"), None);
        assert_eq!(resident_bytes(u32::MAX), None);
    }
}
