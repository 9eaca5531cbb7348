//! Whether a connection failed because the certificate of the other side is not trusted. That is no outage: the next try ends the same.

use std::error::Error;
use std::io;

/// Whether a certificate was refused, by us or by the other side.
pub(super) fn is_untrusted(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if tls_error(error).is_some_and(is_about_certificate) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The error of TLS that this is, or that it wraps: the source of an I/O error is that of the error which it wraps.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(error) = error.downcast_ref() {
        return Some(error);
    }
    let wrapped = error.downcast_ref::<io::Error>()?.get_ref()?;
    tls_error(wrapped)
}

fn is_about_certificate(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::InvalidCertRevocationList(_)
    )
}

#[cfg(test)]
mod tests {
    use rustls::CertificateError;

    use super::*;

    #[test]
    fn a_refused_certificate_is_found_however_deep_it_is() {
        let refused = || rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        assert!(is_untrusted(&refused()));
        assert!(is_untrusted(&io::Error::other(refused())));
        assert!(is_untrusted(&io::Error::other(io::Error::other(refused()))));
        assert!(!is_untrusted(&io::Error::other("no route")));
        assert!(!is_untrusted(&rustls::Error::HandshakeNotComplete));
    }
}
