//! Words of the welcome and of the set-up.

use wardmail_api::account::ProbeStep;

pub(crate) const STEPS: [&str; 5] =
    ["Passphrase", "Recovery code", "E-mail account", "Provider", "Your key"];
pub(crate) const STEPS_LABEL: &str = "Steps of the set-up";

pub(crate) const WELCOME: &str = "Welcome to Wardmail";
pub(crate) const WELCOME_TEXT: &str = "Your mail will be sealed on this computer. First choose the passphrase that opens it: you will type it whenever Wardmail has locked itself.";
pub(crate) const PASSPHRASE: &str = "Passphrase";
pub(crate) const PASSPHRASE_HINT: &str = "At least 12 characters. Four or five unrelated words are strong and easy to remember; something about you or your clinic is neither.";
pub(crate) const PASSPHRASE_AGAIN: &str = "Passphrase again";
pub(crate) const PASSPHRASES_DIFFER: &str = "The two passphrases are not the same yet.";
pub(crate) const BEGIN: &str = "Make my mailbox";
pub(crate) const BEGINNING: &str = "Making it; this takes a few seconds…";
pub(crate) const NOBODY_CAN_RESET: &str = "Nobody can look it up or reset it, not even IT. The next step gives you a recovery code for the day you forget it.";
pub(crate) const PASSPHRASE_ONLY: &str =
    "Do without the keyring: only the passphrase will protect this mailbox";
pub(crate) const PASSPHRASE_ONLY_HINT: &str = "Your policy allows it. A copied disk can then be attacked by guessing the passphrase, so take a longer one.";

pub(crate) const CODE_TITLE: &str = "Your recovery code";
pub(crate) const CODE_TEXT: &str = "This code opens the mailbox if you forget the passphrase or this computer's keyring is lost. It is shown now and never again.";
pub(crate) const CODE_ADVICE: [&str; 3] = [
    "Write it on paper, group by group. Do not photograph it and do not save it on a computer.",
    "Keep it where you keep other important papers, away from this computer.",
    "Whoever has it can open this mailbox on this computer. If it is lost or seen, set up a new mailbox.",
];
pub(crate) const CODE_LABEL: &str = "Recovery code in groups";
pub(crate) const CODE_WRITTEN: &str = "I have written it down";
pub(crate) const CODE_CONFIRM_TITLE: &str = "Type the code back";
pub(crate) const CODE_CONFIRM_TEXT: &str = "From the paper, so that you know that it is right. Spaces, hyphens and capitals do not matter.";
pub(crate) const CODE: &str = "Recovery code";
pub(crate) const CODE_CONFIRM: &str = "Confirm";
pub(crate) const CODE_CONFIRMING: &str = "Checking…";
pub(crate) const CODE_SHOW_AGAIN: &str = "Show the code again";
pub(crate) const START_OVER: &str = "Start over";

pub(crate) const ACCOUNT_TITLE: &str = "Your e-mail account";
pub(crate) const ACCOUNT_TEXT: &str = "Wardmail talks to your provider only over verified, encrypted connections. Every step is tested before anything is kept.";
pub(crate) const NAME: &str = "Your name, as others see it";
pub(crate) const ADDRESS: &str = "E-mail address";
pub(crate) const PASSWORD: &str = "Password of the e-mail account";
pub(crate) const PASSWORD_HINT: &str =
    "Not the passphrase from before. Some providers want an app password here.";
pub(crate) const SERVERS: &str = "Servers";
pub(crate) const USERNAME: &str = "Login name";
pub(crate) const IMAP_HOST: &str = "Incoming mail (IMAP)";
pub(crate) const SMTP_HOST: &str = "Outgoing mail (SMTP)";
pub(crate) const PORT: &str = "Port";
pub(crate) const ACCOUNT_SUBMIT: &str = "Test and continue";
pub(crate) const ACCOUNT_BUSY: &str = "Testing every step…";
pub(crate) const FILL_ALL: &str =
    "Name, address, password and both servers are needed, with ports from 1 to 65535.";
pub(crate) const PROBE_LABEL: &str = "Test of the account";
pub(crate) const PROBE_NOT_REACHED: &str = "not tried";

/// A step of the test.
pub(crate) fn probe_step(step: ProbeStep) -> &'static str {
    match step {
        ProbeStep::Provider => "Provider and its agreement",
        ProbeStep::ImapConnect => "Incoming: reaching the server",
        ProbeStep::ImapTls => "Incoming: a safe connection",
        ProbeStep::ImapLogin => "Incoming: login",
        ProbeStep::ImapFolders => "Incoming: folders",
        ProbeStep::SmtpConnect => "Outgoing: reaching the server",
        ProbeStep::SmtpTls => "Outgoing: a safe connection",
        ProbeStep::SmtpLogin => "Outgoing: login",
    }
}

pub(crate) const PROVIDER_TITLE: &str = "Your provider and its agreement";
pub(crate) const PROVIDER_TEXT: &str = "Patient information may go only through a provider that signed a Business Associate Agreement (BAA) with your organisation. No policy of IT says which one that is, so you record it here. Until then nothing is sent; reading works.";
pub(crate) const PROVIDER_MEANS: &str = "A BAA is the contract in which the provider takes on its share of protecting patient information. A plain e-mail contract is not one. If you are not sure, ask your privacy officer before you go on.";
pub(crate) const PROVIDER_NAME: &str = "Provider";
pub(crate) const PROVIDER_SIGNED: &str = "Agreement signed on";
pub(crate) const PROVIDER_EXPIRES: &str = "Ends on (empty if it has no end)";
pub(crate) const PROVIDER_CONFIRM: &str =
    "My organisation has a signed BAA with this provider that covers these servers.";
pub(crate) const PROVIDER_CONFIRM_NOTE: &str =
    "This statement is recorded in the audit log with today's date.";
pub(crate) const PROVIDER_SUBMIT: &str = "Record and continue";
pub(crate) const PROVIDER_RECORD: &str = "Record";
pub(crate) const PROVIDER_BUSY: &str = "Recording…";
pub(crate) const PROVIDER_FILL: &str =
    "The name, the day and the confirmation are needed, and an end after the beginning.";

pub(crate) const KEY_TITLE: &str = "Your key";
pub(crate) const KEY_TEXT: &str = "Messages to you are sealed for your key, and yours are signed with it. Wardmail makes one for you; it never leaves the sealed mailbox.";
pub(crate) const KEY_MAKE: &str = "Make my key";
pub(crate) const KEY_MAKING: &str = "Making it…";
pub(crate) const KEY_HAVE: &str = "I already have an OpenPGP key";
pub(crate) const KEY_STILL_NEEDED: &str = "Make a key now for the mail that you write.";
pub(crate) const KEY_ARMORED: &str = "The secret key, from BEGIN to END";
pub(crate) const KEY_PASSWORD: &str = "Password of the key, if it has one";
pub(crate) const KEY_IMPORT: &str = "Import this key";
pub(crate) const KEY_IMPORTING: &str = "Importing…";
