//! Whether the disk under a path is encrypted, as the kernel says: dm-crypt below the file system, or a file system that
//! encrypts by itself. Reads `/proc` and `/sys` only.

use std::{
    fs,
    path::{Path, PathBuf},
};

use wardmail_api::incident::DiskState;

/// How many devices may lie on one another (a volume on a container on a partition …).
const DEPTH: usize = 8;

/// Says whether what lies at `path` is encrypted on the disk. `root` is where `/proc` and `/sys` are.
pub(crate) fn under(path: &Path, root: &Path) -> DiskState {
    let Ok(mounts) = fs::read_to_string(root.join("proc/self/mountinfo")) else {
        return DiskState::Unknown;
    };
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let best = mounts
        .lines()
        .filter_map(Mount::parse)
        .filter(|mount| path.starts_with(&mount.at))
        // Of two mounts at one place the later one is seen.
        .max_by_key(|mount| mount.at.components().count());
    best.map_or(DiskState::Unknown, |mount| mount.state(root))
}

/// Says whether everything that memory is paged out to is encrypted.
pub(crate) fn swap(root: &Path) -> DiskState {
    let Ok(swaps) = fs::read_to_string(root.join("proc/swaps")) else { return DiskState::Unknown };
    let areas = swaps.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    let states: Vec<DiskState> = areas.map(|area| swap_area(area, root)).collect();
    if states.iter().all(|state| *state == DiskState::None) {
        return DiskState::None;
    }
    worst(states)
}

fn swap_area(area: &str, root: &Path) -> DiskState {
    match area.strip_prefix("/dev/") {
        Some(name) if name.starts_with("zram") => DiskState::None,
        Some(name) => block(&root.join("sys/class/block").join(name), DEPTH),
        None => under(Path::new(area), root),
    }
}

/// One line of mountinfo (`proc_pid_mountinfo(5)`).
struct Mount {
    at: PathBuf,
    device: String,
    kind: String,
    source: String,
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        let (fixed, rest) = line.split_once(" - ")?;
        let mut fixed = fixed.split(' ').skip(2);
        let (device, at) = (fixed.next()?, fixed.nth(1)?);
        let mut rest = rest.split(' ');
        Some(Self {
            at: PathBuf::from(unescaped(at)),
            device: device.to_owned(),
            kind: rest.next()?.to_owned(),
            source: rest.next()?.to_owned(),
        })
    }

    fn state(&self, root: &Path) -> DiskState {
        match self.kind.as_str() {
            "ecryptfs" | "fuse.gocryptfs" | "fuse.encfs" | "fuse.cryfs" => DiskState::Encrypted,
            "tmpfs" | "ramfs" => DiskState::None,
            // btrfs and overlays have a device number of no device: their source may name one.
            _ if self.device.starts_with("0:") => match self.source.strip_prefix("/dev/") {
                Some(name) => named(name, root),
                None => DiskState::Unknown,
            },
            _ => block(&root.join("sys/dev/block").join(&self.device), DEPTH),
        }
    }
}

/// A device by its name: `sda2`, or `mapper/name`, which is a link to its `dm-0`.
fn named(name: &str, root: &Path) -> DiskState {
    let link = fs::read_link(root.join("dev").join(name)).ok();
    let name = link.as_deref().and_then(Path::file_name).map_or(Path::new(name), Path::new);
    block(&root.join("sys/class/block").join(name), DEPTH)
}

/// Looks at a block device and at those below it.
fn block(device: &Path, depth: usize) -> DiskState {
    if depth == 0 || !device.exists() {
        return DiskState::Unknown;
    }
    // dm-crypt writes how the device came about: CRYPT-LUKS2-…, CRYPT-PLAIN-….
    let uuid = fs::read_to_string(device.join("dm/uuid")).unwrap_or_default();
    if uuid.starts_with("CRYPT-") {
        return DiskState::Encrypted;
    }
    let Ok(below) = fs::read_dir(device.join("slaves")) else { return DiskState::NotFound };
    let states: Vec<DiskState> =
        below.flatten().map(|entry| block(&entry.path(), depth - 1)).collect();
    if states.is_empty() { DiskState::NotFound } else { worst(states) }
}

/// A volume is as safe as its worst part.
fn worst(states: Vec<DiskState>) -> DiskState {
    let rank = |state: &DiskState| match state {
        DiskState::None => 0,
        DiskState::Encrypted => 1,
        DiskState::Unknown => 2,
        DiskState::NotFound => 3,
    };
    states.into_iter().max_by_key(rank).unwrap_or(DiskState::Unknown)
}

/// Blanks and the like stand as `\040` in mountinfo.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                plain.push(char::from(byte));
                plain.push_str(part.get(3..).unwrap_or_default());
            }
            None => plain.push_str(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A `/proc` and `/sys` in a folder: what can't be had is the disks.
    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new(mounts: &str, swaps: &str) -> Self {
            let machine = Self(tempfile::tempdir().unwrap());
            machine.file("proc/self/mountinfo", mounts);
            machine.file("proc/swaps", &format!("Filename Type Size Used Priority\n{swaps}"));
            machine
        }

        fn file(&self, name: &str, text: &str) {
            let path = self.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        /// A device with what lies below it.
        fn device(&self, name: &str, number: &str, uuid: Option<&str>, below: &[&str]) {
            let dir = self.0.path().join("sys/class/block").join(name);
            fs::create_dir_all(&dir).unwrap();
            if let Some(uuid) = uuid {
                self.file(&format!("sys/class/block/{name}/dm/uuid"), uuid);
            }
            for slave in below {
                fs::create_dir_all(dir.join("slaves")).unwrap();
                let target = self.0.path().join("sys/class/block").join(slave);
                symlink(target, dir.join("slaves").join(slave)).unwrap();
            }
            let by_number = self.0.path().join("sys/dev/block");
            fs::create_dir_all(&by_number).unwrap();
            symlink(&dir, by_number.join(number)).unwrap();
        }
    }

    const ROOT_AND_HOME: &str = "\
        25 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw\n\
        40 25 253:1 / /home rw,relatime shared:20 - ext4 /dev/mapper/vg-home rw\n\
        41 25 0:30 / /nonexistent-run rw - tmpfs tmpfs rw\n\
        42 25 0:40 /@ /nonexistent\\040data rw - btrfs /dev/mapper/luks-data rw\n";

    fn machine() -> Machine {
        let machine = Machine::new(ROOT_AND_HOME, "/dev/dm-2 partition 1 0 -2\n");
        machine.device("sda2", "8:2", None, &[]);
        machine.device("sda3", "8:3", None, &[]);
        machine.device("dm-0", "253:0", Some("CRYPT-LUKS2-abc-cryptroot\n"), &["sda3"]);
        machine.device("dm-1", "253:1", Some("LVM-abc\n"), &["dm-0"]);
        machine.device("dm-2", "253:2", Some("LVM-def\n"), &["dm-0", "sda2"]);
        machine.device("dm-3", "253:3", Some("CRYPT-PLAIN-x\n"), &["sda3"]);
        fs::create_dir_all(machine.0.path().join("dev/mapper")).unwrap();
        symlink("../dm-3", machine.0.path().join("dev/mapper/luks-data")).unwrap();
        machine
    }

    #[test]
    fn the_device_below_the_nearest_mount_decides() {
        let machine = machine();
        let state = |path: &str| under(Path::new(path), machine.0.path());
        assert_eq!(state("/nonexistent/profile"), DiskState::NotFound);
        assert_eq!(state("/home/nobody-here/profile"), DiskState::Encrypted, "a volume on LUKS");
        assert_eq!(state("/nonexistent-run/x"), DiskState::None);
        assert_eq!(state("/nonexistent data/x"), DiskState::Encrypted, "btrfs on dm-crypt");
    }

    #[test]
    fn a_volume_that_lies_partly_in_clear_is_not_encrypted() {
        assert_eq!(swap(machine().0.path()), DiskState::NotFound);
        let memory = Machine::new(ROOT_AND_HOME, "/dev/zram0 partition 1 0 100\n");
        assert_eq!(swap(memory.0.path()), DiskState::None);
        assert_eq!(swap(Machine::new(ROOT_AND_HOME, "").0.path()), DiskState::None);
    }

    #[test]
    fn what_cannot_be_told_is_not_called_safe() {
        let nothing = tempfile::tempdir().unwrap();
        assert_eq!(under(Path::new("/home"), nothing.path()), DiskState::Unknown);
        assert_eq!(swap(nothing.path()), DiskState::Unknown);
        let strange = Machine::new("25 1 9:9 / / rw - ext4 /dev/md9 rw\nno mount at all\n", "");
        assert_eq!(under(Path::new("/home"), strange.0.path()), DiskState::Unknown);
        // A device that lies on itself ends the search.
        let machine = Machine::new("25 1 253:0 / / rw - ext4 /dev/dm-0 rw\n", "");
        machine.device("dm-0", "253:0", None, &["dm-0"]);
        assert_eq!(under(Path::new("/"), machine.0.path()), DiskState::Unknown);
    }

    #[test]
    fn this_machine_is_answered() {
        let _any = under(Path::new("/"), Path::new("/"));
    }
}
