//! The audit log only grows.

use wardmail_store::{AuditCheckpoint, AuditHead, AuditSigner, Error};
use zeroize::Zeroizing;

use crate::aids::{Mailbox, keyed_connection};

fn checkpoint(epoch: u64) -> AuditCheckpoint {
    AuditCheckpoint { epoch, seq: epoch * 10, line: format!("{{\"checkpoint\":{epoch}}}") }
}

fn filled() -> Mailbox {
    let mailbox = Mailbox::new();
    mailbox.write(|dao| {
        for seq in 1..=3_u8 {
            dao.append_audit(seq.into(), &[seq; 5], &[seq; 32])?;
        }
        Ok(())
    });
    mailbox
}

#[test]
fn records_come_back_in_order_and_the_head_is_the_last() {
    let mailbox = Mailbox::new();
    assert_eq!(mailbox.read(|dao| dao.audit_head()), AuditHead { seq: 0, hash: [0; 32] });
    let mailbox = filled();
    assert_eq!(mailbox.read(|dao| dao.audit_head()), AuditHead { seq: 3, hash: [3; 32] });
    let page = mailbox.read(|dao| dao.audit_page(1, 10));
    assert_eq!(
        page.iter().map(|record| (record.seq, record.record.clone())).collect::<Vec<_>>(),
        [(2, vec![2; 5]), (3, vec![3; 5])]
    );
}

#[test]
fn only_the_next_record_is_taken() {
    let mailbox = filled();
    for seq in [0, 1, 3, 5, u64::MAX] {
        assert!(matches!(
            mailbox.try_write(move |dao| dao.append_audit(seq, b"x", &[9; 32])),
            Err(Error::Conflict)
        ));
    }
    mailbox.write(|dao| dao.append_audit(4, b"x", &[4; 32]));
}

#[test]
fn a_record_goes_with_the_transaction_it_tells_of() {
    let mailbox = filled();
    let outcome = mailbox.try_write(|dao| {
        dao.append_audit(4, b"x", &[4; 32])?;
        dao.delete_draft(wardmail_store::DraftId::new(1))
    });
    assert!(matches!(outcome, Err(Error::NotFound)));
    assert_eq!(mailbox.read(|dao| dao.audit_head()).seq, 3);
}

#[test]
fn the_file_itself_refuses_every_other_change() {
    let mailbox = filled();
    mailbox.write(|dao| dao.append_audit_checkpoint(&checkpoint(0)));
    let other = keyed_connection(&mailbox.path());
    for statement in [
        "UPDATE audit SET record = x'00' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        "REPLACE INTO audit (seq, record, hash) VALUES (3, x'00', zeroblob(32))",
        "INSERT INTO audit (seq, record, hash) VALUES (9, x'00', zeroblob(32))",
        "UPDATE audit_head SET seq = 2",
        "UPDATE audit_head SET seq = 4",
        "UPDATE audit_head SET hash = zeroblob(32)",
        "DELETE FROM audit_head",
        "UPDATE audit_checkpoints SET seq = 9",
        "DELETE FROM audit_checkpoints",
        "INSERT INTO audit_checkpoints (epoch, seq, line) VALUES (2, 9, 'x')",
        "REPLACE INTO audit_checkpoints (epoch, seq, line) VALUES (0, 9, 'x')",
    ] {
        let refused = other.execute(statement, []);
        assert!(refused.is_err(), "{statement}: {refused:?}");
    }
    assert_eq!(mailbox.read(|dao| dao.audit_page(0, 10)).len(), 3);
}

#[test]
fn signatures_come_one_after_the_other_each_with_the_next_key() {
    let mailbox = filled();
    assert!(mailbox.read(|dao| dao.audit_signer()).is_none());
    for epoch in 0..3_u8 {
        let signer = AuditSigner { epoch: epoch.into(), secret: Zeroizing::new([epoch; 32]) };
        mailbox.write(move |dao| {
            dao.append_audit_checkpoint(&checkpoint(epoch.into()))?;
            dao.set_audit_signer(&signer)
        });
    }
    for epoch in [0, 2, 4, 99] {
        let refused = mailbox.try_write(move |dao| dao.append_audit_checkpoint(&checkpoint(epoch)));
        assert!(matches!(refused, Err(Error::Conflict)), "{epoch}");
    }
    assert_eq!(mailbox.read(|dao| dao.audit_checkpoints(1, 10)), [checkpoint(1), checkpoint(2)]);
    assert_eq!(mailbox.read(|dao| dao.last_audit_checkpoint()), Some(checkpoint(2)));
    let kept = mailbox.read(|dao| dao.audit_signer()).unwrap();
    assert_eq!((kept.epoch, *kept.secret), (2, [2; 32]));
}
