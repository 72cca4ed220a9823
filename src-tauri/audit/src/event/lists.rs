//! Every value of the closed lists, for whoever must have a word or a column for each.

use super::{Count, EventKind, ObjectKind, Outcome, Reason, Route};

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 30] = [
        Self::ProfileCreated,
        Self::Unlock,
        Self::UnlockFailed,
        Self::Lock,
        Self::RecoveryUsed,
        Self::AccessChange,
        Self::View,
        Self::Decrypt,
        Self::DecryptFailed,
        Self::Search,
        Self::SendDecision,
        Self::Send,
        Self::Override,
        Self::Print,
        Self::SaveAttachment,
        Self::Export,
        Self::Import,
        Self::Delete,
        Self::KeepingChange,
        Self::KeyChange,
        Self::CertChange,
        Self::PolicyChange,
        Self::AccountChange,
        Self::ProviderAttested,
        Self::ConsentChange,
        Self::SyncBatch,
        Self::SyncError,
        Self::Backup,
        Self::AuditNotice,
        Self::Gap,
    ];
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Success, Self::Failure, Self::Refused, Self::Uncertain];
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 14] = [
        Self::NotPhi,
        Self::Treatment,
        Self::Payment,
        Self::Operations,
        Self::PatientRequest,
        Self::ConsentOnRecord,
        Self::Emergency,
        Self::RequiredByLaw,
        Self::VerifiedElsewhere,
        Self::Idle,
        Self::OwnerRequest,
        Self::SystemRequest,
        Self::Policy,
        Self::Other,
    ];
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 8] = [
        Self::OpenPgp,
        Self::Smime,
        Self::Package,
        Self::ProviderTls,
        Self::Portal,
        Self::Plain,
        Self::Blocked,
        Self::Mixed,
    ];
}

impl ObjectKind {
    /// Every thing.
    pub const ALL: [Self; 7] = [
        Self::Message,
        Self::Draft,
        Self::Account,
        Self::Folder,
        Self::Contact,
        Self::Key,
        Self::Archive,
    ];
}

impl Count {
    /// Every count.
    pub const ALL: [Self; 14] = [
        Self::Messages,
        Self::Added,
        Self::Removed,
        Self::Changed,
        Self::Recipients,
        Self::Parts,
        Self::Findings,
        Self::Results,
        Self::Attempts,
        Self::Missing,
        Self::Entries,
        Self::Serial,
        Self::Bytes,
        Self::AtSeconds,
    ];
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    /// The names that a list has, against those that the derived reader knows of: it names them all when it reads none.
    fn is_complete<T: Serialize + serde::de::DeserializeOwned>(all: &[T]) {
        let read: Result<T, _> = serde_json::from_str("\"no_such_name\"");
        let refusal = read.err().unwrap().to_string();
        let known: Vec<&str> = refusal.split('`').skip(3).step_by(2).collect();
        let listed: Vec<String> = all.iter().map(crate::words::name).collect();
        assert_eq!(listed, known);
    }

    #[test]
    fn every_list_is_complete() {
        is_complete(&EventKind::ALL);
        is_complete(&Outcome::ALL);
        is_complete(&Reason::ALL);
        is_complete(&Route::ALL);
        is_complete(&ObjectKind::ALL);
        is_complete(&Count::ALL);
    }
}
