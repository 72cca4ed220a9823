//! Argon2id: the cost of guessing a passphrase, its bounds on reading, and its calibration to this machine.
//!
//! Must not know what the result opens.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::seal::CryptoError;

/// Least memory in KiB (64 MiB) that is accepted when a vault is read, beside a keyring.
pub const FLOOR_MEMORY_KIB: u32 = 64 * 1024;
/// Least memory in KiB (128 MiB) where the passphrase stands alone.
pub const FLOOR_MEMORY_ALONE_KIB: u32 = 128 * 1024;
/// Least number of passes (RFC 9106 §4, second recommended option).
pub const FLOOR_PASSES: u32 = 3;
/// Most memory in KiB (1 GiB): a hostile vault file must not exhaust the machine.
pub const CEILING_MEMORY_KIB: u32 = 1024 * 1024;
/// Most work in KiB × passes (16 GiB-passes): a hostile vault file must not stall the unlock for minutes.
pub const CEILING_WORK_KIB: u64 = 16 * 1024 * 1024;
/// More lanes only help where they run in parallel, which ours do not.
const MAX_LANES: u32 = 4;

/// Rounds KiB down to MiB.
const WHOLE_MIB: u32 = !1023;
const PREFERRED_MEMORY_KIB: u32 = 256 * 1024;

/// How much a guess costs: Argon2id version 1.3 parameters (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KdfParams {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// Whether something beside the passphrase protects the key; it decides the floor and the calibration target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    WithDeviceSecret,
    Alone,
}

/// How the cost of a new vault is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Cost {
    /// Measured once on this machine: 250–500 ms beside a keyring, about twice that for a passphrase alone.
    #[default]
    Calibrated,
    /// The least that is accepted: for tests.
    Floor,
}

/// Why Argon2id parameters of a vault file are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KdfBoundsError {
    /// Cheaper than any version ever wrote: the file was changed.
    #[error("the vault file asks for too cheap a key derivation: restore it from a backup")]
    BelowFloor,
    /// So dear that it would exhaust the machine: the file was changed.
    #[error("the vault file asks for too costly a key derivation: restore it from a backup")]
    AboveCeiling,
}

impl KdfParams {
    /// Returns the least accepted cost.
    pub(crate) const fn floor(strength: Strength) -> Self {
        let memory_kib = match strength {
            Strength::WithDeviceSecret => FLOOR_MEMORY_KIB,
            Strength::Alone => FLOOR_MEMORY_ALONE_KIB,
        };
        Self { memory_kib, passes: FLOOR_PASSES, lanes: 1 }
    }

    /// Checks parameters that came from a file.
    pub(crate) fn check(self, strength: Strength) -> Result<(), KdfBoundsError> {
        let floor = Self::floor(strength);
        if self.memory_kib < floor.memory_kib
            || self.passes < floor.passes
            || self.lanes < floor.lanes
        {
            return Err(KdfBoundsError::BelowFloor);
        }
        let work = u64::from(self.memory_kib).saturating_mul(u64::from(self.passes));
        if self.memory_kib > CEILING_MEMORY_KIB || work > CEILING_WORK_KIB || self.lanes > MAX_LANES
        {
            return Err(KdfBoundsError::AboveCeiling);
        }
        Ok(())
    }

    /// Chooses the cost that takes `target` on a machine that fills `kib_per_second`, between floor and ceiling.
    ///
    /// Memory first (it is what a guesser's hardware lacks), up to 256 MiB; then passes.
    pub(crate) fn for_speed(kib_per_second: u64, target: Duration, strength: Strength) -> Self {
        let floor = Self::floor(strength);
        let millis = u64::try_from(target.as_millis()).unwrap_or(u64::MAX);
        let work = kib_per_second
            .saturating_mul(millis)
            .checked_div(1000)
            .unwrap_or(0)
            .min(CEILING_WORK_KIB);
        let wanted =
            work.checked_div(u64::from(FLOOR_PASSES)).and_then(|kib| u32::try_from(kib).ok());
        let memory_kib =
            wanted.unwrap_or(u32::MAX).clamp(floor.memory_kib, PREFERRED_MEMORY_KIB) & WHOLE_MIB;
        let passes =
            work.checked_div(u64::from(memory_kib)).and_then(|passes| u32::try_from(passes).ok());
        let passes = passes.unwrap_or(FLOOR_PASSES).max(FLOOR_PASSES);
        Self { memory_kib, passes, lanes: 1 }
    }
}

/// Derives 32 bytes from a passphrase; runs for as long as `params` say and wipes its memory.
pub(crate) fn derive(
    passphrase: &[u8],
    salt: &[u8],
    params: KdfParams,
) -> Result<Zeroizing<[u8; 32]>, CryptoError> {
    let settings = Params::new(params.memory_kib, params.passes, params.lanes, Some(32));
    let settings = settings.map_err(CryptoError::Derivation)?;
    let mut memory = vec![Block::default(); settings.block_count()];
    let mut out = Zeroizing::new([0_u8; 32]);
    let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, settings)
        .hash_password_into_with_memory(passphrase, salt, out.as_mut(), &mut memory);
    wipe(&mut memory);
    done.map_err(CryptoError::Derivation)?;
    Ok(out)
}

/// Wipes at the speed of memory, which word by word is a tenth of a short derivation.
fn wipe(memory: &mut [Block]) {
    memory.fill(Block::default());
    std::hint::black_box(memory);
}

/// Picks the cost for a new wrap.
pub(crate) fn choose(cost: Cost, strength: Strength) -> Result<KdfParams, CryptoError> {
    match cost {
        Cost::Floor => Ok(KdfParams::floor(strength)),
        Cost::Calibrated => {
            let target = match strength {
                Strength::WithDeviceSecret => Duration::from_millis(375),
                Strength::Alone => Duration::from_millis(900),
            };
            Ok(KdfParams::for_speed(measure()?, target, strength))
        }
    }
}

/// Measures how many KiB per second this machine fills. The best of three runs: other load can only slow one down.
fn measure() -> Result<u64, CryptoError> {
    let sample = KdfParams { memory_kib: FLOOR_MEMORY_KIB, passes: 1, lanes: 1 };
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        derive(b"calibration", b"calibration salt", sample)?.zeroize();
        best = best.min(start.elapsed());
    }
    let micros = u64::try_from(best.as_micros()).unwrap_or(u64::MAX).max(1);
    Ok(u64::from(FLOOR_MEMORY_KIB).saturating_mul(1_000_000).checked_div(micros).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The reference implementation's own test (phc-winner-argon2, Argon2id v1.3, t=2, m=64 MiB, p=1).
    #[test]
    fn known_answer_of_the_reference_implementation() {
        let params = KdfParams { memory_kib: 65536, passes: 2, lanes: 1 };
        let out = derive(b"password", b"somesalt", params).unwrap();
        assert_eq!(
            hex::encode(*out),
            "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
        );
    }

    /// RFC 9106 §5.3; it uses a secret and associated data, which our own call never does.
    #[test]
    fn the_library_gives_the_answer_of_rfc_9106() {
        let mut builder = argon2::ParamsBuilder::new();
        builder.m_cost(32).t_cost(3).p_cost(4).output_len(32);
        builder.data(argon2::AssociatedData::new(&[4; 12]).unwrap());
        let params = builder.build().unwrap();
        let mut out = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
            .unwrap()
            .hash_password_into(&[1; 32], &[2; 16], &mut out)
            .unwrap();
        assert_eq!(
            hex::encode(out),
            "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
        );
    }

    /// OpenSSL's Argon2 is an independent implementation.
    #[test]
    fn openssl_agrees() {
        let params = KdfParams { memory_kib: 8 * 1024, passes: 3, lanes: 1 };
        for n in 0..8_u8 {
            let (pass, salt) = (vec![n; 1 + usize::from(n) * 37], [n.wrapping_mul(91); 16]);
            let mut theirs = [0; 32];
            openssl::kdf::argon2id(None, &pass, &salt, None, None, 3, 1, 8 * 1024, &mut theirs)
                .unwrap();
            assert_eq!(*derive(&pass, &salt, params).unwrap(), theirs);
        }
    }

    #[test]
    fn bounds_are_enforced_on_reading() {
        let floor = KdfParams::floor(Strength::WithDeviceSecret);
        assert_eq!(floor.check(Strength::WithDeviceSecret), Ok(()));
        assert_eq!(floor.check(Strength::Alone), Err(KdfBoundsError::BelowFloor));
        let cheaper = |change: fn(&mut KdfParams)| {
            let mut params = floor;
            change(&mut params);
            params.check(Strength::WithDeviceSecret)
        };
        assert_eq!(cheaper(|p| p.memory_kib -= 1), Err(KdfBoundsError::BelowFloor));
        assert_eq!(cheaper(|p| p.passes -= 1), Err(KdfBoundsError::BelowFloor));
        assert_eq!(cheaper(|p| p.lanes = 0), Err(KdfBoundsError::BelowFloor));
        assert_eq!(cheaper(|p| p.memory_kib = u32::MAX), Err(KdfBoundsError::AboveCeiling));
        assert_eq!(cheaper(|p| p.passes = u32::MAX), Err(KdfBoundsError::AboveCeiling));
        assert_eq!(cheaper(|p| p.lanes = 5), Err(KdfBoundsError::AboveCeiling));
    }

    proptest! {
        #[test]
        fn calibration_stays_in_bounds_and_near_its_target(speed in 0_u64..100_000_000, alone: bool) {
            let strength = if alone { Strength::Alone } else { Strength::WithDeviceSecret };
            let target = Duration::from_millis(375);
            let params = KdfParams::for_speed(speed, target, strength);
            prop_assert_eq!(params.check(strength), Ok(()));
            let work = u64::from(params.memory_kib) * u64::from(params.passes);
            let wanted = (speed * 375 / 1000).min(CEILING_WORK_KIB);
            let floor = KdfParams::floor(strength);
            prop_assert!(work <= wanted.max(u64::from(floor.memory_kib) * u64::from(floor.passes)));
            // Rounding never costs more than a third of the target.
            prop_assert!(work * 3 >= wanted * 2);
        }
    }
}
