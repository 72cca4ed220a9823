//! What every screen begins with: the state of the program.

use wardmail_api::session::{AppStatus, LockOut, LockState, Notice, SecurityKeyStatus};
use wardmail_vault::Vault;

use super::{Engine, State, blocking};
use crate::{access::notices, error::Error};

impl Engine {
    /// The state of the program.
    pub(crate) async fn status(&self) -> Result<AppStatus, Error> {
        let policy = self.policy().await?;
        let last = *self.last_lock.lock().await;
        let mut status = AppStatus {
            state: LockState::SetUp,
            keyring_trouble: None,
            passphrase_only_allowed: policy.passphrase_only_allowed(),
            failed_unlocks: 0,
            wait_seconds: 0,
            tries_left: None,
            lock_out: LockOut::default(),
            policy: policy.summary(),
            next_step: None,
            waiting: last.waiting,
            locked_because: last.reason,
            asks_for_code: false,
            security_key: SecurityKeyStatus {
                allowed: policy.security_keys_allowed(),
                ..SecurityKeyStatus::default()
            },
            notices: Vec::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        match &*self.state.read().await {
            State::SetUp(_) => {
                self.existing_vault_is_readable()?;
                let keyring = self.keyring.clone();
                status.keyring_trouble = blocking(move || {
                    Ok(keyring.probe().err().map(|e| crate::error::keyring_code(&e)))
                })
                .await?;
            }
            State::Locked(vault) => {
                status.state = LockState::Locked;
                // While an unlock is being tried the vault is busy; the counts follow it.
                if let Ok(mut vault) = vault.try_lock() {
                    status.asks_for_code = vault.asks_for_code();
                    note_security_key(&mut status, &vault);
                    vault.set_limits(policy.attempt_limits());
                    let failures = vault.failures();
                    status.lock_out = match (vault.is_erased(), vault.erases_at_the_limit()) {
                        (true, _) => LockOut::Erased,
                        (false, true) => LockOut::Erase,
                        (false, false) => LockOut::Wait,
                    };
                    let left = policy.attempt_limits().max.saturating_sub(failures.failures);
                    status.failed_unlocks = failures.failures;
                    status.wait_seconds =
                        failures.wait.as_secs() + u64::from(failures.wait.subsec_nanos() > 0);
                    status.tries_left = (failures.failures > 0 && left <= 5).then_some(left);
                }
            }
            State::Unlocked(vault, session) => {
                status.state = LockState::Unlocked;
                if let Ok(vault) = vault.try_lock() {
                    status.asks_for_code = vault.asks_for_code();
                    note_security_key(&mut status, &vault);
                }
                status.notices = session.read(notices::pending).await?;
                if policy.one_time_codes_required() && !status.asks_for_code {
                    status.notices.push(Notice::OneTimeCodesWanted);
                }
                status.next_step = session.next_step().await?;
                status.waiting = session.waiting().await?;
            }
        }
        Ok(status)
    }
}

fn note_security_key(status: &mut AppStatus, vault: &Vault) {
    let request = vault.touch_request();
    status.security_key.present = request.is_some();
    status.security_key.asks_for_pin = request.is_some_and(|request| request.asks_for_pin());
}
