//! Where an address's servers probably are: a guess for the owner to correct, never a fact.

/// Port of IMAP over TLS (RFC 8314).
pub const IMAP_PORT: u16 = 993;

/// Port of submission over TLS (RFC 8314).
pub const SMTP_PORT: u16 = 465;

/// A guess of an account's servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// IMAP server.
    pub imap: String,
    /// Submission server.
    pub smtp: String,
}

/// Guesses by the two names that most providers use.
pub fn guess(address: &str) -> Guess {
    match address.trim().rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && domain.contains('.') => {
            let domain = domain.to_ascii_lowercase();
            Guess { imap: format!("imap.{domain}"), smtp: format!("smtp.{domain}") }
        }
        Some(_) | None => Guess::default(),
    }
}

/// Reads a port; zero is none.
pub fn port(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|port| *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_only_from_a_whole_domain() {
        assert_eq!(guess("A.Okafor@Northside.example").imap, "imap.northside.example");
        assert_eq!(guess("a@b"), Guess::default());
        assert_eq!(guess("@x.example"), Guess::default());
        assert_eq!(guess(""), Guess::default());
    }

    #[test]
    fn ports_are_numbers_from_one() {
        assert_eq!(port(" 993 "), Some(993));
        assert_eq!((port("0"), port("70000"), port("")), (None, None, None));
    }
}
