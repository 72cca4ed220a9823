//! A letter and its final bytes: sealed once per delivery group, or not at all.
//!
//! Every visible recipient shares one message; each Bcc gets one of its own, so that nobody can
//! see from the keys who else was sealed for.

use wardmail_crypto::{self as crypto, Certificate, SecretKey};
use wardmail_message::{self as message, Address, Attachment, HeaderProtection, Outgoing};

use crate::{clock, error::Error};

/// A letter, complete and checked.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) from: Address,
    pub(crate) to: Vec<Address>,
    pub(crate) cc: Vec<Address>,
    pub(crate) bcc: Vec<Address>,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) message_id: String,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) references: Vec<String>,
}

/// The bytes for one group of recipients.
#[derive(Debug)]
pub(crate) struct Group {
    /// Envelope recipients.
    pub(crate) recipients: Vec<String>,
    /// The message as it goes over the wire.
    pub(crate) bytes: Vec<u8>,
}

/// A sealed letter.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// One message per delivery group. The owner's key opens each, so the first is the copy for Sent.
    pub(crate) groups: Vec<Group>,
}

/// Seals and signs a letter for everybody in it; `certificate_of` gives the one certificate to use
/// for an address.
///
/// # Errors
/// Fails if anybody can't be sealed for: then there is no message for anybody.
pub(crate) fn seal(
    letter: &Letter,
    signer: &SecretKey,
    certificate_of: impl Fn(&Address) -> Result<Certificate, Error>,
) -> Result<Sealed, Error> {
    let outgoing = outgoing(letter);
    let inner = message::build_inner_protected(&outgoing, HeaderProtection::Cipher)?;
    let seal_for = |people: &[&Address]| -> Result<Vec<u8>, Error> {
        let certificates =
            people.iter().map(|a| certificate_of(a)).collect::<Result<Vec<_>, _>>()?;
        let certificates: Vec<&Certificate> = certificates.iter().collect();
        let armored = crypto::encrypt_and_sign(&inner, &certificates, signer, clock::now())?;
        let armored = String::from_utf8(armored).map_err(|_| Error::Internal("armor"))?;
        Ok(message::build_encrypted_outer(&outgoing, &armored)?)
    };
    let visible: Vec<&Address> = letter.to.iter().chain(&letter.cc).collect();
    let mut groups = Vec::new();
    if !visible.is_empty() {
        groups.push(group(&visible, seal_for(&visible)?));
    }
    for hidden in &letter.bcc {
        groups.push(group(&[hidden], seal_for(&[hidden])?));
    }
    if groups.is_empty() { Err(Error::NoRecipients) } else { Ok(Sealed { groups }) }
}

fn group(people: &[&Address], bytes: Vec<u8>) -> Group {
    Group { recipients: people.iter().map(|a| a.email.clone()).collect(), bytes }
}

fn outgoing(letter: &Letter) -> Outgoing {
    Outgoing {
        from: letter.from.clone(),
        to: letter.to.clone(),
        cc: letter.cc.clone(),
        reply_to: Vec::new(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        html: None,
        attachments: letter.attachments.clone(),
        message_id: letter.message_id.clone(),
        in_reply_to: letter.in_reply_to.clone(),
        references: letter.references.clone(),
        date_unix: clock::now().as_second(),
        extra: Vec::new(),
    }
}
