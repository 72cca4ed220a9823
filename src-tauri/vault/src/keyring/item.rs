//! The names of the entries that Wardmail keeps in the keyring.

/// Names one profile in the keyring and in its vault file; random, no secret.
pub(crate) type ProfileId = [u8; 16];

/// The first part of every entry's name.
pub(super) const SERVICE: &str = "wardmail";

/// One of the two places for a device secret: a change fills the free one before it gives up the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Slot {
    A,
    B,
}

impl Slot {
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    /// The random half of what opens the mailbox.
    DeviceSecret(ProfileId, Slot),
    /// What the file of failed attempts says: shows that an older copy was put back, or that it was edited.
    Attempts(ProfileId),
    /// How often the mailbox was opened: shows that an older copy of the profile was put back.
    Epoch(ProfileId),
    /// Written and deleted to see whether the keyring works.
    Probe,
}

impl Item {
    /// Returns the entry's user name.
    pub(super) fn user(&self) -> String {
        match self {
            Self::DeviceSecret(profile, Slot::A) => {
                format!("{}/device-secret-a", hex::encode(profile))
            }
            Self::DeviceSecret(profile, Slot::B) => {
                format!("{}/device-secret-b", hex::encode(profile))
            }
            Self::Attempts(profile) => format!("{}/attempts", hex::encode(profile)),
            Self::Epoch(profile) => format!("{}/epoch", hex::encode(profile)),
            Self::Probe => "probe".to_owned(),
        }
    }
}
