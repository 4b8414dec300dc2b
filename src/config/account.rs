//! Whose account a service is of, and by which token it signs and is signed for.
//!
//! What is written in `services.toml` beats what the variables have; a service without either has the
//! account for development.

use super::credentials::is_account_sid;
use super::load::Loader;
use super::source::Source;
use super::{AuthToken, CredentialOrigin, DEVELOPMENT_ACCOUNT_SID, Variables, file};
use toml::Spanned;

/// The token and the account of a service.
pub(super) struct Credentials {
    pub(super) auth_token: AuthToken,
    pub(super) auth_token_origin: CredentialOrigin,
    pub(super) account_sid: String,
    pub(super) account_sid_origin: CredentialOrigin,
}

impl Loader<'_> {
    /// The token and the account: as written, else as the variables have them, else those for
    /// development.
    pub(super) fn credentials(
        &mut self,
        source: &Source,
        written: &file::Service,
        variables: &Variables,
    ) -> Credentials {
        let given = |names: [&'static str; 2]| {
            let mut values = names
                .into_iter()
                .filter_map(|name| Some((name, variables.get(name)?)));
            values
                .find(|(_, value)| !value.is_empty())
                .map(|(name, value)| (value.to_owned(), CredentialOrigin::Variable(name)))
        };
        let in_file = |written: &Spanned<String>| {
            let place = source.place(written.span().start);
            (
                written.get_ref().clone(),
                CredentialOrigin::ServicesToml(place),
            )
        };
        let token = match &written.auth_token {
            Some(token) if token.get_ref().is_empty() => {
                let title = "`auth_token` is empty";
                let fault = source.error("empty-auth-token", title, token.span(), "");
                let help =
                    "leave the key out to use the variable AUTH_TOKEN or a development token";
                self.faults.push(fault.help(help));
                None
            }
            Some(token) => Some(in_file(token)),
            None => given(["AUTH_TOKEN", "TWILIO_AUTH_TOKEN"]),
        };
        let (auth_token, auth_token_origin) = match token {
            Some((token, origin)) => (AuthToken::Given(token.into()), origin),
            None => (AuthToken::Development, CredentialOrigin::Development),
        };
        let sid = match &written.account_sid {
            Some(sid) => {
                if !is_account_sid(sid.get_ref()) {
                    let title = "`account_sid` has not the form of an account SID";
                    let fault = source.warning("odd-account-sid", title, sid.span(), "");
                    self.faults
                        .push(fault.help("one is `AC` and 32 hexadecimal digits"));
                }
                Some(in_file(sid))
            }
            None => given(["ACCOUNT_SID", "TWILIO_ACCOUNT_SID"]),
        };
        let development = || {
            let sid = DEVELOPMENT_ACCOUNT_SID.to_string();
            (sid, CredentialOrigin::Development)
        };
        let (account_sid, account_sid_origin) = sid.unwrap_or_else(development);
        Credentials {
            auth_token,
            auth_token_origin,
            account_sid,
            account_sid_origin,
        }
    }
}

/// The secondary token: as written, else as the variables have it.
pub(super) fn secondary(written: &file::Service, variables: &Variables) -> Option<AuthToken> {
    let written = written.secondary_auth_token.as_ref();
    let names = ["SECONDARY_AUTH_TOKEN", "TWILIO_SECONDARY_AUTH_TOKEN"];
    let token = match written {
        Some(token) => Some(token.get_ref().as_str()),
        None => names.into_iter().find_map(|name| variables.get(name)),
    };
    let token = token.filter(|token| !token.is_empty())?;
    Some(AuthToken::Given(token.into()))
}
