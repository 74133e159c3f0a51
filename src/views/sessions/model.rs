//! Words for sessions.

use crate::query::Expr;
use crate::sessions::{Began, Confidence, End, Session, SessionKind};

/// `console`, `role`
pub fn kind(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Console => "console",
        SessionKind::Role => "role",
        SessionKind::Temporary => "temporary key",
        SessionKind::LongTermKey => "long-term key",
        SessionKind::Service => "service",
        SessionKind::Outside => "from outside",
        SessionKind::NoKey => "no key",
    }
}

/// How it began, in a few words.
pub fn began(began: &Began) -> String {
    match began {
        Began::Given(given) => given.kind.event_name().to_owned(),
        Began::AfterPause => "after a pause".to_owned(),
        Began::NotInFiles(_) => "not in these files".to_owned(),
        Began::ByItself => "by itself".to_owned(),
    }
}

/// Why nothing comes after the last call.
pub fn end(end: End) -> &'static str {
    match end {
        End::Expired { .. } => "expired",
        End::KeyDeleted { .. } => "key deleted",
        End::KeyDisabled { .. } => "key disabled",
        End::LastCall => "last call",
    }
}

/// The one behind it.
pub fn person(session: &Session) -> String {
    match &session.who {
        Some(who) => who.name.clone(),
        None => "not known".to_owned(),
    }
}

/// Whether who is behind it is a guess, or open.
pub fn is_unsure(session: &Session) -> bool {
    session.who.is_none() || session.confidence <= Confidence::ByNameAndTime
}

/// Its calls, as a filter.
pub fn calls(session: &Session) -> Expr {
    let keys: Vec<String> = session.keys.iter().filter(|k| !k.is_empty()).cloned().collect();
    match keys.is_empty() {
        true => Expr::eq("principal", session.principal.as_str()),
        false => Expr::In {
            field: "userIdentity.accessKeyId".to_owned(),
            values: keys,
        },
    }
}

/// What the chain of a session is asked for: its key, which is one session's alone, or its ARN.
pub fn asked(session: &Session) -> String {
    session
        .keys
        .first()
        .filter(|k| !k.is_empty())
        .unwrap_or(&session.arn)
        .clone()
}
