//! Events that are known by provider and number: what happened, in a few words and in a sentence.
//!
//! Security: <https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/appendix-l--events-to-monitor>, Sysmon:
//! <https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon#events>.

mod events;

use super::shape::Event;
use super::status;
pub(super) use events::KNOWN;
use std::borrow::Cow;

/// Who an event is about: who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// The one that `Subject…` names.
    Subject,
    /// The one that `Target…` names: it logs on.
    Target,
    /// Whoever the event names.
    Any,
}

/// Whose events these numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Security,
    EventLog,
    Services,
    Sysmon,
    Tasks,
    PowerShell,
    RemoteSession,
    RemoteConnection,
    Defender,
    Kernel,
    Restart,
    Wmi,
}

impl Of {
    fn provider(name: &str) -> Option<Of> {
        // Exports of one machine spell a provider as another does not: with and without what comes before its name.
        let name = name.strip_prefix("Microsoft-Windows-").unwrap_or(name);
        Some(match name {
            "Security-Auditing" | "Security" => Of::Security,
            "Eventlog" | "EventLog" => Of::EventLog,
            "Service Control Manager" => Of::Services,
            "Sysmon" => Of::Sysmon,
            "TaskScheduler" => Of::Tasks,
            "PowerShell" => Of::PowerShell,
            "TerminalServices-LocalSessionManager" => Of::RemoteSession,
            "TerminalServices-RemoteConnectionManager" => Of::RemoteConnection,
            "Windows Defender" => Of::Defender,
            "Kernel-General" => Of::Kernel,
            "User32" | "USER32" => Of::Restart,
            "WMI-Activity" => Of::Wmi,
            _ => return None,
        })
    }

    /// By the log, where an export leaves the provider out.
    fn channel(name: &str) -> Option<Of> {
        Some(match name {
            "Security" => Of::Security,
            "Microsoft-Windows-Sysmon/Operational" => Of::Sysmon,
            "Microsoft-Windows-TaskScheduler/Operational" => Of::Tasks,
            "Microsoft-Windows-PowerShell/Operational" => Of::PowerShell,
            _ => return None,
        })
    }
}

/// An event that is known.
pub(super) struct Known {
    pub of: Of,
    pub id: i64,
    /// What happened, in a few words.
    pub title: &'static str,
    pub category: &'static str,
    pub who: Who,
    /// A sentence about it: `{name}` is a value of its data, or one of the words of [`word`]; what stands in `[…]` is left out
    /// where a value in it is missing.
    pub said: &'static str,
}

/// What is known of an event.
pub(super) fn of(event: &Event<'_>) -> Option<&'static Known> {
    let id = event.id?;
    let of = match event.provider.as_deref() {
        Some(provider) => Of::provider(provider),
        None => event.channel.as_deref().and_then(Of::channel),
    }?;
    let at = |k: &Known| (k.of as u8, k.id);
    let found = KNOWN.binary_search_by_key(&(of as u8, id), at).ok();
    found.and_then(|at| KNOWN.get(at))
}

/// `DOMAIN\name`, as the values of these names say.
pub(super) fn account(event: &Event<'_>, name: &str, domain: &str) -> Option<String> {
    let name = event.datum(name)?;
    Some(match event.datum(domain) {
        Some(domain) if !name.contains(['\\', '@']) => format!("{domain}\\{name}"),
        _ => name.to_owned(),
    })
}

fn subject(event: &Event<'_>) -> Option<String> {
    account(event, "SubjectUserName", "SubjectDomainName")
        .or_else(|| event.datum("SubjectUserSid").map(str::to_owned))
}

fn target(event: &Event<'_>) -> Option<String> {
    account(event, "TargetUserName", "TargetDomainName").or_else(|| {
        let sid = event.first(&["TargetUserSid", "TargetSid"])?;
        Some(sid.to_owned())
    })
}

/// Whoever did it.
pub(super) fn actor(event: &Event<'_>, known: Option<&Known>) -> Option<String> {
    let any = || {
        let own = |name: &str| event.datum(name).map(str::to_owned);
        own("User")
            .or_else(|| account(event, "Param1", "Param2").filter(|_| is_remote(known)))
            .or_else(|| own("UserContext"))
            .or_else(|| subject(event))
            .or_else(|| account(event, "AccountName", "Domain").filter(|_| event.datum("Domain").is_some()))
            .or_else(|| own("SourceUser"))
            .or_else(|| event.user.as_deref().map(str::to_owned))
    };
    match known.map(|k| k.who) {
        Some(Who::Target) => target(event).or_else(any),
        Some(Who::Subject) => subject(event).or_else(any),
        _ => any(),
    }
}

/// Events that number what they tell.
fn is_remote(known: Option<&Known>) -> bool {
    known.is_some_and(|k| k.of == Of::RemoteConnection)
}

/// Why it failed, where the event has a code that is known.
pub(super) fn why(event: &Event<'_>) -> Option<&'static str> {
    let code = |name: &str| event.datum(name).and_then(super::shape::integer);
    match event.id? {
        4768..=4771 => code("Status")
            .or_else(|| code("FailureCode"))
            .and_then(status::kerberos),
        4625 | 4776 => {
            (code("SubStatus").and_then(status::logon)).or_else(|| code("Status").and_then(status::logon))
        }
        _ => None,
    }
}

/// The value of a placeholder.
fn word<'e>(event: &'e Event<'_>, known: &Known, name: &str) -> Option<Cow<'e, str>> {
    let own = |text: &'e str| Some(Cow::Borrowed(text));
    match name {
        "subject" => subject(event).map(Cow::Owned),
        "target" => target(event).map(Cow::Owned),
        "actor" => actor(event, Some(known)).map(Cow::Owned),
        "computer" => event.computer.as_deref().and_then(own),
        "logon" => {
            let number = event.datum("LogonType").and_then(super::shape::integer)?;
            match status::logon_type(number) {
                Some(said) => Some(Cow::Borrowed(said)),
                None => Some(Cow::Owned(format!("with logon type {number}"))),
            }
        }
        "source" => {
            let keys = [
                "IpAddress",
                "ClientAddress",
                "Address",
                "WorkstationName",
                "Workstation",
            ];
            let told = event.first(&keys)?;
            Some(match super::rows::address(told) {
                Some(address) => Cow::Owned(address.to_string()),
                None => Cow::Borrowed(told),
            })
        }
        "member" => event.first(&["MemberName", "MemberSid"]).and_then(own),
        "why" => why(event).map(Cow::Borrowed),
        _ => event.datum(name).and_then(own),
    }
}

/// The sentence of a known event.
pub(super) fn sentence(event: &Event<'_>, known: &Known) -> String {
    let mut out = String::new();
    let mut rest = known.said;
    while let Some(at) = rest.find(['[', '{']) {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        if let Some((part, after)) = here.strip_prefix('[').and_then(|h| h.split_once(']')) {
            let mut maybe = String::new();
            if filled(event, known, part, &mut maybe) {
                out.push_str(&maybe);
            }
            rest = after;
        } else if let Some(end) = here.find('}') {
            let (one, after) = here.split_at(end + 1);
            filled(event, known, one, &mut out);
            rest = after;
        } else {
            break;
        }
    }
    out.push_str(rest);
    out
}

/// Writes a part of a sentence with its values; false where one of them is missing, which is said there.
fn filled(event: &Event<'_>, known: &Known, part: &str, out: &mut String) -> bool {
    let mut is_complete = true;
    let mut rest = part;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, inside)| Some((before, inside.split_once('}')?)))
    {
        out.push_str(before);
        match word(event, known, name) {
            Some(value) => one_line(&value, out),
            None => {
                is_complete = false;
                out.push_str("(not told)");
            }
        }
        rest = after;
    }
    out.push_str(rest);
    is_complete
}

/// Writes a value on one line: lists of privileges are written below each other.
pub(super) fn one_line(value: &str, out: &mut String) {
    for (at, word) in value.split_ascii_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_sorted_to_be_found() {
        let keys: Vec<(u8, i64)> = KNOWN.iter().map(|k| (k.of as u8, k.id)).collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(keys, sorted);
    }

    #[test]
    fn sentences_leave_out_what_is_missing() {
        let data = |pairs: &[(&'static str, &'static str)]| Event {
            id: Some(4625),
            provider: Some("Microsoft-Windows-Security-Auditing".into()),
            computer: Some("WS1".into()),
            data: pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
            ..Event::default()
        };
        let said = |event: &Event<'_>| sentence(event, of(event).expect("a known event"));
        let full = data(&[
            ("TargetUserName", "alice"),
            ("TargetDomainName", "EXAMPLE"),
            ("LogonType", "3"),
            ("IpAddress", "192.0.2.7"),
            ("Status", "0xc000006d"),
            ("SubStatus", "0xc000006a"),
        ]);
        assert_eq!(
            said(&full),
            "EXAMPLE\\alice failed to log on to WS1 over the network from 192.0.2.7: wrong password"
        );
        assert_eq!(said(&data(&[])), "(not told) failed to log on to WS1");
    }

    #[test]
    fn every_placeholder_and_bracket_is_closed() {
        for known in KNOWN {
            let count = |c| known.said.matches(c).count();
            assert_eq!(count('{'), count('}'), "{}", known.id);
            assert_eq!(count('['), count(']'), "{}", known.id);
        }
    }
}
